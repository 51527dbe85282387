"""Figures of activity as templates take them: a chart that says its message, and tables that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from server.dashboard.chart import chart
from server.dashboard.periods import Period, civil, trend
from server.dashboard.scene import Scene
from server.dashboard.unit_sums import Told
from server.templating.filters import UNKNOWN, Filters

SUPPORT: Final = ("emotional", "instrumental", "informational", "affiliational")


def chart_view(scene: Scene, made: Sequence[Period]) -> dict[str, Any]:
    """The chart of these periods, its message as title, and every bar's value in words beside it."""
    labels = [_label(scene, period) for period in made]
    return {
        "title": message(scene, made),
        "drawing": chart([period.notes for period in made], labels),
        "rows": [{"label": label, "notes": period.notes} for label, period in zip(labels, made, strict=True)],
        "is_daily": is_daily(made),
    }


def message(scene: Scene, made: Sequence[Period]) -> str:
    """What the newest period says, in a sentence."""
    said = trend(made)
    unit = "day" if is_daily(made) else "week"
    if said.word == "none":
        return scene.text("dashboard.chart.none")
    key = f"dashboard.chart.{said.word}_{unit}"
    place = scene.site_name(said.most)
    sentence = scene.text(key, n=said.notes, usual=said.usual)
    return scene.text("dashboard.chart.most_at", sentence=sentence, place=place) if place else sentence


def is_daily(made: Sequence[Period]) -> bool:
    return all(period.first == period.last for period in made)


def support_view(made: Sequence[Period]) -> list[dict[str, Any]]:
    """Each kind of support in the newest period, and what was usual before it."""
    before = made[:-1]
    return [
        {
            "kind": kind,
            "now": sum(getattr(group, kind) for group in made[-1].groups) if made else 0,
            "usual": round(sum(getattr(group, kind) for period in before for group in period.groups) / len(before))
            if before
            else 0,
        }
        for kind in SUPPORT
    ]


def by_period(scene: Scene, made: Sequence[Period], units: Sequence[Told] | None = ()) -> dict[str, Any]:
    """Table of periods by site, with the units of each; a column for work away from every site if there was any."""
    places: list[str | None] = [site.doc for site in scene.sites]
    if any(group.site is None for period in made for group in period.groups):
        places.append(None)
    rows = []
    for period in reversed(made):
        counted = period.by(lambda group: group.site)
        label = _label(scene, period)
        own = None if units is None else [one for one in units if period.first <= one.day <= period.last]
        rows.append({
            "label": label, "counts": [counted[place] for place in places], "notes": period.notes,
            "made": units_words(scene, own, "made"), "paid": units_words(scene, own, "paid"),
        })  # fmt: skip
    columns = [scene.site_name(place) or scene.text("dashboard.elsewhere") for place in places]
    return {"columns": columns, "rows": rows}


def totals(made: Sequence[Period], key: str) -> list[dict[str, Any]]:
    """Contacts and minutes by `site` or `contact_kind` over all periods, the most first."""
    notes: dict[str | None, int] = {}
    minutes: dict[str | None, int] = {}
    for period in made:
        for group in period.groups:
            value = getattr(group, key)
            notes[value] = notes.get(value, 0) + group.notes
            minutes[value] = minutes.get(value, 0) + group.minutes
    ordered = sorted(notes, key=lambda value: (-notes[value], value or ""))
    return [{"value": value, "notes": notes[value], "minutes": minutes[value]} for value in ordered]


def with_units(
    scene: Scene, rows: list[dict[str, Any]], units: Sequence[Told] | None, key: Literal["site", "kind"]
) -> list[dict[str, Any]]:
    """The same totals with the units beside each: all that were made, and how many of them are paid."""
    for row in rows:
        own = None if units is None else [one for one in units if getattr(one, key) == row["value"]]
        row["made"], row["paid"] = units_words(scene, own, "made"), units_words(scene, own, "paid")
    return rows


def units_words(scene: Scene, units: Sequence[Told] | None, key: Literal["made", "paid"]) -> str:
    """Units of all of these together; while they are counted, that they are not known yet."""
    if units is None:
        return UNKNOWN
    return scene.unit_words(sum(getattr(one.tally, key) for one in units))


def _label(scene: Scene, period: Period) -> str:
    """Its first day, 'Nov 9'; with the year when that is not this year."""
    day, today = civil(period.first), civil(scene.today)
    if day[:4] != today[:4]:
        return Filters(scene.words).full_date(day)
    month = scene.text(f"date.month_short.{int(day[5:7])}")
    return scene.text("date.short", month=month, day=str(int(day[8:])))
