"""Papers of the demo: pages signed on paper, scanned beside a note, sealed and sent as a phone does."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.auth.sealed import ATTACHMENT_LABEL
from server.demo.cast import Cast, Participant
from server.demo.contacts import Contact
from server.demo.dice import dice
from server.demo.founding import Founded
from server.storage.attachments import Piece, take
from server.storage.port import Storage
from server.storage.salvage import keeper

FROM_NOTES: Final = 1_000
"""Smaller organisations are for tests, which bring papers of their own."""
PAPERS: Final = {0: (1.0, 1.0), 1: (1.0,), 2: (0.5,)}
"""Of each specialist: how much of each paper has come so far."""
AMONG: Final = 20
"""Of so many of their newest contacts, the first ones about a goal."""
_WORDS: Final = {
    "en": ("Plan, signed on paper", "My plan", "What I want:", "I read it. It is mine.", "Signed: {name}, {day}"),
    "es": ("Plan firmado en papel", "Mi plan", "Lo que quiero:", "La leí. Es mía.", "Firma: {name}, {day}"),
}
_LEFT, _TOP, _LEADING, _SIZE = 72, 720, 26, 13
_TITLE_SIZE: Final = 22
_LINE_CHARS: Final = 68
_SIGNATURE: Final = "72 {y} m 90 {up} 110 {down} 126 {y} c 150 {up} 158 {down} 176 {y} c 200 {up} 230 {down} 262 {y} c"


class Sent(NamedTuple):
    """Sealed bytes on their way from a phone; `share`: how much of them has come."""

    device: str
    id: str
    sealed: bytes
    share: float


class Papers:
    """What lies beside which contact. `contacts`: all, oldest first."""

    def __init__(self, founded: Founded, seed: int, contacts: Sequence[Contact]) -> None:
        self._founded: Final = founded
        self._chance: Final = dice(seed, "papers")
        self._sent: Final[list[Sent]] = []
        self._open: Final = {who: list(shares) for who, shares in PAPERS.items()}
        self._newest: Final[set[Contact]] = set()
        for who in PAPERS if len(contacts) >= FROM_NOTES else ():
            self._newest.update([one for one in contacts if one.specialist == who][-AMONG:])

    def beside(self, contact: Contact, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields of the contact's note, with the paper that lies beside it, if any."""
        is_about_goals = fields.get("goals") and not fields.get("flags")
        if contact not in self._newest or not is_about_goals or not self._open[contact.specialist]:
            return fields
        cast = self._founded.cast
        person = cast.participants[contact.participant]
        sealed, named = seal(signed_page(cast, person, contact.started_at), self._chance)
        device = self._founded.phones[contact.specialist].id
        self._sent.append(Sent(device, named["id"], sealed, self._open[contact.specialist].pop(0)))
        return {**fields, "attachments": [{**named, "name": _WORDS[person.lang][0]}]}

    async def send(self, storage: Storage, now: int) -> None:
        """All of it, as far as it has come."""
        org = self._founded.org
        for one in self._sent:
            async with storage.read() as rows:
                device = await keeper(rows, org, one.device)
            if device:
                part = one.sealed[: int(len(one.sealed) * one.share)]
                piece = Piece(org, device.key, one.id, len(one.sealed), 0, part)
                await storage.write(lambda tx, piece=piece: take(tx, piece, now))  # type: ignore[misc]  # mypy cannot infer a default


def seal(content: bytes, chance: Random) -> tuple[bytes, dict[str, Any]]:
    """Sealed bytes as a phone makes them (docs/protocol.md, "Attachments"), and how a note names them."""
    key, iv = chance.randbytes(32), chance.randbytes(12)
    sealed = iv + AESGCM(key).encrypt(iv, content, ATTACHMENT_LABEL)
    text = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    name = hashlib.sha256(sealed).hexdigest()
    return sealed, {"id": name, "key": text, "size": len(sealed), "media": "application/pdf"}


def signed_page(cast: Cast, person: Participant, at: int) -> bytes:
    """One page: whose plan, what they want, and a signature drawn with a pen."""
    _, title, lead, mine, signed = _WORDS[person.lang]
    day = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(cast.zone)).date().isoformat()
    goals = [line for goal in person.goals for line in _wrapped(goal.words)]
    return page([title, lead, *goals, "", mine, signed.format(name=person.name, day=day)])


def page(lines: Sequence[str]) -> bytes:
    """A PDF of one letter page: a title, lines below it, and a stroke of a pen under the last."""
    foot = _TOP - _LEADING * len(lines) - 20
    stroke = _SIGNATURE.format(y=foot, up=foot + 26, down=foot - 22)
    drawn = f"BT /F {_TITLE_SIZE} Tf {_LEFT} {_TOP} Td ({_escaped(lines[0])}) Tj /F {_SIZE} Tf {_LEADING} TL "
    drawn += " ".join(f"T* ({_escaped(line)}) Tj" for line in lines[1:]) + f" ET 0.1 0.2 0.5 RG 1.6 w {stroke} S"
    content = drawn.encode("cp1252", "replace")
    return _file([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources 6 0 R >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Font << /F 4 0 R >> >>",
    ])  # fmt: skip


def _file(objects: Iterable[bytes]) -> bytes:
    """Numbered objects, the table of where each begins, and the way to both."""
    made, begins = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        begins.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % at for at in begins)
    count = len(begins) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + end


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _wrapped(words: str) -> list[str]:
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) > _LINE_CHARS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
