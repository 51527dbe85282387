"""What every run of the tests has: `--proof` for the full figures, and at its end the figures that were counted.

And an office in this process, with an organisation and a phone, for whoever asks for them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import proof
from tests.support.core import Core
from tests.support.phone import Phone


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--proof", action="store_true", default=proof.IS_PROOF, help="the full figures: more kills, more phones")


def pytest_configure(config: Any) -> None:
    proof.IS_PROOF = bool(config.getoption("--proof"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if proof.told:
        terminalreporter.section("figures")
        for line in proof.told:
            terminalreporter.write_line(line)


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
