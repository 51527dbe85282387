"""An office with its administrator signed in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.auth.office import Office, office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await made.sign_in("administrator")
        yield made
