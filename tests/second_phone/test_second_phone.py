"""The second phone against a real office: what the page promises holds for a client written from the page alone."""

from __future__ import annotations

import ast
import gzip
import json
import re
import shutil
import signal
import subprocess
import sys
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.support.office import Office

from .phone import CURVE, Key, NoAnswerError, Phone, RefusedError, canonical, clock, sha

HERE = Path(__file__).parent
VECTORS = HERE.parent / "vectors"


def vector(name):
    return json.loads((VECTORS / f"{name}.json").read_text())


# --- what a person does with the phone, and what a screen would make of what it holds


def unb64(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def content_hash(fields):
    return sha(canonical(fields).encode())


def receipt_code(seq):
    digits = ""
    while seq or len(digits) < 4:
        seq, digits = seq >> 5, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[seq & 31] + digits
    return digits


def clean(fields):
    """Lone surrogates are replaced at input."""
    return json.loads(re.sub("[\ud800-\udfff]", "\ufffd", json.dumps(fields, ensure_ascii=False)))


def create(kind, doc, bucket, **fields):
    return {"kind": "create", "type": kind, "doc": doc, "bucket": bucket, "set": fields}


def person(phone, **fields):
    doc = str(uuid.uuid4())
    phone.capture(create("participant", doc, f"p:{doc}", **fields))
    return doc


def sign_note(phone, **fields):
    """Create and sign, as one bundle."""
    fields, about = clean(fields), {"type": "note", "doc": str(uuid.uuid4()), "bucket": f"p:{fields['participant']}"}
    sign = {"kind": "sign", **about, "content_hash": content_hash(fields)}
    phone.capture({"kind": "create", **about, "set": fields}, sign)
    return about["doc"]


def edit(phone, kind, doc, **more):
    record = shown(phone, doc)
    phone.capture({"kind": kind, "type": record["type"], "doc": doc, "bucket": record["b"], **more})


def overlay(record, change):
    """What an undecided change makes of a record: answers one by one, tags as sets, null takes away."""
    record = record or {"b": change["bucket"], "type": change["type"], "state": "open", "set": {}}
    fields = record["set"]
    for key, value in (change["set"] if change["kind"] in {"create", "patch"} else {}).items():
        fields[key] = {**fields.get(key, {}), **value} if key == "answers" else value
    for key, tags in change.get("add", {}).items():
        fields[key] = sorted({*fields.get(key, []), *tags})
    for key, tags in change.get("remove", {}).items():
        fields[key] = sorted({*fields.get(key, [])} - {*tags})
    fields["answers"] = {key: value for key, value in fields.get("answers", {}).items() if value is not None}
    record["set"] = {key: value for key, value in fields.items() if value is not None and value != {}}
    record["state"] = {"sign": "signed", "void": "void"}.get(change["kind"], record["state"])
    return record


def shown(phone, doc):
    """A record as a screen may show it: what the phone holds, and on top its own work that is not in there yet."""
    row, held = phone.held["rows"].get(doc), phone.held
    if held["mode"] != "active" or 0 < held["lease_until"] < clock()["wall"]:
        return None
    record = row and json.loads(json.dumps({**row["body"], "b": row["b"], "type": row["type"]}))
    for entry in held["outbox"]:
        change, receipt = json.loads(entry["text"]), entry["receipt"]
        has_come = receipt and (receipt["seq"] <= held["seen_to"] or (row and row["seq"] >= receipt["seq"]))
        is_nothing = receipt and (receipt["outcome"] not in {"applied", "merged"} or change["bucket"] not in held["cursors"])
        if change["doc"] == doc and not has_come and not is_nothing:
            record = overlay(record, change)
    return record


def entries(phone):
    """The outbox as it lies on the disk."""
    held = phone.db.execute("SELECT held FROM phone").fetchone()
    assert json.loads(held[0]) == phone.held
    return phone.held["outbox"]


def standing(phone, n):
    entry = next(entry for entry in entries(phone) if entry["n"] == n)
    if not entry["receipt"]:
        return "sent" if n <= phone.held["sent_to"] else "on this phone"
    words = {"rejected": "came back", "quarantined": "with your supervisor"}.get(entry["receipt"]["outcome"], "received")
    return f"{words} {receipt_code(entry['receipt']['seq'])}"


def emergency_file(phone):
    """What a supervisor brings in at the office."""
    own = phone.own_work()
    about = {"device": own["device"], "public_key": own["public_key"], "made_at": clock()["wall"]}
    return json.dumps({"v": 1, **about, "items": [json.loads(item) for item in own["items"]]})


# --- the page's own cases


@pytest.mark.parametrize("case", vector("content_hash")["cases"], ids=lambda case: case["name"])
def test_content_hash(case):
    assert canonical(case["fields"]) == case["canonical"]
    assert content_hash(case["fields"]) == case["hash"]


def test_receipt_codes():
    for case in vector("receipts")["codes"]:
        assert receipt_code(case["seq"]) == case["code"]


def opened(item, private, public):
    """The content of an envelope, as the organisation reads it, and how long the plain text is."""
    sealed, info = item["sealed"], f"alongside-seal-v1|{item['sealed']['kid']}".encode()
    secret = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(sealed["epk"])))
    key = HKDF(hashes.SHA256(), 32, unb64(sealed["epk"]) + public, info).derive(secret)
    plain = AESGCM(key).decrypt(unb64(sealed["iv"]), unb64(sealed["ct"]), info)
    length = int.from_bytes(plain[:4], "big")
    assert not any(plain[4 + length :])
    return plain[4 : 4 + length].decode(), len(plain)


