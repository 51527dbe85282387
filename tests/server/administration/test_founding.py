"""A first organisation begins from the command line, and its administrator from a link."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.administration.founding import Founding, found
from server.auth import one_time
from server.auth.access import Access
from server.errors import SettingsError
from tests.support.core import Core

PLAN = Founding("Kite House", "America/Chicago", "Ada Moss", "ada", (("On-call", "+1 555 0100"),))


async def test_a_founded_organisation_has_an_administrator_who_can_choose_a_passphrase(tmp_path: Path) -> None:
    """The link's code is good for a passphrase, and phones will learn the on-call number."""
    async with Core(tmp_path).running() as core:
        access = Access(core.storage, core.settings, core.clock)
        issued = await found(access, PLAN, core.clock())
        code = await one_time.find(access, issued.typed, "passphrase")
        assert code is not None
        assert (code.sign_in, code.role) == ("ada", "administrator")
        records = await core.rows("SELECT type, bucket FROM record ORDER BY seq")
        assert [(row["type"], row["bucket"]) for row in records] == [("organisation", "org"), ("member", "org")]


@pytest.mark.parametrize("plan", [PLAN, Founding("", "UTC", "Ada", "bea"), Founding("K", "UTC", "Ada", "cy", (("x", "call me"),))])
async def test_what_cannot_be_founded_says_why_and_leaves_nothing(tmp_path: Path, plan: Founding) -> None:
    """A taken sign-in name, an empty name, a number that cannot be dialled: refused in words, nothing is half made."""
    async with Core(tmp_path).running() as core:
        access = Access(core.storage, core.settings, core.clock)
        await found(access, PLAN, core.clock())
        with pytest.raises(SettingsError):
            await found(access, plan, core.clock())
        assert await core.count("organisation") == 1
        assert await core.count("account") == 1
