from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.core import Core
from tests.support.office import Office


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    async with Core(tmp_path).running() as core:
        yield core


@pytest.fixture
async def org(core: Core) -> int:
    return await core.organisation()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A real office, not started yet, over a folder in which `Core` can enrol phones first."""
    office = Office(tmp_path)
    yield office
    office.stop()
