"""A thousand phones find signal at nearly the same time: every one is served, and none is left behind the others."""

from __future__ import annotations

from pathlib import Path

from server.bench.office import office
from server.bench.storm import callers, storm
from tests.support.proof import often, tell


async def test_a_thousand_phones_at_once_and_none_starves(tmp_path: Path) -> None:
    """All are served, and the unluckiest is overtaken by few of those who came later."""
    within_s = often(6, 60)
    epoch, phones = await callers(tmp_path / "storm.sqlite3", 1_000, seed=60)
    async with office(tmp_path / "storm.sqlite3") as (port, _):
        found = await storm(port, epoch, phones, within_s, seed=60)
    tell(f"1,000 phones within {within_s} s", notes=found.notes, unserved=found.unserved, overtaken=found.overtaken)
    assert found.unserved == 0
    assert found.notes == sum(len(one.raws) for one in phones)
    assert found.overtaken < 200
