"""MUSTs about what becomes of words: concurrent edits, signatures, voids, clocks, and the golden vectors on the wire."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import msgspec

from tests.conformance.musts import must
from tests.conformance.scene import Scene, fields_of, results
from tests.support.phone import Phone

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
SETS = ("support", "goals", "flags")


def canonical(fields: dict[str, Any]) -> dict[str, Any]:
    """The content of a note as docs/protocol.md says it is hashed."""
    kept = dict(fields)
    for name in SETS:
        kept[name] = sorted(set(kept.get(name) or []))
    answers = kept.get("answers") or {}
    kept["answers"] = {key: answer for key, answer in answers.items() if answer is not None}
    return {name: value for name, value in kept.items() if value is not None and value not in ([], {})}


def content_hash(fields: dict[str, Any]) -> str:
    """Python's JSON escapes as JSON.stringify does, and sorts keys by code point."""
    text = json.dumps(canonical(fields), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    text = re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
    return hashlib.sha256(text.encode()).hexdigest()


async def two_on_one_person(scene: Scene) -> tuple[Phone, Phone, str]:
    phone, other = await scene.phone(), await scene.phone(1)
    person = await scene.participant(phone, "Ana")
    await scene.desk.assign(person, other.person)
    return phone, other, person


def patch(phone: Phone, person: str, base: int, **fields: Any) -> bytes:
    return phone.capture("patch", "participant", person, f"p:{person}", set=fields, base=base)


@must(30, "keep both of two texts written unseen by each other, verbatim, and tell of it in the receipt", 17, 20)
async def concurrent_prose(scene: Scene) -> None:
    phone, other, person = await two_on_one_person(scene)
    base = (await phone.pull_all())[person]["seq"]
    mine, theirs = "Likes chess.\nEn español también.", "Likes tea 🙂"
    (first,) = await results(await phone.push([patch(phone, person, base, about=mine)]))
    (second,) = await results(await other.push([patch(other, person, base, about=theirs)]))
    assert (first["outcome"], second["outcome"], second["conflicts"]) == ("applied", "merged", ["about"])
    body = (await phone.pull_all())[person]["body"]
    assert body["set"]["about"] == mine
    assert [kept["value"] for kept in body["kept"]] == [theirs]
    settle = patch(phone, person, second["seq"], about=f"{mine} {theirs}")
    assert [one["outcome"] for one in await results(await phone.push([settle]))] == ["applied"]
    assert "kept" not in (await phone.pull_all())[person]["body"]


@must(31, "apply an edit that saw the newest value, and one of a device's own, without a conflict", 17)
async def causal_edits(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    base = (await phone.pull_all())[person]["seq"]
    for name in ("Ana B.", "Ana C.", "Ana D."):
        (receipt,) = await results(await phone.push([patch(phone, person, base, name=name)]))
        assert receipt["outcome"] == "applied"
    held = (await phone.pull_all())[person]
    assert held["body"]["set"]["name"] == "Ana D."
    assert held["seq"] == receipt["seq"]


@must(32, "take a signature only over what its author saw, and freeze what is signed but for addenda", 19)
async def signatures(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    note, raw = phone.note(person)
    right = content_hash(fields_of(raw))
    wrong = phone.capture("sign", "note", note, f"p:{person}", content_hash="0" * 64)
    said = await results(await phone.push([raw, wrong]))
    assert (said[1]["outcome"], said[1]["code"]) == ("rejected", "SIGN_CONTENT_MISMATCH")
    sign = phone.capture("sign", "note", note, f"p:{person}", content_hash=right)
    late = phone.capture("patch", "note", note, f"p:{person}", set={"mode": "phone"}, base=2**40)
    words = phone.capture("addendum", "note", note, f"p:{person}", set={"text": "One word more.", "reason": "forgot"})
    said = await results(await phone.push([sign, late, words]))
    assert [one["outcome"] for one in said] == ["applied", "rejected", "applied"]
    assert (said[1]["code"], said[1]["offer"]) == ("NOTE_SIGNED", "addendum")
    body = (await phone.pull_all())[note]["body"]
    assert body["state"] == "signed"
    assert (body["signed"]["hash"], body["signed"]["seq"]) == (right, said[0]["seq"])
    assert content_hash(body["set"]) == right
    assert [one["text"] for one in body["addenda"]] == ["One word more."]


@must(33, "bring nothing that is void back to life", 24)
async def voids(scene: Scene) -> None:
    phone = await scene.phone()
    person = await scene.participant(phone)
    note, raw = phone.note(person)
    void = phone.capture("void", "note", note, f"p:{person}", reason="written twice", base=2**40)
    stale = phone.capture("patch", "note", note, f"p:{person}", set={"mode": "phone"}, base=1)
    again = phone.capture("create", "note", note, f"p:{person}", set=fields_of(raw))
    said = await results(await phone.push([raw, void, stale, again]))
    assert [one["outcome"] for one in said[:3]] == ["applied", "applied", "rejected"], said[:3]
    assert said[3]["outcome"] in {"rejected", "noop"}, said[3]
    row = (await phone.pull_all())[note]
    assert row.get("gone") == "void" or row["body"]["state"] == "void"


@must(34, "let no clock decide: the same work with a clock years off has the same outcomes", 18)
async def clocks(scene: Scene) -> None:
    phone = await scene.phone()
    outcomes = []
    for shift in (0, -20 * 365 * 86_400_000, 20 * 365 * 86_400_000):
        person = await scene.participant(phone)
        raws = []
        for ended in (None, 1):
            _, raw = phone.note(person)
            change = msgspec.json.decode(raw)
            change["captured"]["wall"] += shift
            for field in ("started_at", "ended_at"):
                change["set"][field] += shift
            if ended is not None:
                change["set"]["ended_at"] = change["set"]["started_at"] - 1
            raws.append(msgspec.json.encode(change))
        said = await results(await phone.push(raws))
        outcomes.append([(one["outcome"], one.get("code"), one.get("field")) for one in said])
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert [outcome for outcome, _, _ in outcomes[0]] == ["applied", "rejected"]


@must(35, "merge tags by adding and removing, without a conflict", 20)
async def tags(scene: Scene) -> None:
    phone, other, person = await two_on_one_person(scene)
    note, raw = phone.note(person, support=["emotional"])
    await results(await phone.push([raw]))
    base = (await phone.pull_all())[note]["seq"]
    more = phone.capture("tags", "note", note, f"p:{person}", add={"support": ["affiliational"]}, base=base)
    less = phone.capture("tags", "note", note, f"p:{person}", remove={"support": ["emotional"]}, base=base)
    said = await results(await phone.push([more, less]))
    assert {one["outcome"] for one in said} == {"applied"}
    assert (await phone.pull_all())[note]["body"]["set"]["support"] == ["affiliational"]
    assert other


@must(36, "hand back every word as it was written, and agree on the content hash of the golden vectors", 17, 19)
async def golden(scene: Scene) -> None:
    phone = await scene.phone()
    for case in json.loads((VECTORS / "content_hash.json").read_text())["cases"]:
        assert content_hash(case["fields"]) == case["hash"], case["name"]
    person = await scene.participant(phone)
    cases = [case["fields"] for case in json.loads((VECTORS / "notes.json").read_text())]
    written: dict[str, dict[str, Any]] = {}
    for start in range(0, len(cases), 40):
        raws = []
        for fields in cases[start : start + 40]:
            doc, raw = phone.note(person)
            change = msgspec.json.decode(raw)
            change["set"] = {**fields, "participant": person}
            change["set"].pop("supersedes", None)
            change["captured"]["wall"] = max(change["captured"]["wall"], fields["started_at"])
            written[doc] = change["set"]
            raws.append(msgspec.json.encode(change))
        for receipt in await results(await phone.push(raws)):
            if receipt["outcome"] != "applied":
                assert receipt["code"] == "INVALID_FIELD", receipt
                del written[receipt["doc"]]
    assert len(written) > len(cases) // 2
    signs = {}
    for doc, fields in written.items():
        signs[doc] = phone.capture("sign", "note", doc, f"p:{person}", content_hash=content_hash(fields))
    said = await results(await phone.push(list(signs.values())))
    assert "SIGN_CONTENT_MISMATCH" not in {receipt.get("code") for receipt in said}
    held = await phone.pull_all()
    for doc, fields in written.items():
        assert canonical(held[doc]["body"]["set"]) == canonical(fields)
