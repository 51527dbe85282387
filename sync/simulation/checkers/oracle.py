"""The history told again, by other code than the one it checks: what every field must hold, and what was put aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from sync.messages import Change
from sync.simulation.ledger import Entry

PROSE_PATHS = ("about", "content")


class Standing(NamedTuple):
    """A value and who set it."""

    value: Any
    seq: int
    device: str
    by: str


Aside = Counter[tuple[str, str, str, str, int]]
"""How often (doc, path, value as JSON, by, seq) was put aside."""
Saw = Callable[[Entry, Standing], bool]


def retell(history: Sequence[Entry], saw: Saw) -> tuple[dict[str, dict[str, Any]], Aside]:
    """Fields of every record, flat by path, and everything put aside. `saw`: whether the author had seen a value."""
    told: dict[str, dict[str, Standing]] = {}
    born: dict[str, Standing] = {}
    aside: Aside = Counter()
    for entry in history:
        change = entry.parsed.change
        if entry.receipt.code is not None or change is None:
            continue
        mine = Standing(None, entry.receipt.seq, entry.device, entry.person)
        if change.kind == "create":
            if entry.receipt.outcome == "applied":
                born[change.doc] = mine
                told[change.doc] = {path: mine._replace(value=value) for path, value in flat(change.set)}
        elif change.kind == "patch":
            fields, birth = told.setdefault(change.doc, {}), born.get(change.doc, mine)
            _patch(fields, birth, change, mine, aside, has_seen=partial(saw, entry))
        elif change.kind == "tags":
            _tags(told.setdefault(change.doc, {}), change, mine)
    return {doc: {path: one.value for path, one in fields.items()} for doc, fields in told.items()}, aside


def flat(values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Paths and values, answers one by one."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", v) for inner, v in value.items())
        else:
            yield key, value


def is_prose(path: str) -> bool:
    return path.startswith("answers.") or path in PROSE_PATHS


def _patch(
    fields: dict[str, Standing], born: Standing, change: Change, mine: Standing, aside: Aside, *,
    has_seen: Callable[[Standing], bool],
) -> None:  # fmt: skip
    for path, value in flat(change.set):
        now = fields.get(path, born)
        if now.value == value:
            continue
        if has_seen(now) or now.device == mine.device:
            fields[path] = mine._replace(value=value)
        elif is_prose(path):
            aside[_aside(change.doc, path, mine._replace(value=value))] += 1
        else:
            aside[_aside(change.doc, path, now)] += 1
            fields[path] = mine._replace(value=value)


def _tags(fields: dict[str, Standing], change: Change, mine: Standing) -> None:
    for path in change.add.keys() | change.remove.keys():
        old = list(fields[path].value) if path in fields else []
        new = [tag for tag in old if tag not in change.remove.get(path, [])]
        new += [tag for tag in change.add.get(path, []) if tag not in new]
        if new != old:
            fields[path] = mine._replace(value=new)


def _aside(doc: str, path: str, one: Standing) -> tuple[str, str, str, str, int]:
    return doc, path, msgspec.json.encode(one.value).decode(), one.by, one.seq
