"""Merging one change into a record's fields: causality first, then each field's own policy.

A patch of a field is causal if its author saw the value that stands (`base` is not below the field's version) or if
the same device set it; then it simply applies, and settles what was kept aside. Otherwise it is concurrent, and no
value is lost: prose keeps the standing text and puts the other aside, everything else takes the later decision and
puts the earlier value aside. Tags travel as add and remove and never conflict. See "How the office
decides" in docs/protocol.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from sync.messages import Change
from sync.records.kind import KeptValue
from sync.refusal import Refused
from sync.rules import MergePolicy
from sync.state import Record, Version

KEPT_LIMIT: Final = 20
"""Kept values a record carries to phones; older ones stay in the office's conflict table."""


class Merge(NamedTuple):
    """What a patch makes of a record. `lost`: values newly put aside; `kept`: what the record carries from now on."""

    fields: dict[str, Any]
    versions: dict[str, Version]
    kept: list[KeptValue]
    lost: list[KeptValue]
    is_changed: bool


def merge_patch(record: Record, change: Change, version: Version, policy: Callable[[str], MergePolicy]) -> Merge:
    """Merge `change.set` into the record; `version` is the one the change's values get."""
    fields, versions, lost = dict(record.fields), dict(record.versions), list[KeptValue]()
    settled: set[str] = set()
    is_changed = False
    for path, value in paths(change.set):
        if path == "answers" or policy(path) not in (MergePolicy.LATEST, MergePolicy.PROSE):
            raise Refused("INVALID_FIELD", path)
        standing, standing_version = read(fields, path), record.version(path)
        is_causal = standing_version.seq <= change.base or standing_version.device == version.device
        if is_causal:
            settled.add(path)
        if is_same(standing, value):
            continue
        is_changed = True
        if not is_causal and policy(path) is MergePolicy.PROSE:
            lost.append(KeptValue(path, value, version.by, version.at, version.seq))
            continue
        if not is_causal:
            lost.append(KeptValue(path, standing, standing_version.by, standing_version.at, standing_version.seq))
        write(fields, path, value)
        versions[path] = version
    remaining = [kept for kept in record.kept if kept.field not in settled or kept.seq > change.base]
    is_changed = is_changed or len(remaining) < len(record.kept)
    return Merge(fields, versions, (remaining + lost)[-KEPT_LIMIT:], lost, is_changed)


def merge_tags(record: Record, change: Change, version: Version, policy: Callable[[str], MergePolicy]) -> Merge:
    """Remove, then add, whatever the others did meanwhile; the order stays. What is APPEND only grows."""
    fields, versions = dict(record.fields), dict(record.versions)
    is_changed = False
    for path in sorted(change.add.keys() | change.remove.keys()):
        is_removal = policy(path) is MergePolicy.APPEND and path in change.remove
        if is_removal or policy(path) not in (MergePolicy.TAGS, MergePolicy.APPEND):
            raise Refused("INVALID_FIELD", path)
        standing = fields.get(path) or []
        removed = change.remove.get(path, ())
        tags = list(dict.fromkeys([tag for tag in standing if tag not in removed] + change.add.get(path, [])))
        if tags != standing:
            fields[path], versions[path], is_changed = tags, version, True
    return Merge(fields, versions, record.kept, [], is_changed)


def paths(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Field paths and values of a `set`: the answers of a note one by one, everything else whole."""
    for key, value in values.items():
        if key == "answers" and isinstance(value, dict):
            for answer, inner in value.items():
                yield f"answers.{answer}", inner
        else:
            yield key, value


def read(fields: Mapping[str, Any], path: str) -> Any:
    """Value at a field path, None where there is none."""
    outer, _, inner = path.partition(".")
    value = fields.get(outer)
    return (value or {}).get(inner) if inner else value


def write(fields: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a field path, or take it away with None. Replaces the nested map, never edits it."""
    outer, _, inner = path.partition(".")
    if inner:
        nested = dict(fields.get(outer) or {})
        write(nested, inner, value)
        value = nested
    if value is None:
        fields.pop(outer, None)
    else:
        fields[outer] = value


def is_same(a: Any, b: Any) -> bool:
    """Equal in type too: `true` is not 1."""
    return type(a) is type(b) and bool(a == b)
