"""The kit holds for the real office, and finds each mistake of an office that makes one, by its number."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from server.replication import openapi
from tests.conformance import musts
from tests.conformance.__main__ import examine
from tests.support import proof
from tests.support.office import ROOT, Office

BROKEN = {
    "signature-not-checked": 2,
    "nonce-counts-for-ever": 3,
    "attachment-not-checked": 9,
    "retry-decided-again": 11,
    "receipt-changes-on-replay": 11,
    "hash-of-a-retry-ignored": 12,
    "answers-before-commit": 14,
    "cut-bucket-jumps-to-head": 15,
    "scope-not-checked-in-pull": 16,
}
Running = Callable[[str], AbstractContextManager[tuple[str, list[dict[str, str]]]]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    Office(folder).demo("--notes", "20")
    return folder


@pytest.fixture
def running(demo: Path, tmp_path: Path) -> Running:
    """Starts the demo's office, with a fault in it or without; its address and accounts."""

    @contextmanager
    def start(fault: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
        folder = tmp_path / (fault or "sound")
        shutil.copytree(demo, folder)
        office = Office(folder, fault=fault).start()
        try:
            yield office.url, json.loads((folder / "demo.json").read_text())["accounts"]
        finally:
            office.stop()

    return start


async def test_the_office_keeps_every_must(running: Running) -> None:
    with running("") as (url, accounts):
        found = await examine(url, accounts)
    proof.tell("conformance kit against the office", musts=len(found), broken=sum(bool(one.why) for one in found))
    assert {one.must.name: one.why for one in found if one.why} == {}
    assert len(found) == len(musts.MUSTS)


@pytest.mark.parametrize("fault", BROKEN)
async def test_an_office_that_makes_this_mistake_fails(running: Running, fault: str) -> None:
    """In a proof the whole kit runs over each, otherwise only the MUST that has to notice."""
    with running(fault) as (url, accounts):
        found = await examine(url, accounts, [] if proof.IS_PROOF else [BROKEN[fault]])
    failed = sorted(one.must.number for one in found if one.why)
    proof.tell(f"conformance kit against {fault}", failed=", ".join(f"MUST-{number}" for number in failed))
    assert BROKEN[fault] in failed


async def test_requests_drawn_from_the_description_are_answered_as_it_says(running: Running, demo: Path) -> None:
    """Schemathesis over docs/openapi.json, in a process of its own: it brings a pytest plugin and warnings along."""
    with running("") as (url, _):
        command = [sys.executable, "-m", "tests.conformance.fuzz", "--base-url", url, "--accounts", str(demo / "demo.json")]
        command += ["--examples", str(proof.often(12, 250))]
        drawn = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert drawn.returncode == 0, drawn.stdout[-2000:] + drawn.stderr[-3000:]
    proof.tell("requests drawn by Schemathesis", said=drawn.stdout.splitlines()[-1])


def test_the_description_tells_what_the_structs_say() -> None:
    """docs/openapi.json is as `python -m server.replication.openapi` writes it."""
    assert openapi.FILE.read_text() == openapi.text()


def test_every_must_has_its_number_and_its_sentence() -> None:
    numbers = [one.number for one in musts.MUSTS]
    assert numbers == sorted(set(numbers))
    assert all(one.sentence and not one.sentence.endswith(".") for one in musts.MUSTS)


def test_the_kit_knows_nothing_of_the_office() -> None:
    """Black box: no import of server or sync, neither in the kit nor in what it uses."""
    folder = Path(__file__).parent
    used = [folder.parent / "support" / f"{name}.py" for name in ("phone", "desk", "sealing")]
    texts = [path.read_text() for path in [*folder.glob("*.py"), *used] if path != Path(__file__)]
    assert not [line for text in texts for line in text.splitlines() if line.startswith(("from server", "import server", "from sync", "import sync"))]
