"""One schema source: the msgspec Structs of `sync` become TypeScript types, and shapes to check answers against.

A field with a default is optional, because it is left out on the wire. What the office sends is checked on the phone
before it is believed (a captive portal answers 200 too); unknown fields are allowed there, answers may grow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from sync import enrolment, messages
from sync.records import KINDS
from sync.records.kind import Body
from sync.records.rules import CORE_ASKED, Rules, UnitRule
from web.build.paths import HEADER

MESSAGES: Final = (
    messages.Change, messages.Report, messages.PushRequest, messages.PushAnswer, messages.PullRequest,
    messages.PullAnswer, enrolment.EnrolRequest, enrolment.EnrolAnswer, messages.Problem, Body,
    messages.SealedItem, messages.SalvageRequest, messages.SalvageAnswer, messages.EmergencyFile,
    messages.AttachmentRequest, messages.AttachmentAnswer,
)  # fmt: skip
CHECKED: Final = ("PushAnswer", "PullAnswer", "EnrolAnswer", "SalvageAnswer", "AttachmentAnswer", "Problem", "Body")
CONSTANTS: Final = (
    "PROTOCOL", "SCHEMA", "PUSH_CHANGES_LIMIT", "PUSH_LIMIT_BYTES", "CHANGE_LIMIT_BYTES", "BATCH_DOCS_LIMIT",
    "BATCH_LIMIT_BYTES", "BUCKETS_LIMIT", "OPEN_LIMIT", "SALVAGE_ITEMS_LIMIT", "PIECE_LIMIT_BYTES",
    "ATTACHMENT_LIMIT_BYTES",
)  # fmt: skip
# What a phone takes where a record leaves it out; nested Structs come out whole.
DEFAULTS: Final[dict[str, msgspec.Struct]] = {"UNIT_RULE": UnitRule(), "RULES": Rules()}
_HEAD: Final = f"""{HEADER}import {{ fits, type Shape }} from "../shape";

"""
_WORDS: Final = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_LETTERS: Final = {"string": "s", "integer": "i", "number": "i", "boolean": "b", "null": "n"}


def module() -> str:
    """The TypeScript module of the wire and of the records."""
    kinds = [kind.fields for kind in KINDS.values()]
    _, components = msgspec.json.schema_components([*MESSAGES, *kinds], ref_template="{name}")
    types = "".join(_type(name, components[name]) for name in sorted(components))
    constants = "".join(f"export const {name} = {getattr(messages, name)};\n" for name in CONSTANTS)
    constants += "".join(
        f"export const {name} = {json.dumps(_whole(rule))} as const;\n" for name, rule in DEFAULTS.items()
    )
    constants += f"export const CORE_ASKED = {json.dumps(CORE_ASKED)} as const;\n"
    needed = sorted(_reached(CHECKED, components))
    shapes = "".join(f"  {name}: {_shape(components[name])},\n" for name in needed)
    checks = "".join(
        f"export const is{name} = (value: unknown): value is {name} => fits(value, shapes.{name}, shapes);\n"
        for name in CHECKED
    )
    table = f"const shapes = {{\n{shapes}}} satisfies Record<string, Shape>;\n"
    return "\n".join((_HEAD.rstrip("\n"), constants, types.rstrip("\n"), "", table, checks))


def _whole(value: Any) -> Any:
    """A Struct with every field, those at their default too, down to what JSON has."""
    if isinstance(value, msgspec.Struct):
        return {name: _whole(inner) for name, inner in msgspec.structs.asdict(value).items()}
    return list(value) if isinstance(value, tuple) else value


def _type(name: str, schema: Mapping[str, Any]) -> str:
    if "properties" not in schema:
        return f"export type {name} = {_words(schema)};\n"
    required = schema.get("required", [])
    fields = "".join(
        f"  readonly {field}{'' if field in required else '?'}: {_words(inner)};\n"
        for field, inner in schema["properties"].items()
    )
    return f"export interface {name} {{\n{fields}}}\n"


def _words(schema: Mapping[str, Any]) -> str:  # noqa: PLR0911 - one line a kind of schema
    """A schema as a TypeScript type."""
    match schema:
        case {"$ref": name}:
            return str(name)
        case {"enum": values}:
            return " | ".join(json.dumps(value) for value in values)
        case {"anyOf": options}:
            return " | ".join(dict.fromkeys(_words(option) for option in options))
        case {"type": "array", "items": items}:
            inner = _words(items)
            return f"readonly ({inner})[]" if "|" in inner else f"readonly {inner}[]"
        case {"type": "object"}:
            inner = schema.get("additionalProperties", True)
            return f"Readonly<Record<string, {_words(inner) if isinstance(inner, dict) else 'unknown'}>>"
        case {"type": str(name)}:
            return _WORDS[name]
    return "unknown"


def _shape(schema: Mapping[str, Any]) -> str:  # noqa: PLR0911 - one line a kind of schema
    """A schema as web/pocket/shape.ts reads it: short, because every phone carries it."""
    match schema:
        case {"$ref": name}:
            return json.dumps(f"${name}")
        case {"enum": _}:
            return json.dumps("s")  # answers may grow: a word of tomorrow is for the reader to refuse
        case {"anyOf": options}:
            return f'{{ "or": [{", ".join(_shape(option) for option in options)}] }}'
        case {"type": "array", "items": items}:
            return f'{{ "each": {_shape(items)} }}'
        case {"properties": properties}:
            required = schema.get("required", [])
            fields = ", ".join(
                f"{json.dumps(field + ('' if field in required else '?'))}: {_shape(inner)}"
                for field, inner in properties.items()
            )
            return f'{{ "has": {{ {fields} }} }}'
        case {"type": "object"}:
            inner = schema.get("additionalProperties", True)
            return f'{{ "all": {_shape(inner) if isinstance(inner, dict) else json.dumps("?")} }}'
        case {"type": str(name)}:
            return json.dumps(_LETTERS[name])
    return json.dumps("?")


def _reached(names: tuple[str, ...], components: Mapping[str, Any]) -> set[str]:
    """Components that `names` mention, themselves included."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_references(components[name]))
    return found


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"]
        for inner in schema.values():
            yield from _references(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _references(inner)
