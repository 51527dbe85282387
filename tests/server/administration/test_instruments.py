"""Published instruments: what ships has no wording and cannot be installed; a whole file can, once, and be taken back."""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.administration import instruments
from server.administration.instrument_file import check, read_instrument
from server.errors import SettingsError
from server.storage import links
from server.storage.ids import new_id
from server.storage.links import Instrument
from server.storage.port import OfficeChange
from sync.ids import ORG_BUCKET
from sync.instruments import score, span
from sync.records.instrument import InstrumentFields
from tests.server.auth.office import Office

SHIPPED = Path(instruments.__file__).parents[1] / "instruments"


def filled(name: str) -> dict[str, Any]:
    """What ships, with words of our own where the authors' belong."""
    given = tomllib.loads((SHIPPED / f"{name}.toml").read_text("utf-8"))
    words = {"en": "Invented for this test", "es": ""}
    given |= {"prompt": words, "items": [{**item, "text": words} for item in given["items"]]}
    given["scale"] |= {"low": words, "high": words}
    return given


def installed(name: str) -> InstrumentFields:
    fields = check(filled(name))
    assert not isinstance(fields, list), fields
    return fields


@pytest.mark.parametrize("name", ["barc10", "who5"])
def test_what_ships_has_no_wording_and_is_refused_until_it_is_filled_in(name: str):
    problems = read_instrument(SHIPPED / f"{name}.toml")
    assert isinstance(problems, list)
    assert len(problems) == len(filled(name)["items"]) + 3
    assert "items, question 2 (q2): the English text is empty; fill in the published wording" in problems


def test_barc10_is_the_sum_of_ten():
    barc = installed("barc10")
    assert (len(barc.items), span(barc)) == (10, (10, 60))
    assert score(barc, {item.key: 5 for item in barc.items}) == 50
    assert score(barc, {item.key: 5 for item in barc.items[:9]}) is None


def test_who5_is_the_raw_sum_times_four():
    """Not (raw - 5) x 4, as some calculators on the web have it."""
    who = installed("who5")
    assert (len(who.items), span(who)) == (5, (0, 100))
    for value in range(6):
        raw = 5 * value
        assert score(who, {item.key: value for item in who.items}) == raw * 4 != (raw - 5) * 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"items": []}, "length >= 1"),
        ({"key": "Bad Key"}, "$.key"),
        ({"licence": ""}, "$.licence"),
        ({"citation": None}, "$.citation"),
        ({"scoring": {"method": "mean", "higher_is": "better"}}, "$.scoring.method"),
        ({"scoring": {"method": "sum", "higher_is": "better", "missing_allowed": 5}}, "less than the number of questions"),
        ({"cut_offs": [{"at": 101, "side": "at_most", "source": "x"}]}, "outside the scores there can be, 0 to 100"),
        ({"risk": {"bands": ["high"]}}, "risk"),
    ],
)
def test_a_file_that_is_wrong_says_where(change: dict[str, Any], words: str):
    problems = check({**filled("who5"), **change})
    assert isinstance(problems, list)
    assert any(words in problem for problem in problems), problems


def test_a_question_twice_and_a_scale_upside_down_are_both_told():
    given = filled("who5")
    given["items"][1] = given["items"][0]
    given["scale"] |= {"least": 5, "most": 5}
    problems = check(given)
    assert isinstance(problems, list)
    assert "items: 'q1' is there twice" in problems
    assert "scale: `least` must lie below `most`" in problems


def test_a_file_that_is_none(tmp_path: Path):
    path = tmp_path / "x.toml"
    assert read_instrument(path) == ["it cannot be read: No such file or directory"]
    path.write_bytes(b"\xff\xfe")
    assert read_instrument(path) == ["it is not UTF-8 text"]
    path.write_text("a = ")
    assert "it is not TOML" in str(read_instrument(path))


async def test_it_is_installed_once_listed_and_taken_back(desk: Office, tmp_path: Path):
    path = tmp_path / "who5.toml"
    path.write_text(toml(filled("who5")))
    now, name = desk.clock(), desk.here.name
    assert "installed; phones receive it" in await instruments.add(desk.storage, path, name, now)
    assert "is installed already" in await instruments.add(desk.storage, path, name, now)
    assert "who5  version 1  5 questions  offered" in await instruments.listed(desk.storage, name)
    assert await instruments.listed(desk.storage, desk.elsewhere.name) == "none; our own check-in needs none"
    assert "no longer offered" in await instruments.remove(desk.storage, "who5", name, now)
    assert "no longer offered" in await instruments.listed(desk.storage, name)
    assert "installed" in await instruments.add(desk.storage, path, name, now)
    (row,) = await desk.rows("links.instruments", org=desk.here.org)
    assert msgspec.json.decode(row["fields_json"], type=InstrumentFields).is_active


