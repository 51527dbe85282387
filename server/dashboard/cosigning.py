"""Whether the organisation's rules ask that a note be co-signed, and why: the same answer for whoever looks, whenever.

A sample is drawn from the note's id by a hash, not by chance: anybody can draw it again, a note never enters or leaves
it by itself, and of two percentages the larger takes every note that the smaller took.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from typing import Final, Literal

import msgspec

from sync.records.rules import Cosign

LOTS: Final = 100
Why = Literal["all", "sample", "provisional", "crisis", "flag"]


class Asked(msgspec.Struct, frozen=True):
    """Why a note is to be co-signed. `lot`: its number, 0 to 99, which the rules' percentage lies above."""

    why: Why
    lot: int = 0
    percent: int = 0


def lot(doc: str) -> int:
    """A note's number in the sample, 0 to 99: the first 8 hex digits of the SHA-256 of its id, modulo 100."""
    return int(sha256(doc.encode()).hexdigest()[:8], 16) % LOTS


def asked(
    rule: Cosign, doc: str, author: str, kind: str, *, has_flag: bool, beginners: Collection[str]
) -> Asked | None:
    """None where the rules ask for none. `beginners`: members whose credential is provisional now.

    `has_flag`: a safety flag was set, whether it is closed by now or not.
    """
    match rule.who:
        case "all":
            return Asked("all")
        case "sample":
            return Asked("sample", lot(doc), rule.percent) if lot(doc) < rule.percent else None
        case "provisional":
            return Asked("provisional") if author in beginners else None
        case "crisis_only":
            return Asked("crisis") if kind == "crisis" else Asked("flag") if has_flag else None
        case "none":
            return None
