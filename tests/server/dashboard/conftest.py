"""A demo organisation of a few hundred notes, beside two others whose people must see nothing of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.auth.office import office
from tests.server.dashboard.harbor import Harbor, harbor


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Harbor]:
    async with office(tmp_path) as made:
        yield await harbor(made)
