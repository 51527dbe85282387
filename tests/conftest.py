"""What every run of the tests has: `--proof` for the full figures, and at its end the figures that were counted."""

from __future__ import annotations

from typing import Any

from tests.support import proof


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--proof", action="store_true", default=proof.IS_PROOF, help="the full figures: more kills, more phones")


def pytest_configure(config: Any) -> None:
    proof.IS_PROOF = bool(config.getoption("--proof"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if proof.told:
        terminalreporter.section("figures")
        for line in proof.told:
            terminalreporter.write_line(line)
