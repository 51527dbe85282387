"""What a list of notes is narrowed by: enumerations, dates and opaque ids, so that no word stands in an address."""

from __future__ import annotations

from typing import Any, Final, get_args
from urllib.parse import urlencode

import msgspec

from server.dashboard.activity import span
from server.dashboard.periods import civil
from server.dashboard.scene import Scene
from server.responses import AnyRequest
from server.storage.note_list import Filter
from sync.ids import is_id, participant_bucket
from sync.records.note import ContactKind
from sync.records.organisation import late_hours

KINDS: Final[tuple[str, ...]] = get_args(ContactKind)
STATES: Final = ("signed", "open", "flag_open", "flag_closed", "late", "void")


class Chosen(msgspec.Struct, frozen=True):
    """The choices as given (what is unknown reads as no choice), and the filter they make."""

    first: str
    last: str
    site: str
    kind: str
    specialist: str
    state: str
    person: str
    filter: Filter
    problems: list[dict[str, str]]

    def query(self, **more: str) -> str:
        """The same choices as the query of an address."""
        given = {"from": self.first, "to": self.last, "site": self.site, "kind": self.kind}
        given |= {"specialist": self.specialist, "state": self.state, "person": self.person, **more}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.site or self.kind or self.specialist or self.state or self.person)


def chosen(request: AnyRequest, scene: Scene) -> Chosen:
    """Read the choices from the query."""
    first, last, problems = span(request, scene)
    ids = {name: _one_id(request, name) for name in ("site", "specialist", "person")}
    kind = _one_of(request, "kind", KINDS)
    state = _one_of(request, "state", STATES)
    made = Filter(
        first=first,
        last=last,
        site=ids["site"],
        kind=kind,
        author=ids["specialist"],
        person=participant_bucket(ids["person"]) if ids["person"] else "",
        **_standing(state, late_hours(scene.settings) * 3_600_000),
    )
    return Chosen(civil(first), civil(last), ids["site"], kind, ids["specialist"], state, ids["person"], made, problems)


def _standing(state: str, due_ms: int) -> dict[str, Any]:
    match state:
        case "signed" | "open" | "void":
            return {"state": state}
        case "flag_open":
            return {"flag": 1}
        case "flag_closed":
            return {"flag": 2}
        case "late":
            return {"late_ms": due_ms}
        case _:
            return {}


def _one_of(request: AnyRequest, name: str, known: tuple[str, ...]) -> str:
    value: str = request.query_params.get(name, "")
    return value if value in known else ""


def _one_id(request: AnyRequest, name: str) -> str:
    value: str = request.query_params.get(name, "")
    return value if is_id(value) else ""
