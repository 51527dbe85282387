"""Checks of the loop: what a supervisor says of a note is kept whole, and a co-signature stands on what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sync.canonical import content_hash
from sync.reconcile import Record
from sync.simulation.checkers.books import Books, hold

if TYPE_CHECKING:
    from sync.simulation.ledger import Entry


class ReviewChecks(Books):
    """3 and 19, as far as returns, co-signatures and closed flags can break them."""

    def check_reviews(self, entries: Sequence[Entry]) -> None:
        """In the instant of a commit: each review against the note that it lies on."""
        for entry in entries:
            change = entry.parsed.change
            if change is None or entry.receipt.outcome != "applied":
                continue
            if change.kind in ("return", "cosign", "close_flag"):
                note = self.office.records[change.doc]
                role = self.office.devices[entry.device].role
                is_fit = note.state in ("signed", "void") and note.signed is not None and role == "supervisor"
                hold(19, is_fit, f"{change.kind} of {note.doc}, which is {note.state}, by a {role}")
            if change.kind in ("return", "cosign"):
                newer = [one.doc for one in self.office.records.values() if _supersedes(one, change.doc, entry)]
                hold(19, not newer, f"{change.kind} of {change.doc} although {newer} had come")
            if change.kind == "cosign":
                self._check_cosign(entry, self.office.records[change.doc])

    def _check_cosign(self, entry: Entry, note: Record) -> None:
        change, seal = entry.parsed.change, note.cosigned
        is_there = change is not None and seal is not None and seal.seq == entry.receipt.seq
        hold(19, is_there, f"the co-signature of {note.doc} is not on it")
        if change is None or seal is None:
            return
        held = content_hash(note.fields)
        hold(19, seal.hash == held == change.content_hash, f"{note.doc} is co-signed over other words than it holds")
        later = [*(said.seq for said in note.addenda), *(said.seq for said in note.returned)]
        unseen = [seq for seq in later if change.base < seq < seal.seq]
        hold(19, not unseen, f"{note.doc} is co-signed over {unseen}, which nobody had seen")

    def check_said(self) -> None:
        """At rest: the history has every return, co-signature and closing, and the notes have the same."""
        for doc, (returned, cosigned, closed) in self._told().items():
            note = self.office.records[doc]
            held = [(said.seq, said.by, said.comment, said.passage, said.field) for said in note.returned]
            hold(3, held == returned, f"{doc} carries the returns {held}, its history says {returned}")
            hold(3, (note.cosigned.seq if note.cosigned else 0) == cosigned, f"{doc} lost or changed its co-signature")
            found = (note.flag_closed.seq, note.flag_closed.reason) if note.flag_closed else (0, "")
            hold(3, found == closed, f"{doc} says {found} of its flags, its history says {closed}")

    def _told(self) -> dict[str, tuple[list[tuple[int, str, str, str, str]], int, tuple[int, str]]]:
        told: dict[str, tuple[list[tuple[int, str, str, str, str]], int, tuple[int, str]]] = {
            doc: ([], 0, (0, "")) for doc, record in self.office.records.items() if record.type == "note"
        }
        for entry in self.office.history:
            change = entry.parsed.change
            if change is None or entry.receipt.outcome != "applied" or change.doc not in told:
                continue
            seq = entry.receipt.seq
            returned, cosigned, closed = told[change.doc]
            match change.kind:
                case "return":
                    said = change.set
                    words = (said["comment"], said.get("passage", ""), said.get("field", ""))
                    returned.append((seq, entry.person, *words))
                case "cosign":
                    told[change.doc] = (returned, cosigned or seq, closed)
                case "close_flag":
                    told[change.doc] = (returned, cosigned, closed if closed[0] else (seq, change.reason or ""))
        return told


def _supersedes(record: Record, doc: str, entry: Entry) -> bool:
    """A signed note revises it, and was signed before this was decided."""
    signed = record.signed
    is_newer = record.state == "signed" and record.fields.get("supersedes") == doc
    return is_newer and signed is not None and signed.seq < entry.receipt.seq