async def test_the_same_version_must_say_the_same_and_a_newer_one_takes_its_place(desk: Office, tmp_path: Path):
    path = tmp_path / "who5.toml"
    given, name = filled("who5"), desk.here.name
    path.write_text(toml(given))
    await instruments.add(desk.storage, path, name, desk.clock())
    path.write_text(toml({**given, "name": "WHO five"}))
    with pytest.raises(SettingsError, match="says something else; raise `version`"):
        await instruments.add(desk.storage, path, name, desk.clock())
    path.write_text(toml({**given, "name": "WHO five", "version": 2}))
    await instruments.add(desk.storage, path, name, desk.clock())
    listed = (await instruments.listed(desk.storage, name)).splitlines()
    assert ["no longer offered" in line for line in listed] == [True, False]


async def test_which_organisation_must_be_said_where_there_are_several(desk: Office, tmp_path: Path):
    path = tmp_path / "who5.toml"
    path.write_text(toml(filled("who5")))
    with pytest.raises(SettingsError, match="--organisation"):
        await instruments.add(desk.storage, path, "", desk.clock())
    with pytest.raises(SettingsError, match="no such organisation"):
        await instruments.add(desk.storage, path, "Nobody's", desk.clock())
    with pytest.raises(SettingsError, match="no instrument here"):
        await instruments.remove(desk.storage, "who5", desk.here.name, desk.clock())


def toml(value: dict[str, Any]) -> str:
    """Inline tables are enough: no third party needed."""
    return "\n".join(f"{key} = {_inline(inner)}" for key, inner in value.items()) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(inner) for inner in value) + "]"
    return msgspec.json.encode(value).decode()


PAGE = "/administration/instruments"


async def put_in(desk: Office, name: str = "who5", **changed: Any) -> None:
    """Installed as the command does it."""
    fields = msgspec.structs.replace(installed(name), **changed)
    changes = [OfficeChange("create", "instrument", new_id(desk.clock()), ORG_BUCKET, msgspec.to_builtins(fields))]
    decided = await desk.storage.submit_office(
        desk.here.org, desk.here.people["administrator"], "administrator", changes, desk.clock()
    )
    assert decided.receipts[0].outcome == "applied"


async def installed_here(desk: Office) -> list[Instrument]:
    async with desk.storage.read() as rows:
        return await links.instruments(rows, desk.here.org)


async def test_nobody_else_sees_or_withdraws_one(desk: Office):
    await put_in(desk)
    (one,) = await installed_here(desk)
    for role in ("specialist", "supervisor"):
        await desk.sign_in(role)
        assert (await desk.get(PAGE)).status_code == 403
        assert (await desk.post(f"{PAGE}/{one.id}/withdraw", {})).status_code == 403
    await desk.sign_in("administrator", desk.elsewhere)
    assert "WHO-5" not in (await desk.get(PAGE)).text.partition("<code")[0]
    for path in (f"{PAGE}/{one.id}/withdraw", f"{PAGE}/{one.id}/offer"):
        assert (await desk.post(path, {})).status_code == 404
    assert (await desk.get(f"{PAGE}/{one.id}")).status_code == 404
    assert (await installed_here(desk))[0].fields.is_active


async def test_the_page_tells_what_is_installed_and_what_lacks_its_wording(desk: Office):
    await desk.sign_in("administrator")
    empty = (await desk.get(PAGE)).text
    assert "None is installed" in empty
    assert "alongside instruments add FILE" in empty
    assert empty.count("Its wording is not here") == 2
    await put_in(desk)
    words = (await desk.get(PAGE)).text
    assert words.count("Its wording is not here") == 1
    assert "English only" in words
    (one,) = await installed_here(desk)
    page = (await desk.get(f"{PAGE}/{one.id}")).text
    for said in (one.fields.citation, one.fields.licence, one.fields.items[0].text.en, "0 to 100"):
        assert escape(said) in page
    assert page.count("<li>") >= len(one.fields.items)


async def test_one_is_withdrawn_and_offered_again_and_both_are_noted(desk: Office):
    """Of two versions one is offered at a time."""
    await put_in(desk, is_active=False)
    await put_in(desk, version=2)
    await desk.sign_in("administrator")
    first, second = await installed_here(desk)
    assert (await desk.post(f"{PAGE}/{second.id}/withdraw", {})).status_code == 303
    assert [one.fields.is_active for one in await installed_here(desk)] == [False, False]
    assert "Withdrawn" in (await desk.get(PAGE)).text
    await desk.post(f"{PAGE}/{second.id}/offer", {})
    assert [one.fields.is_active for one in await installed_here(desk)] == [False, True]
    await desk.post(f"{PAGE}/{first.id}/offer", {})
    assert [one.fields.is_active for one in await installed_here(desk)] == [True, False]
    assert (await desk.actions()).count("instrument_changed") == 3
    await desk.post(f"{PAGE}/{first.id}/offer", {})
    assert (await desk.actions()).count("instrument_changed") == 3, "nothing was changed"
