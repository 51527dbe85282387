"""Backups by themselves: due by age, made by the office while it runs."""

from __future__ import annotations

import asyncio

import pytest

from server.backup.schedule import HOUR_MS, is_due
from tests.server.backup.conftest import Place


@pytest.mark.parametrize(
    ("age_ms", "due"),
    [(None, True), (0, False), (24 * HOUR_MS - 1, False), (24 * HOUR_MS, True), (-1, True)],
    ids=["never", "now", "just not", "just", "from the future"],
)
def test_when_one_is_due(age_ms: int | None, due: bool) -> None:
    now = 10**12
    assert is_due(None if age_ms is None else now - age_ms, 24, now) is due


async def test_the_office_makes_one_by_itself(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """One at once, since there is none; and no second one."""
    place.make_key()
    (phone,) = await place.found(1)
    monkeypatch.setenv("BACKUP_DIR", str(place.out))
    async with place.serving(phone):
        phone.keep(phone.participant()[1])
        await phone.exchange()
        async with asyncio.timeout(60):
            while not place.rows("SELECT 1 FROM backup"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    assert place.rows("SELECT problem, verified_at IS NOT NULL FROM backup") == [(None, 1)]
    assert len(list(place.out.iterdir())) == 1


async def test_without_a_key_there_is_no_schedule(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (phone,) = await place.found(1)
    monkeypatch.setenv("BACKUP_DIR", str(place.out))
    async with place.serving(phone):
        phone.keep(phone.participant()[1])
        await phone.exchange()
    assert place.rows("SELECT * FROM backup") == []
