from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A real office, not started yet, over a folder in which `Core` can enrol phones first."""
    office = Office(tmp_path)
    yield office
    office.stop()
