"""The office of these tests as a fixture."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.auth.office import Office, office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


@pytest.fixture
async def strict_desk(tmp_path: Path) -> AsyncIterator[Office]:
    """An organisation that is no demo: supervisors and administrators need a second factor."""
    async with office(tmp_path, is_demo=False) as made:
        yield made