def assert_signed(item, device, device_key):
    sealed, sig = item["sealed"], unb64(item["sig"])
    data = unb64(sealed["epk"]) + unb64(sealed["iv"]) + unb64(sealed["ct"])
    text = f"alongside-seal-v1\n{device}\n{item['n']}\n{sealed['kid']}\n{sha(data)}"
    der = utils.encode_dss_signature(int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(device_key))
    key.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
    return text


def test_seal():
    case = vector("seal")
    organisation, public = Key(int.from_bytes(unb64(case["private"]["d"]), "big")), unb64(case["public"])
    assert organisation.point == public
    assert opened(case["item"], organisation.private, public)[0] == case["content"]
    assert assert_signed(case["item"], case["device"], case["device_key"]) == case["seal_text"]
    mine = Key()
    item = mine.seal(case["device"], 7, case["change"], case["kid"], case["public"])
    assert opened(item, organisation.private, public)[0] == case["content"]
    assert_signed(item, case["device"], urlsafe_b64encode(mine.point).decode())


@pytest.mark.parametrize(("words", "size"), [(10, 256), (300, 1024), (1100, 2048), (2100, 4096), (9000, 16384)])
def test_seal_hides_the_length(words, size):
    item = Key().seal("d", 1, "w" * words, "k", vector("seal")["public"])
    assert len(unb64(item["sealed"]["ct"])) == size + 16


def test_it_imports_nothing_of_the_product_and_is_short():
    files = [file for file in HERE.glob("*.py") if not file.name.startswith("test_")]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module] if node.level == 0 else []
                assert node.level < 2
            assert not {name.split(".")[0] for name in names} & {"sync", "server", "web", "tests"}
    lines = [line for file in files for line in file.read_text().splitlines()]
    assert {file.name for file in files} == {"__init__.py", "phone.py"}
    assert len(lines) <= 300
    assert max(map(len, lines)) <= 120


# --- a real office


class Line:
    """The line to the office: it can lose answers after sending, give somebody else's answer, and count."""

    def __init__(self, url):
        self.client, self.lose, self.instead, self.sent, self.heard = httpx.Client(base_url=url), 0, [], [], []

    def post(self, path, **request):
        body, headers = request["content"], request["headers"]
        body = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        self.sent.append((path.rsplit("/", 1)[1], json.loads(body)))
        if self.instead:
            return self.instead.pop(0)
        answer = self.client.post(path, **request)
        if self.lose:
            self.lose -= 1
            raise httpx.ReadTimeout("the answer was lost")
        self.heard.append((path.rsplit("/", 1)[1], answer))
        return answer

    def took(self, what):
        taken = [body for name, body in self.sent if name == what]
        self.sent.clear()
        return taken


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    made = Office(tmp_path_factory.mktemp("office"))
    made.said = made.demo()
    made.key = tmp_path_factory.mktemp("safe") / "backup.key"
    made.run("backup", "--make-key", str(made.key))
    yield made.start()
    made.stop(signal.SIGKILL)


