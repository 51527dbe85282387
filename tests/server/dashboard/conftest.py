"""A demo organisation of a few hundred notes, beside two others whose people must see nothing of it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.server.auth.office import office
from tests.server.dashboard.harbor import Harbor, harbor


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Harbor]:
    """Made once; its folder is what every test begins with a copy of."""
    folder = tmp_path_factory.mktemp("harbor")

    async def make() -> Harbor:
        async with office(folder) as begun:
            return await harbor(begun)

    # In a thread of its own: this one has the tests' event loop.
    with ThreadPoolExecutor(1) as thread:
        return folder, thread.submit(asyncio.run, make()).result()


@pytest.fixture
async def desk(tmp_path: Path, made: tuple[Path, Harbor]) -> AsyncIterator[Harbor]:
    folder, before = made
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    async with office(tmp_path, made_before=before.office.organisations) as begun:
        yield Harbor(begun, before.people, before.org)
