"""Records between the table and the agreement: `sync.state.Record` in, a row out, and the body a phone receives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from server.storage.port import Row, Rows
from sync.records.kind import Addendum, Body, Closing, Cosignature, KeptValue, Return, Signature
from sync.state import Record, Version

_EPOCH_DAY: Final = 719_163
_SUPPORT_BITS: Final = {"emotional": 1, "informational": 2, "instrumental": 4, "affiliational": 8}
SAFETY_CLOSED: Final = "safety_closed"

_encode = msgspec.json.Encoder().encode
_fields = msgspec.json.Decoder(dict[str, Any]).decode
_versions = msgspec.json.Decoder(dict[str, Version]).decode
_signature = msgspec.json.Decoder(Signature).decode
_addenda = msgspec.json.Decoder(list[Addendum]).decode
_kept = msgspec.json.Decoder(list[KeptValue]).decode
_returns = msgspec.json.Decoder(list[Return]).decode
_cosign = msgspec.json.Decoder(Cosignature).decode
_closing = msgspec.json.Decoder(Closing).decode


class _Created(msgspec.Struct):
    set: msgspec.Raw


_created = msgspec.json.Decoder(_Created).decode


async def record_by_doc(rows: Rows, org: int, doc: str) -> Record | None:
    """One record with all the office knows of it."""
    row = await rows.one("records.by_doc", org=org, doc=doc)
    return record_of(row) if row else None


async def records_by_doc(rows: Rows, org: int, docs: Sequence[str]) -> dict[str, Record]:
    """The records of these ids that the organisation has."""
    found = await rows.all("records.by_docs", org=org, docs=_encode(list(docs)).decode())
    return {row["doc"]: record_of(row) for row in found}


def record_of(row: Row) -> Record:
    """A record from a row of `records.*` that carries its create's `raw` where it was never edited."""
    return Record(
        doc=row["doc"],
        type=row["type"],
        bucket=row["bucket"],
        author=row["author"],
        device=row["device_id"],
        state=row["state"],
        fields=_fields(fields_json(row)),
        created=row["created"],
        seq=row["seq"],
        captured=row["captured"],
        received=row["received"],
        versions=_versions(row["versions"]) if row["versions"] else {},
        **_said(row),
    )


def fields_json(row: Row) -> msgspec.Raw | str:
    """The fields' JSON: from the record once edited, else from its create, verbatim."""
    return row["fields"] if row["fields"] is not None else _created(row["raw"]).set


def body_of_row(row: Row) -> msgspec.Raw:
    """The body on the wire, without decoding the fields: a phone receives what was written, byte for byte."""
    fields = fields_json(row)
    body = Body(
        author=row["author"],
        state=row["state"],
        captured=row["captured"],
        received=row["received"],
        created=row["created"],
        set=msgspec.Raw(fields) if isinstance(fields, str) else fields,
        **_said(row),
    )
    return msgspec.Raw(_encode(body))


def _said(row: Row) -> dict[str, Any]:
    """What was said of a record beside its fields; most records carry nothing of it."""
    return {name: read(row[name]) for name, read in _SAID if row[name]}


_SAID: Final = (
    ("signed", _signature), ("addenda", _addenda), ("kept", _kept), ("returned", _returns), ("cosigned", _cosign),
    ("flag_closed", _closing),
)  # fmt: skip


def body_of(record: Record) -> Body:
    """The same from a record in memory, for the office's own screens."""
    return Body(
        author=record.author,
        state=record.state,
        captured=record.captured,
        received=record.received,
        created=record.created,
        set=msgspec.Raw(_encode(record.fields)),
        signed=record.signed,
        addenda=record.addenda,
        kept=record.kept,
        returned=record.returned,
        cosigned=record.cosigned,
        flag_closed=record.flag_closed,
    )


def row_of(org: int, device: int, record: Record, *, is_as_created: bool) -> tuple[Any, ...]:
    """Parameters of `records.insert` and `records.update`. `is_as_created`: the log's create still says its fields."""
    return (
        org,
        record.doc,
        record.type,
        record.bucket,
        record.seq,
        record.author,
        device,
        record.state,
        record.captured,
        record.received,
        record.created,
        None if is_as_created else _encode(record.fields).decode(),
        _text(record.versions),
        _text(record.signed),
        _text(record.addenda),
        _text(record.kept),
        *_for_dashboard(record),
        _text(record.returned),
        _text(record.cosigned),
        _text(record.flag_closed),
        record.fields.get("supersedes") if record.type == "note" else None,
        waits_since(record),
        ends_on(record),
    )


def _text(value: Any) -> str | None:
    return _encode(value).decode() if value else None


def _for_dashboard(record: Record) -> tuple[int | str | None, ...]:
    """day, site, contact_kind, started_at, ended_at, signed_at, support, flag, about."""
    fields = record.fields
    if record.type == "note":
        started = fields["started_at"]
        return (
            service_day(started, fields["zone"]),
            fields.get("site"),
            fields["contact_kind"],
            started,
            fields["ended_at"],
            record.signed.at if record.signed else None,
            sum(_SUPPORT_BITS.get(kind, 0) for kind in set(fields.get("support", ()))),
            _flag(record),
            None,
        )
    if record.type == "draft":
        about = fields.get("participant")
        return (None, fields.get("site"), None, fields.get("started_at"), None, None, None, None, about)
    if record.type in ("session", "work_time"):
        sort = fields["sort" if record.type == "session" else "activity"]
        return (None, fields.get("site"), sort, fields["started_at"], fields["ended_at"], None, None, None, None)
    return (None,) * 9


def _flag(record: Record) -> int:
    if not record.fields.get("flags"):
        return 0
    return 2 if is_flag_closed(record) else 1


def is_flag_closed(record: Record) -> bool:
    """Closed with a reason; in an older office by somebody else's addendum that said so."""
    return record.flag_closed is not None or any(
        said.reason == SAFETY_CLOSED and said.by != record.author for said in record.addenda
    )


def waits_since(record: Record) -> int | None:
    """When (ms) a return was made that its author has not answered in an addendum, and no co-signature has settled.

    The earliest of these. A revision answers as well, but stands in another record: queries look for it.
    """
    answered = max((said.seq for said in record.addenda if said.by == record.author), default=0)
    settled = max(answered, record.cosigned.seq if record.cosigned else 0)
    return next((said.at for said in record.returned if said.seq > settled), None)


def ends_on(record: Record) -> str | None:
    """The last day (YYYY-MM-DD) of a consent in force or a credential in use; None where nothing is to end."""
    fields = record.fields
    if record.type == "consent":
        return None if fields.get("revoked_on") else fields.get("expires_on") or None
    if record.type == "credential":
        return None if fields.get("is_over") else fields.get("ends_on") or None
    return None


def service_day(at: int, zone: str) -> int:
    """Days since 1970 of the instant `at` (ms) in an IANA zone; in UTC where the zone is not known here."""
    try:
        return datetime.fromtimestamp(at / 1000, zone_of(zone)).toordinal() - _EPOCH_DAY
    except (OverflowError, ValueError, OSError):
        return at // 86_400_000


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name; UTC where it is not known here."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