def code_for(office, sign_in):
    run = [sys.executable, "-m", "server", "enrol", sign_in]
    said = subprocess.run(run, cwd=office.tree, env=office.environment, check=True, capture_output=True, text=True).stdout
    return re.search(r"code (\S+)", said)[1]


def phone_of(office, path, sign_in="dana"):
    phone = Phone(path, Line(office.url), sleep=lambda _: None)
    passphrase = next(one["passphrase"] for one in office.said["accounts"] if one["sign_in"] == sign_in)
    phone.enrol(code_for(office, sign_in), passphrase)
    return phone


def reopened(phone):
    """The same file after a kill: a new object, a new line, no nonce."""
    path, url = phone.db.execute("PRAGMA database_list").fetchone()[2], str(phone.client.client.base_url)
    phone.db.close()
    return Phone(path, Line(url), sleep=lambda _: None)


def note(who, **answers):
    end = clock()["wall"] - 600_000
    core = {"participant": who, "contact_kind": "one_on_one", "form": "one_on_one@1", "zone": "America/New_York"}
    place = {"setting": "drop_in_center", "mode": "in_person", "support": ["informational", "emotional"]}
    return {**core, **place, "started_at": end - 1_800_000, "ended_at": end, "answers": answers}


def outcomes(phone):
    return [entry["receipt"] and entry["receipt"]["outcome"] for entry in entries(phone)]


def held(phone):
    return sorted(((row["b"], doc, row["type"], row["seq"], row["body"]) for doc, row in phone.held["rows"].items()), key=lambda row: row[:2])


def backup(office):
    (office.directory / "backups").mkdir(exist_ok=True)
    office.run("backup", "--to", str(office.directory / "backups"))
    return max((office.directory / "backups").iterdir(), key=lambda file: file.stat().st_mtime)


def revoke(office, device, mode):
    account = next(one for one in office.said["accounts"] if one["role"] == "administrator")
    with httpx.Client(base_url=office.url, headers={"Origin": office.url}, follow_redirects=True) as desk:
        desk.post("/sign-in", data={"sign_in": account["sign_in"], "passphrase": account["passphrase"], "then": ""})
        form = {"mode": mode, "reason": "lost", "understood": "yes"}
        assert desk.post(f"/administration/phones/{device}/revoke", data=form).status_code == 200


