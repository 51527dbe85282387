"""What happens in the office meanwhile: people are assigned and reassigned, records edited, closed and voided."""

from __future__ import annotations

from typing import Any, Protocol

from sync.ids import participant_bucket, specialist_bucket
from sync.intake import parse
from sync.reconcile import Asker, Record
from sync.simulation.dice import Dice
from sync.simulation.office import Office
from sync.simulation.specialist import MODES, PROSE, SUPPORT

Change = dict[str, Any]


class Watch(Protocol):
    """What the checkers want to be told."""

    def written(self, change: Change) -> None: ...


class Supervisor:
    """One supervisor at a screen; edits go through the same `decide`."""

    def __init__(self, dice: Dice, asker: Asker, office: Office, specialists: list[str], watch: Watch) -> None:
        self.dice, self.asker, self.office, self.specialists, self.watch = dice, asker, office, specialists, watch
        self.opened: dict[str, Record] = {}

    def act(self) -> None:
        """One edit, if there is something to edit."""
        self._open()
        roll = self.dice.random.random()
        if self.dice.chance(0.4):
            changes = self._review()
        elif roll < 0.03:
            changes = self._move_everybody()
        elif roll < 0.08:
            changes = self._end_and_give_again()
        elif roll < 0.40:
            changes = self._reassign()
        elif roll < 0.70:
            changes = self._edit_note()
        elif roll < 0.88:
            changes = self._edit_participant()
        elif roll < 0.94:
            changes = self._void_note()
        else:
            changes = [self.new_participant()]
        self.do(changes)

    def do(self, changes: list[Change]) -> None:
        if changes:
            stamped = [{"captured": {"wall": self.office.now}, **change} for change in changes]
            for change in stamped:
                self.watch.written(change)
            self.office.edit(self.asker, stamped, parse)

    def assign(self, specialist: str, participant: str) -> Change:
        about = {"kind": "create", "type": "assignment", "doc": self.dice.new_id()}
        fields = {"specialist": specialist, "participant": participant}
        return {**about, "bucket": specialist_bucket(specialist), "set": fields}

    def new_participant(self) -> Change:
        doc = self.dice.new_id()
        about = {"kind": "create", "type": "participant", "doc": doc, "bucket": participant_bucket(doc)}
        return {**about, "set": {"name": f"Alex {self.dice.below(99)}"}}

    def _reassign(self) -> list[Change]:
        """End an assignment, give one, or both at once."""
        people = self._all("participant")
        standing = self._all("assignment")
        changes: list[Change] = []
        if standing and self.dice.chance(0.6):
            changes.append(self._on("void", self.dice.pick(standing)))
        if people and self.dice.chance(0.7):
            specialist, participant = self.dice.pick(self.specialists), self.dice.pick(people).doc
            pairs = [(r.fields["specialist"], r.fields["participant"]) for r in standing]
            if (specialist, participant) not in pairs:
                changes.append(self.assign(specialist, participant))
        return changes

    def _end_and_give_again(self) -> list[Change]:
        """Taken away and given back between two pulls of a phone."""
        standing = self._all("assignment")
        if not standing:
            return []
        old = self.dice.pick(standing)
        return [self._on("void", old), self.assign(old.fields["specialist"], old.fields["participant"])]

    def _move_everybody(self) -> list[Change]:
        """One specialist's whole caseload goes to another, in one transaction."""
        leaving, coming = self.dice.pick(self.specialists), self.dice.pick(self.specialists)
        standing = self._all("assignment")
        held = {r.fields["participant"] for r in standing if r.fields["specialist"] == coming}
        changes: list[Change] = []
        for old in standing:
            if old.fields["specialist"] == leaving and leaving != coming:
                changes.append(self._on("void", old))
                if old.fields["participant"] not in held:
                    changes.append(self.assign(coming, old.fields["participant"]))
        return changes

    def _edit_note(self) -> list[Change]:
        notes = self._all("note")
        unsigned = [note for note in notes if note.state == "open"]
        if not notes:
            return []
        note = self.dice.pick(unsigned if unsigned and self.dice.chance(0.9) else notes)
        if self.dice.chance(0.2):
            return [self._on("tags", note, add={"support": [self.dice.pick(SUPPORT)]})]
        values: Change = {"answers": {self.dice.pick(PROSE): f"Office wrote {self.dice.below(10**6)}"}}
        if self.dice.chance(0.5):
            values["mode"] = self.dice.pick(MODES)
        return [self._on("patch", note, set=values)]

    def _edit_participant(self) -> list[Change]:
        people = self._all("participant")
        if not people:
            return []
        values: Change = {"about": f"Office knows {self.dice.below(10**6)}"}
        if self.dice.chance(0.4):
            values = {"contact": f"555 02{self.dice.below(99):02}"}
        elif self.dice.chance(0.3):
            values = {"status": self.dice.pick(("closed", "active"))}
        return [self._on("patch", self.dice.pick(people), set=values)]

    def _void_note(self) -> list[Change]:
        notes = self._all("note")
        return [self._on("void", self.dice.pick(notes), reason="entered twice")] if notes else []

    def _open(self) -> None:
        """Pages that stand open on the desk, however old they grow."""
        notes = [note for note in self._all("note") if note.state == "signed"]
        if notes:
            note = self.dice.pick(notes)
            self.opened[note.doc] = note

    def _review(self) -> list[Change]:
        """Return, co-sign or close the flag of a note, as its page shows it; sometimes of what takes none of them."""
        self.opened = {doc: note for doc, note in self.opened.items() if doc in self.office.records}
        shown = [*self.opened.values()] if self.dice.chance(0.9) else self._all("note")
        if self.dice.chance(0.6):
            shown = [note for note in shown if self.office.records[note.doc].seq > note.seq] or shown
        if not shown:
            return []
        note = self.dice.pick(shown)
        roll = self.dice.random.random()
        if roll < 0.45:
            return [self._on("return", note, set=self._comment(note))]
        if roll < 0.9:
            hash_ = note.signed.hash if note.signed and self.dice.chance(0.9) else "0" * 64
            return [self._on("cosign", note, content_hash=hash_)]
        return [self._on("close_flag", note, reason=f"Called them {self.dice.below(10**6)}")]

    def _comment(self, note: Record) -> Change:
        said: Change = {"comment": f"Please say more {self.dice.below(10**6)}"}
        key, text = next(iter(note.fields.get("answers", {"did": "nobody wrote this"}).items()))
        return {**said, "passage": str(text)[:9], "field": f"answers.{key}"} if self.dice.chance(0.4) else said

    def _on(self, kind: str, record: Record, **more: Any) -> Change:
        about = {"kind": kind, "type": record.type, "doc": record.doc, "bucket": record.bucket, "base": record.seq}
        return {**about, **more}

    def _all(self, noun: str) -> list[Record]:
        """What is open; notes of any state but void, so that the office also tries what is frozen."""
        return [r for r in self.office.records.values() if r.type == noun and r.state != "void"]
