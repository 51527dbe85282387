"""The way of a note, step by step, each with its time and how long after the contact it was.

Twin of web/pocket/pages/steps.ts; tests/server/templating/test_difference.py compares the bytes. The clock runs from
the end of the contact. Times of a phone are the phone's, times of the office the office's: the order of steps is that
of the office's positions, never of clocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from server.templating.note_view import NOBODY, Names
from sync.records.kind import Addendum, Body, Closing, Cosignature, Return

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
NOT_YET: Final = 2**53
"""Of a step that the office does not know: it comes last."""


class Revision(msgspec.Struct, frozen=True):
    """A signed note that supersedes this one: by whom, when by that phone's clock, and its position (0: not yet)."""

    by: str
    at: int
    seq: int


Later = Return | Addendum | Cosignature | Closing | Revision


def steps_view(
    fields: Mapping[str, Any], body: Body, names: Names, revisions: Sequence[Revision]
) -> list[dict[str, Any]]:
    """In order; `key` is a word of the catalogue below `loop.step.`."""
    found = [_step("contact", fields["ended_at"], "", fields), *_writing(fields, body)]
    later: list[tuple[str, Later]] = [
        *(("returned", one) for one in body.returned),
        *(("added", one) for one in body.addenda),
        *(("revised", one) for one in revisions),
        *(("cosigned", one) for one in [body.cosigned] if one),
        *(("flag_closed", one) for one in [body.flag_closed] if one),
    ]
    for key, one in sorted(later, key=lambda entry: entry[1].seq or NOT_YET):
        found.append(_step(key, one.at, names.members.get(one.by, NOBODY)[0], fields))
    return found


def _writing(fields: Mapping[str, Any], body: Body) -> list[dict[str, Any]]:
    signed = body.signed
    if signed is None:
        return [_step("written", body.captured, "", fields)]
    is_at_once = abs(signed.at - body.captured) < MINUTE_MS
    written = [] if is_at_once else [_step("written", body.captured, "", fields)]
    received = [_step("received", signed.received, "", fields)] if signed.seq > 0 else []
    return [*written, _step("written_signed" if is_at_once else "signed", signed.at, "", fields), *received]


def _step(key: str, at: int, by: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    later = 0 if key == "contact" else at - fields["ended_at"]
    unit = "days" if later >= 2 * DAY_MS else "hours" if later >= HOUR_MS else "minutes" if later >= MINUTE_MS else ""
    count = {"days": later // DAY_MS, "hours": later // HOUR_MS, "minutes": later // MINUTE_MS, "": 0}[unit]
    return {"key": key, "at": at, "zone": fields["zone"], "by": by, "unit": unit, "count": count}