def test_a_person_and_signed_notes_reach_the_second_installation(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    assert phone.sync() == "active"
    who = person(phone, name="Robin K.", about="Likes the window seat.")
    phone = reopened(phone)
    signed = sign_note(phone, **note(who, did="Walked to the clinic. \U0001f642 \ud83d", went="Well"))
    unsigned = str(uuid.uuid4())
    phone.capture(create("note", unsigned, f"p:{who}", **note(who, did="a", went="b")))
    assert shown(phone, signed)["state"] == "signed"
    assert standing(phone, 1) == "on this phone"
    phone = reopened(phone)
    assert phone.sync() == "active"
    edit(phone, "addendum", signed, set={"text": "She called later.", "reason": "forgotten"})
    edit(phone, "patch", unsigned, set={"answers": {"went": None, "next": "c"}})
    edit(phone, "tags", unsigned, add={"flags": ["medical"]}, remove={"support": ["emotional"]})
    edit(phone, "patch", who, set={"about": "Likes the door seat."})
    before = shown(phone, unsigned)["set"]
    assert before["answers"] == {"did": "a", "next": "c"}
    assert phone.sync() == "active"
    assert content_hash(shown(phone, unsigned)["set"]) == content_hash(before)
    edit(phone, "sign", unsigned, content_hash=content_hash(shown(phone, unsigned)["set"]))
    assert phone.sync() == "active"
    edit(phone, "void", unsigned, reason="Wrong person.")
    assert phone.sync() == "active"
    assert set(outcomes(phone)) == {"applied"}
    assert re.fullmatch(r"received [0-9A-Z]{4,}", standing(phone, 1))
    second = phone_of(office, tmp_path / "two")
    second.sync()
    assert held(second) == held(phone)
    assert shown(second, signed)["addenda"][0]["text"] == "She called later."
    assert shown(second, unsigned)["set"]["answers"] == {"did": "a", "next": "c"}
    assert shown(second, unsigned)["state"] == "void"
    assert shown(second, who)["set"]["about"] == "Likes the door seat."


def test_lost_answers_are_settled_and_nothing_is_sent_twice(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    who = person(phone, name="Lost A.")
    for i in range(5):
        sign_note(phone, **note(who, did=f"Visit {i}"))
    phone.client.took("push")
    phone.client.lose = 1
    with pytest.raises(NoAnswerError):
        phone.sync(1)  # the stale nonce is answered, or the push is decided: its answer is lost
    while not phone.client.took("push"):
        phone.client.lose = 1
        with pytest.raises(NoAnswerError):
            phone.sync(1)
    phone = reopened(phone)
    assert set(outcomes(phone)) == {None}
    assert phone.sync() == "active"
    took = list(phone.client.sent)
    assert [body["first_n"] for name, body in took if name == "push"] == []
    assert next(body for name, body in took if name == "pull")["open"] == list(range(1, 12))
    assert outcomes(phone) == ["applied"] * 11


def test_every_answer_lost_in_turn_and_killed_each_time(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    who = person(phone, name="Kill B.")
    docs = [sign_note(phone, **note(who, did=f"Visit {i}", went="w" * 900)) for i in range(8)]
    for turn in range(12):
        phone = reopened(phone)
        phone.pace = 4
        phone.client.lose = turn % 3
        if turn % 4 == 0:
            docs.append(sign_note(phone, **note(who, did=f"Turn {turn}")))
        try:
            phone.sync(1)
        except NoAnswerError:
            assert all(shown(phone, doc)["state"] == "signed" for doc in docs)
    phone = reopened(phone)
    assert phone.sync() == "active"
    assert outcomes(phone) == ["applied"] * (1 + 2 * len(docs))
    second = phone_of(office, tmp_path / "two")
    second.sync()
    assert held(second) == held(phone)
    assert all(shown(second, doc)["signed"]["hash"] == content_hash(shown(second, doc)["set"]) for doc in docs)


def test_the_same_bytes_again_give_the_same_receipts(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    who = person(phone, name="Again C.")
    sign_note(phone, **note(who, did="Once"))
    phone.sync()
    first = [(entry["n"], entry["receipt"]) for entry in entries(phone)]
    with phone.step() as held:
        for entry in held["outbox"]:
            entry["receipt"] = None
    phone.client.took("push")
    phone.sync()
    assert len(phone.client.took("push")) == 1
    assert [(entry["n"], entry["receipt"]) for entry in entries(phone)] == first


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>Welcome to the hotel</html>", headers={"Content-Type": "text/html"}),
        httpx.Response(200, json={"welcome": "hotel"}),
        httpx.Response(200, json={"epoch": "x", "results": [], "next_n": 99}, headers={"Alongside-Answers": "of hours ago"}),
        httpx.Response(403, json={"code": "DEVICE_REVOKED", "mode": "wipe_now"}, headers={"Alongside-Answers": "other"}),
        httpx.Response(302, headers={"Location": "http://portal.example/"}),
        httpx.Response(502, text="Bad gateway"),
    ],
)
def test_what_is_no_answer_changes_nothing(office, tmp_path, answer):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    person(phone, name="Portal D.")
    before, phone.client.instead = held(phone), [answer]
    with pytest.raises(NoAnswerError):
        phone.sync(1)
    assert outcomes(phone) == [None]
    assert held(phone) == before
    assert phone.sync() == "active"
    assert outcomes(phone) == ["applied"]


def test_a_batch_is_halved_a_wait_is_waited_and_bundles_stay_whole(office, tmp_path):
    waits = []
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    phone.sleep = waits.append
    who = person(phone, name="Batch E.")
    for i in range(40):
        sign_note(phone, **note(who, did=f"{i}" + "w" * 3000))
    phone.pace = 12
    phone.client.took("push")
    phone.client.instead = [httpx.Response(413, json={"code": "TOO_LARGE"})]
    phone.client.instead.append(httpx.Response(503, json={"code": "BUSY", "retry_after_s": 7}))
    assert phone.sync() == "active"
    pushes = phone.client.took("push")
    assert 7 in waits
    assert len(pushes[1]["changes"]) < len(pushes[0]["changes"])
    for push in pushes:
        bundles = [one.get("bundle") for one in push["changes"]]
        assert all(bundles.count(one) == 2 for one in bundles if one)
    assert outcomes(phone) == ["applied"] * 81


def test_what_comes_back_is_said(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    who = person(phone, name="Back F.")
    about = {"type": "note", "doc": str(uuid.uuid4()), "bucket": f"p:{who}"}
    fields = note(who, did="x")
    phone.capture(
        {"kind": "create", **about, "set": fields}, {"kind": "sign", **about, "content_hash": content_hash({**fields, "mode": "phone"})}
    )
    phone.sync()
    assert outcomes(phone)[1:] == ["rejected", "rejected"]
    assert standing(phone, 2).startswith("came back")
    returned = [body["set"] for _, _, kind, _, body in held(phone) if kind == "returned"]
    assert {one["code"] for one in returned if one["device"] == phone.held.get("device")} >= {"SIGN_CONTENT_MISMATCH"}
    assert [entry["n"] for entry in entries(phone)] == [1, 2, 3]


def test_a_copied_phone_locks_delivers_and_shows_nothing(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    shutil.copy(tmp_path / "one", tmp_path / "copy")
    person(phone, name="Truth G.")
    phone.sync()
    copy = Phone(tmp_path / "copy", Line(office.url), sleep=lambda _: None)
    doc = person(copy, name="Second Truth G.")
    copy.capture({"kind": "patch", "type": "participant", "doc": doc, "bucket": f"p:{doc}", "set": {"about": "x"}})
    assert copy.sync() == "locked"
    assert shown(copy, doc) is None
    assert copy.held.get("key") is None
    assert [len(one["items"]) for one in copy.client.took("salvage")] == [2]
    assert [[one["outcome"] for one in answer.json()["results"]] for what, answer in copy.client.heard if what == "salvage"] == [["kept"] * 2]
    assert phone.sync() == "active"


def test_storage_that_went_back_in_time_is_noticed(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    shutil.copy(tmp_path / "one", tmp_path / "old")
    person(phone, name="Back H.")
    phone.sync()
    old = Phone(tmp_path / "old", Line(office.url), sleep=lambda _: None)
    assert old.sync() in {"locked", "wiped"}
    assert old.held.get("mode") != "active"


def test_a_cursor_ahead_stops_and_tells(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    with phone.step() as state:
        state["cursors"] = {b: seq + 1_000_000 for b, seq in state["cursors"].items()}
    before = held(phone)
    with pytest.raises(RefusedError, match="CURSOR_AHEAD"):
        phone.sync()
    assert held(phone) == before


def test_the_daily_check_mends_a_row(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    right = held(phone)
    assert phone.held.get("checked_at")
    with phone.step() as state:
        del state["rows"][max(doc for doc, row in state["rows"].items() if row["type"] == "note")]
        state["rows"]["one too many"] = {"b": "org", "doc": "one too many", "type": "site", "seq": 1, "body": {}}
    phone.sync()
    assert held(phone) != right  # not yet asked
    with phone.step() as state:
        state["checked_at"] = 0
    phone.sync()
    assert held(phone) == right


def test_nothing_is_shown_when_the_lease_is_over_and_writing_stays(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    doc = person(phone, name="Lease N.")
    phone.sync()
    assert phone.held["lease_until"] > clock()["wall"]
    with phone.step() as state:
        state["lease_until"] = 1
    assert shown(phone, doc) is None
    person(phone, name="Late O.")
    phone.sync()
    assert shown(phone, doc)["set"]["name"] == "Lease N."
    assert outcomes(phone) == ["applied", "applied"]


def test_set_up_again_delivers_the_earlier_work(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    person(phone, name="Forgot I.")
    earlier = phone.held.get("device")
    file = json.loads(emergency_file(phone))
    assert set(file) == {"v", "device", "public_key", "made_at", "items"}
    assert_signed(file["items"][0], earlier, file["public_key"])
    accounts = {one["sign_in"]: one["passphrase"] for one in office.said["accounts"]}
    phone.enrol(code_for(office, "dana"), accounts["dana"])
    assert phone.held.get("device") != earlier
    phone.client.took("salvage")
    assert phone.sync() == "active"
    assert [one["device"] for one in phone.client.took("salvage")] == [earlier]
    assert len(phone.held["earlier"]) == 1  # until a backup holds it
    backup(office)
    phone = reopened(phone)
    phone.sync()
    assert phone.held["earlier"] == []


def test_a_lost_phone_locks_delivers_and_wipes_itself_when_it_is_due(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    doc = person(phone, name="Lost J.")
    revoke(office, phone.held.get("device"), "lock")
    assert phone.sync() == "locked"
    phone = reopened(phone)
    assert phone.sync() == "locked"
    assert shown(phone, doc) is None
    backup(office)
    assert reopened(phone).sync() == "wiped"


def test_wipe_now_wipes_now(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    person(phone, name="Gone K.")
    revoke(office, phone.held.get("device"), "wipe_now")
    assert phone.sync() == "wiped"
    assert entries(phone) == []
    assert not any(value for name, value in phone.held.items() if name != "mode")


def test_a_wrong_passphrase_and_a_used_code(office, tmp_path):
    phone = Phone(tmp_path / "one", Line(office.url), sleep=lambda _: None)
    with pytest.raises(RefusedError, match="ENROLMENT_REFUSED"):
        phone.enrol(code_for(office, "mateo"), "not the passphrase")
    with pytest.raises(RefusedError, match="ENROLMENT_REFUSED"):
        phone.enrol("AAAAA-AAAAA", "velvet tunnel bramble clover")


def test_backup_release_and_restore(office, tmp_path):
    phone, second = phone_of(office, tmp_path / "one"), phone_of(office, tmp_path / "two")
    who = person(phone, name="Safe L.")
    phone.sync()
    assert outcomes(phone) in (["applied"], [])
    saved = backup(office)
    phone.sync()
    assert outcomes(phone) == []  # safe, and let go
    late = phone_of(office, tmp_path / "late")
    person(late, name="Unknown M.")
    late.sync()
    lost = sign_note(phone, **note(who, did="After the backup"))
    phone.sync()
    second.sync()
    assert outcomes(phone) == ["applied", "applied"]  # received, not safe: kept
    epoch = phone.held.get("epoch")
    office.stop()
    office.run("restore", str(saved), "--key", str(office.key), "--move-aside")
    office.start()
    assert second.sync() == "active"
    assert shown(second, lost) is None
    assert shown(phone, lost)["state"] == "signed"
    assert phone.sync() == "active"
    assert phone.held.get("epoch") != epoch
    assert outcomes(phone) == ["applied", "applied"]
    second.sync()
    assert shown(second, lost)["state"] == "signed"
    assert held(second) == held(phone)
    with pytest.raises(RefusedError, match="NOT_SIGNED"):
        late.sync()
    earlier = late.held.get("device")
    accounts = {one["sign_in"]: one["passphrase"] for one in office.said["accounts"]}
    late.enrol(code_for(office, "dana"), accounts["dana"])
    assert late.sync() == "active"
    assert [(one["device"], len(one["items"])) for one in late.client.took("salvage")] == [(earlier, 1)]
    backup(office)
    late = reopened(late)
    late.sync()
    assert late.held["earlier"] == []
