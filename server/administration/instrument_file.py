"""A file that describes a published instrument: read whole, and everything wrong with it told at once, by its place.

Instruments ship without their authors' wording; a file with an empty text is not ready to be installed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from sync.instruments import span
from sync.records.instrument import InstrumentFields

FILE_LIMIT_BYTES: Final = 256 * 1024
_has_control: Final = re.compile("[\x00-\x1f\x7f-\x9f]").search


def read_instrument(path: Path) -> InstrumentFields | list[str]:
    """The instrument of a TOML file, or what has to be put right in it, a sentence each."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return [f"it cannot be read: {error.strerror}"]
    if len(data) > FILE_LIMIT_BYTES:
        return ["it is larger than 256 kB"]
    try:
        return check(tomllib.loads(data.decode("utf-8")))
    except UnicodeDecodeError:
        return ["it is not UTF-8 text"]
    except tomllib.TOMLDecodeError as error:
        return [f"it is not TOML: {error}"]


def check(given: Mapping[str, Any]) -> InstrumentFields | list[str]:
    """The instrument that these tables describe, or all that is wrong with them."""
    problems = _empty(given)
    if problems:
        return problems
    try:
        fields = msgspec.convert(_without_empty(given), InstrumentFields)
    except msgspec.ValidationError as error:
        return [str(error)]
    problems = _inner(fields)
    return problems or fields


def _empty(given: Mapping[str, Any]) -> list[str]:
    """Texts that are still to be filled in, each by its place."""
    scale = given.get("scale")
    ends = [(f"scale.{end}", scale.get(end)) for end in ("low", "high")] if isinstance(scale, dict) else []
    items = given.get("items")
    listed = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    asked = [(f"items, question {at} ({one.get('key', '?')})", one.get("text")) for at, one in enumerate(listed, 1)]
    texts = [("prompt", given.get("prompt")), *ends, *asked]
    return [
        f"{place}: the English text is empty; fill in the published wording"
        for place, text in texts
        if isinstance(text, dict) and not str(text.get("en", "")).strip()
    ]


def _without_empty(value: Any) -> Any:
    """A Spanish text that is not there yet is none."""
    if isinstance(value, dict):
        return {key: _without_empty(inner) for key, inner in value.items() if not (key == "es" and inner == "")}
    return [_without_empty(inner) for inner in value] if isinstance(value, list) else value


def _inner(fields: InstrumentFields) -> list[str]:
    """What each field allows by itself, but all of them together do not."""
    keys = [item.key for item in fields.items]
    problems = [f"items: {key!r} is there twice" for key in sorted({key for key in keys if keys.count(key) > 1})]
    if fields.scale.least >= fields.scale.most:
        problems.append("scale: `least` must lie below `most`")
    if fields.scoring.missing_allowed >= len(keys):
        problems.append("scoring: `missing_allowed` must be less than the number of questions")
    least, most = span(fields)
    problems += [
        f"cut_offs: {cut.at} lies outside the scores there can be, {least} to {most}"
        for cut in fields.cut_offs
        if not least <= cut.at <= most
    ]
    if any(_has_control(text) for text in _texts(msgspec.to_builtins(fields))):
        problems.append("a text holds a control character or a line end; write each text on one line")
    return problems


def _texts(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]
