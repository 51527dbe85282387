"""Bugs in merging."""

from __future__ import annotations

from typing import Any

import msgspec

from sync import effects, merge
from sync.simulation.mutants.infection import Put
from sync.state import Record, Version


def prose_merged(put: Put) -> None:
    real = merge.merge_patch

    def merge_patch(record: Record, change: Any, version: Version, policy: Any) -> Any:
        merged = real(record, change, version, policy)
        for kept in merged.lost:
            if kept.field.startswith("answers.") and kept.seq == version.seq:
                both = f"{merge.read(merged.fields, kept.field)}\n{kept.value}"
                merge.write(merged.fields, kept.field, both)
        return merged

    put(effects, "merge_patch", merge_patch)


def losing_value_dropped(put: Put) -> None:
    real = merge.merge_patch

    def merge_patch(record: Record, change: Any, version: Version, policy: Any) -> Any:
        return real(record, change, version, policy)._replace(lost=[], kept=record.kept)

    put(effects, "merge_patch", merge_patch)


def last_writer_wins(put: Put) -> None:
    real = merge.merge_patch

    def merge_patch(record: Record, change: Any, version: Version, policy: Any) -> Any:
        return real(record, msgspec.structs.replace(change, base=2**53 - 1), version, policy)

    put(effects, "merge_patch", merge_patch)


def clock_read_for_order(put: Put) -> None:
    real = merge.merge_patch

    def merge_patch(record: Record, change: Any, version: Version, policy: Any) -> Any:
        paths = [path for path, _ in merge.paths(change.set)]
        is_later = all(record.version(path).at <= version.at for path in paths)
        base = 2**53 - 1 if is_later else change.base
        return real(record, msgspec.structs.replace(change, base=base), version, policy)

    put(effects, "merge_patch", merge_patch)


def tags_overwritten(put: Put) -> None:
    real = merge.merge_tags

    def merge_tags(record: Record, change: Any, version: Version, policy: Any) -> Any:
        merged = real(record, change, version, policy)
        for path, tags in change.add.items():
            merged.fields[path] = list(tags)
        return merged

    put(effects, "merge_tags", merge_tags)
