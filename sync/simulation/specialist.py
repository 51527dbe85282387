"""What specialists do on their phones: they see the snapshot with their own unsent work laid over it, and write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from sync.canonical import content_hash
from sync.ids import participant_bucket, specialist_bucket
from sync.messages import CHANGE_LIMIT_BYTES
from sync.records.kind import Body
from sync.simulation.dice import Dice
from sync.simulation.exchange import Phone
from sync.simulation.store import Item

Changes = list[Mapping[str, Any] | bytes]
PROSE: Final = ("did", "words", "next")
MODES: Final = ("in_person", "phone", "video", "text")
SETTINGS: Final = ("home", "street", "court", "shelter")
SUPPORT: Final = ("emotional", "informational", "instrumental", "affiliational")
BROKEN_FORM: Final = "broken@1"


class Sketch(msgspec.Struct):
    """A record as the phone shows it. `base`: the seq it saw, 0 for what only this phone knows."""

    doc: str
    type: str
    bucket: str
    author: str
    state: str
    base: int
    body: Body | None
    own: list[Item] = []

    def fields(self) -> dict[str, Any]:
        """Snapshot with own work laid over it."""
        fields: dict[str, Any] = {} if self.body is None else msgspec.json.decode(self.body.set)
        for item in self.own:
            change = item.change
            if change["kind"] in ("create", "patch"):
                answers = {**fields.get("answers", {}), **change["set"].get("answers", {})}
                fields = {**fields, **change["set"], "answers": answers}
            for path, tags in change.get("add", {}).items():
                fields[path] = [*fields.get(path, []), *tags]
            for path, tags in change.get("remove", {}).items():
                fields[path] = [tag for tag in fields.get(path, []) if tag not in tags]
        return fields


def overlay(phone: Phone) -> dict[str, Sketch]:
    """Everything the phone shows, by doc; nothing once it is locked or its lease is over."""
    if phone.hides():
        return {}
    sketches = {
        doc: Sketch(doc, local.type, bucket, local.body.author, local.body.state, local.seq, local.body)
        for bucket, docs in phone.store.records.items()
        for doc, local in docs.items()
    }
    for item in phone.store.outbox.values():
        change, receipt = item.change, item.receipt
        if not change or (receipt is not None and receipt.code is not None):
            continue
        sketch = sketches.get(change["doc"])
        if sketch is None:
            if change["kind"] != "create":
                continue
            sketch = Sketch(change["doc"], change["type"], change["bucket"], phone.person, "open", 0, None)
            sketches[sketch.doc] = sketch
        if receipt is None or receipt.seq > sketch.base:
            sketch.own.append(item)
            sketch.state = {"sign": "signed", "void": "void"}.get(change["kind"], sketch.state)
    return sketches


class Specialist:
    """One person's habits; `write` gives the changes of one touch of "save"."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self._habits: list[Callable[[Phone, dict[str, Sketch]], Changes]] = [
            self.note_signed, self.note_signed, self.note_open, self.note_open, self.note_open, self.note_patch,
            self.note_patch, self.note_patch, self.note_patch, self.note_tags, self.note_sign, self.note_sign,
            self.note_sign, self.addendum, self.note_void, self.draft, self.draft_patch, self.participant,
            self.participant_patch, self.participant_patch, self.participant_with_note, self.dismiss, self.settle,
            self.mistake, self.revise,
        ]  # fmt: skip

    def write(self, phone: Phone) -> Changes:
        """One touch of "save"; empty if there was nothing to do. What is hidden keeps nobody from writing."""
        if phone.is_lease_over():
            return self.draft(phone, {}) if self.dice.chance(0.5) else self.participant(phone, {})
        shown = overlay(phone)
        phone.watch.shown(phone, len(shown))
        return self.dice.pick(self._habits)(phone, shown)

    def prose(self) -> str:
        return f"{self.dice.pick(('We walked', 'Él dijo', 'She called', '散步'))} {self.dice.below(10**6)} …"

    def _about(self, phone: Phone, bucket: str, kind: str, noun: str, doc: str, *, base: int = 0) -> dict[str, Any]:
        scope = phone.store.cursors.get(bucket, 0)
        return {"kind": kind, "type": noun, "doc": doc, "bucket": bucket, "base": base, "scope_seq": scope}

    def _on(self, phone: Phone, kind: str, sketch: Sketch, **more: Any) -> dict[str, Any]:
        return {**self._about(phone, sketch.bucket, kind, sketch.type, sketch.doc, base=sketch.base), **more}

    def _buckets(self, phone: Phone, shown: dict[str, Sketch]) -> list[str]:
        held = [bucket for bucket in phone.store.cursors if bucket.startswith("p:")]
        fresh = [one.bucket for one in shown.values() if one.type == "participant" and one.body is None and one.own]
        return held + [
            bucket for bucket in fresh if bucket not in phone.store.cursors and self._is_unseen(phone, bucket)
        ]

    def _is_unseen(self, phone: Phone, bucket: str) -> bool:
        """Created here and not pulled yet; once pulled and dropped again it is no longer ours to write about."""
        item = next(i for i in phone.store.outbox.values() if i.change.get("doc") == bucket[2:])
        seen = phone.store.cursors[specialist_bucket(phone.person)]
        return item.receipt is None or item.receipt.seq > seen

    def _core(self, phone: Phone, bucket: str) -> dict[str, Any]:
        start = phone.wall - 3_600_000 - self.dice.below(600) * 60_000
        return {
            "participant": bucket[2:], "contact_kind": "one_on_one", "form": "contact@1", "started_at": start,
            "ended_at": start + (1 + self.dice.below(90)) * 60_000, "zone": "America/Chicago",
            "setting": self.dice.pick(SETTINGS), "mode": self.dice.pick(MODES),
            "support": [self.dice.pick(SUPPORT)], "answers": {self.dice.pick(PROSE): self.prose()},
            "flags": ["medical"] if self.dice.chance(0.2) else [],
        }  # fmt: skip

    def _mine(self, phone: Phone, shown: dict[str, Sketch], noun: str, state: str) -> Sketch | None:
        found = [
            one for one in shown.values() if one.type == noun and one.state == state and one.author == phone.person
        ]
        return self.dice.pick(found) if found else None

    def note_signed(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        buckets = self._buckets(phone, shown)
        if not buckets:
            return []
        bucket, doc = self.dice.pick(buckets), self.dice.new_id()
        fields = self._core(phone, bucket)
        bundle: dict[str, Any] = {"bundle": doc, "bundle_size": 2}
        draft = self._mine(phone, shown, "draft", "open")
        changes: list[dict[str, Any]] = [
            {**self._about(phone, bucket, "create", "note", doc), "set": fields},
            {**self._about(phone, bucket, "sign", "note", doc), "content_hash": content_hash(fields)},
        ]
        if draft is not None and self.dice.chance(0.5):
            bundle["bundle_size"] = 3
            changes.append(self._on(phone, "void", draft))
        return [{**change, **bundle} for change in changes]

    def revise(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        """A signed note written anew, by its author: a note of its own, signed at once."""
        note = self._mine(phone, shown, "note", "signed")
        if note is None or note.bucket not in self._buckets(phone, shown):
            return []
        fields = {**self._core(phone, note.bucket), "supersedes": note.doc, "reason": "narrative"}
        doc = self.dice.new_id()
        changes = [
            {**self._about(phone, note.bucket, "create", "note", doc), "set": fields},
            {**self._about(phone, note.bucket, "sign", "note", doc), "content_hash": content_hash(fields)},
        ]
        return [{**change, "bundle": doc, "bundle_size": 2} for change in changes]

    def note_open(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        buckets = self._buckets(phone, shown)
        if not buckets:
            return []
        bucket = self.dice.pick(buckets)
        core = self._core(phone, bucket)
        return [{**self._about(phone, bucket, "create", "note", self.dice.new_id()), "set": core}]

    def note_patch(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        note = self._mine(phone, shown, "note", "open" if self.dice.chance(0.9) else "signed")
        if note is None:
            return []
        values: dict[str, Any] = {}
        if self.dice.chance(0.7):
            values["answers"] = {self.dice.pick(PROSE): self.prose()}
        if self.dice.chance(0.5):
            values["mode"] = self.dice.pick(MODES)
        if self.dice.chance(0.3):
            values["setting"] = self.dice.pick(SETTINGS)
        return [self._on(phone, "patch", note, set=values)] if values else []

    def note_tags(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        note = self._mine(phone, shown, "note", "open")
        if note is None:
            return []
        way = "add" if self.dice.chance(0.6) else "remove"
        return [self._on(phone, "tags", note, **{way: {"support": [self.dice.pick(SUPPORT)]}})]

    def note_sign(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        note = self._mine(phone, shown, "note", "open")
        return [self._on(phone, "sign", note, content_hash=content_hash(note.fields()))] if note else []

    def addendum(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        """Now and then a phone tries what is a supervisor's alone."""
        note = self._mine(phone, shown, "note", "signed")
        if note is None:
            return []
        if self.dice.chance(0.1):
            return [self._on(phone, "cosign", note, content_hash=content_hash(note.fields()))]
        return [self._on(phone, "addendum", note, set={"text": self.prose()})]

    def note_void(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        note = self._mine(phone, shown, "note", "open")
        return [self._on(phone, "void", note, reason="wrong person")] if note and self.dice.chance(0.4) else []

    def draft(self, phone: Phone, _shown: dict[str, Sketch]) -> Changes:
        about = self._about(phone, specialist_bucket(phone.person), "create", "draft", self.dice.new_id())
        return [{**about, "set": {"form": "contact@1", "content": self.prose()}}]

    def draft_patch(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        draft = self._mine(phone, shown, "draft", "open")
        return [self._on(phone, "patch", draft, set={"content": self.prose()})] if draft else []

    def participant(self, phone: Phone, _shown: dict[str, Sketch]) -> Changes:
        doc = self.dice.new_id()
        about = self._about(phone, participant_bucket(doc), "create", "participant", doc)
        return [{**about, "set": {"name": f"Sam {self.dice.below(99)}"}}]

    def participant_with_note(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        """Two records in one bundle, the second standing on what the first grants."""
        person = self.participant(phone, shown)[0]
        assert isinstance(person, dict)
        bucket = person["bucket"]
        core = self._core(phone, bucket)
        if self.dice.chance(0.3):
            core["ended_at"] = core["started_at"]
        note = {**self._about(phone, bucket, "create", "note", self.dice.new_id()), "set": core}
        return [{**change, "bundle": person["doc"], "bundle_size": 2} for change in (person, note)]

    def participant_patch(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        found = [one for one in shown.values() if one.type == "participant" and one.state == "open"]
        if not found:
            return []
        values: dict[str, Any] = {"about": self.prose()}
        if self.dice.chance(0.5):
            values = {"contact": f"555 01{self.dice.below(99):02}"}
        elif self.dice.chance(0.15):
            values = {"status": "closed"}
        return [self._on(phone, "patch", self.dice.pick(found), set=values)]

    def dismiss(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        returned = self._mine(phone, shown, "returned", "open")
        return [self._on(phone, "void", returned)] if returned else []

    def settle(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        """The author reads both values and takes the one put aside, or keeps the standing one."""
        for one in shown.values():
            if one.body is None or not one.body.kept or one.author != phone.person or one.own:
                continue
            kept = one.body.kept[0]
            outer, _, inner = kept.field.partition(".")
            standing = one.fields().get(outer)
            value = kept.value if self.dice.chance(0.5) or standing is None else standing
            if inner:
                value = {inner: value.get(inner) if isinstance(value, dict) else value}
            return [self._on(phone, "patch", one, set={outer: value})]
        return []

    def mistake(self, phone: Phone, shown: dict[str, Sketch]) -> Changes:
        """What a careful phone would not send, and what no phone should: it must come back, never vanish."""
        made = self.note_open(phone, shown)
        if not made or not isinstance(made[0], dict):
            return []
        change: dict[str, Any] = dict(made[0])
        fields = change["set"] = dict(change["set"])
        match self.dice.below(8):
            case 0:
                return [b'{"n":1,"kind":"create","doc":17,"text":"' + self.prose().encode() + b'"}']
            case 1:
                return [{**change, "bundle": change["doc"], "bundle_size": 2}]
            case 2:
                change["bucket"] = specialist_bucket(phone.person)
            case roll:
                fields |= self._spoil(fields, phone.wall, roll)
        return [change]

    def _spoil(self, fields: dict[str, Any], wall: int, roll: int) -> dict[str, Any]:
        match roll:
            case 3:
                return {"ended_at": fields["started_at"] - 60_000}
            case 4:
                return {"answers": {"did": f"bell \x07 {self.prose()}"}}
            case 5:
                return {"started_at": wall + 3_600_000, "ended_at": wall + 7_200_000}
            case 6 if self.dice.chance(0.05):
                return {"answers": {"did": "x" * CHANGE_LIMIT_BYTES}}
            case 6:
                return {"mode": "telepathy"}
            case _:
                return {"form": BROKEN_FORM}
