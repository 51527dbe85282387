from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.core import Core
from tests.support.phone import Phone


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    async with Core(tmp_path).running() as core:
        yield core


@pytest.fixture
async def org(core: Core) -> int:
    return await core.organisation()


@pytest.fixture
async def phone(core: Core, org: int) -> Phone:
    return await core.phone(org)
