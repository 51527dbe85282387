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
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.office import Office

from .craft import (
    CURVE,
    canonical,
    content_hash,
    envelope_key,
    load_key,
    new_key,
    point,
    receipt_code,
    seal,
    seal_text,
    unb64,
    uuid7,
    wall,
)
from .phone import NoAnswerError, Phone, RefusedError

HERE = Path(__file__).parent
VECTORS = HERE.parent / "vectors"


def vector(name):
    return json.loads((VECTORS / f"{name}.json").read_text())


# --- the page's own cases


@pytest.mark.parametrize("case", vector("content_hash")["cases"], ids=lambda case: case["name"])
def test_content_hash(case):
    assert canonical(case["fields"]) == case["canonical"]
    assert content_hash(case["fields"]) == case["hash"]


def test_receipt_codes():
    for case in vector("receipts")["codes"]:
        assert receipt_code(case["seq"]) == case["code"]


def opened(item, private, public):
    sealed = {key: unb64(item["sealed"][key]) for key in ("epk", "iv", "ct")}
    secret = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sealed["epk"]))
    kid = item["sealed"]["kid"]
    plain = AESGCM(envelope_key(secret, sealed["epk"], public, kid)).decrypt(
        sealed["iv"], sealed["ct"], f"alongside-seal-v1|{kid}".encode()
    )
    length = int.from_bytes(plain[:4], "big")
    assert not any(plain[4 + length :])
    return plain[4 : 4 + length].decode(), len(plain)


def assert_signed(item, device, device_key):
    sealed, sig = item["sealed"], unb64(item["sig"])
    data = unb64(sealed["epk"]) + unb64(sealed["iv"]) + unb64(sealed["ct"])
    text = seal_text(device, item["n"], sealed["kid"], data)
    der = utils.encode_dss_signature(int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(device_key))
    key.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
    return text


def test_seal():
    case = vector("seal")
    private = ec.derive_private_key(int.from_bytes(unb64(case["private"]["d"]), "big"), CURVE)
    assert point(private.public_key()) == unb64(case["public"])
    assert opened(case["item"], private, unb64(case["public"]))[0] == case["content"]
    assert assert_signed(case["item"], case["device"], case["device_key"]) == case["seal_text"]
    pem, public = new_key()
    mine = seal(load_key(pem), case["device"], 7, case["change"], case["kid"], case["public"])
    assert opened(mine, private, unb64(case["public"]))[0] == case["content"]
    assert_signed(mine, case["device"], public)


@pytest.mark.parametrize(("words", "size"), [(10, 256), (300, 1024), (1100, 2048), (2100, 4096), (9000, 16384)])
def test_seal_hides_the_length(words, size):
    private = ec.generate_private_key(CURVE)
    public = vector("seal")["public"]
    theirs = point(private.public_key())
    item = seal(private, "d", 1, "w" * words, "k", vector("seal")["public"])
    assert len(unb64(item["sealed"]["ct"])) == size + 16
    assert public != theirs


def test_it_imports_nothing_of_the_product_and_is_short():
    for file in ("phone.py", "craft.py", "store.py"):
        for node in ast.walk(ast.parse((HERE / file).read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module] if node.level == 0 else []
                assert node.level < 2
            assert not {name.split(".")[0] for name in names} & {"sync", "server", "web", "tests"}
    assert len((HERE / "phone.py").read_text().splitlines()) <= 300


# --- a real office


class Line:
    """The line to the office: it can lose answers after sending, give somebody else's answer, and count."""

    def __init__(self, url):
        self.client, self.lose, self.instead, self.sent = httpx.Client(base_url=url), 0, [], []

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
    path, url = phone.all("PRAGMA database_list")[0][2], str(phone.client.client.base_url)
    phone.db.close()
    return Phone(path, Line(url), sleep=lambda _: None)


def note(who, **answers):
    end = wall() - 600_000
    core = {"participant": who, "contact_kind": "one_on_one", "form": "one_on_one@1", "zone": "America/New_York"}
    place = {"setting": "drop_in_center", "mode": "in_person", "support": ["informational", "emotional"]}
    return {**core, **place, "started_at": end - 1_800_000, "ended_at": end, "answers": answers}


def outcomes(phone):
    return [json.loads(text)["outcome"] if text else None for (text,) in phone.all("SELECT receipt FROM outbox ORDER BY n")]


def held(phone):
    return phone.all("SELECT b, doc, type, seq, body FROM rows WHERE gone IS NULL ORDER BY b, doc")


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
    who = phone.create_participant(name="Robin K.", about="Likes the window seat.")
    phone = reopened(phone)
    signed = phone.sign_note(**note(who, did="Walked to the clinic. \U0001f642 \ud83d", went="Well"))
    unsigned = uuid7()
    create = {"kind": "create", "type": "note", "doc": unsigned, "bucket": f"p:{who}", "set": note(who, did="a", went="b")}
    phone.capture(create)
    assert phone.show(signed)["state"] == "signed"
    assert phone.standing(1) == "on this phone"
    phone = reopened(phone)
    assert phone.sync() == "active"
    phone.edit("addendum", signed, set={"text": "She called later.", "reason": "forgotten"})
    phone.edit("patch", unsigned, set={"answers": {"went": None, "next": "c"}})
    phone.edit("tags", unsigned, add={"flags": ["medical"]}, remove={"support": ["emotional"]})
    phone.edit("patch", who, set={"about": "Likes the door seat."})
    shown = phone.show(unsigned)["set"]
    assert shown["answers"] == {"did": "a", "next": "c"}
    assert phone.sync() == "active"
    assert content_hash(phone.show(unsigned)["set"]) == content_hash(shown)
    phone.edit("sign", unsigned, content_hash=content_hash(phone.show(unsigned)["set"]))
    assert phone.sync() == "active"
    phone.edit("void", unsigned, reason="Wrong person.")
    assert phone.sync() == "active"
    assert set(outcomes(phone)) == {"applied"}
    assert re.fullmatch(r"received [0-9A-Z]{4,}", phone.standing(1))
    second = phone_of(office, tmp_path / "two")
    second.sync()
    assert held(second) == held(phone)
    assert second.show(signed)["addenda"][0]["text"] == "She called later."
    assert second.show(unsigned)["set"]["answers"] == {"did": "a", "next": "c"}
    assert second.show(unsigned)["state"] == "void"
    assert second.show(who)["set"]["about"] == "Likes the door seat."


def test_lost_answers_are_settled_and_nothing_is_sent_twice(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    who = phone.create_participant(name="Lost A.")
    for i in range(5):
        phone.sign_note(**note(who, did=f"Visit {i}"))
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
    who = phone.create_participant(name="Kill B.")
    docs = [phone.sign_note(**note(who, did=f"Visit {i}", went="w" * 900)) for i in range(8)]
    for turn in range(12):
        phone = reopened(phone)
        phone.budget = 4096
        phone.client.lose = turn % 3
        if turn % 4 == 0:
            docs.append(phone.sign_note(**note(who, did=f"Turn {turn}")))
        try:
            phone.sync(1)
        except NoAnswerError:
            assert all(phone.show(doc)["state"] == "signed" for doc in docs)
    phone = reopened(phone)
    assert phone.sync() == "active"
    assert outcomes(phone) == ["applied"] * (1 + 2 * len(docs))
    second = phone_of(office, tmp_path / "two")
    second.sync()
    assert held(second) == held(phone)
    assert all(second.show(doc)["signed"]["hash"] == content_hash(second.show(doc)["set"]) for doc in docs)


def test_the_same_bytes_again_give_the_same_receipts(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    who = phone.create_participant(name="Again C.")
    phone.sign_note(**note(who, did="Once"))
    phone.sync()
    first = phone.all("SELECT n, receipt, seq FROM outbox ORDER BY n")
    phone.db.execute("UPDATE outbox SET receipt = NULL, seq = NULL, is_sent = 0, is_seen = 0")
    phone.client.took("push")
    phone.sync()
    assert len(phone.client.took("push")) == 1
    assert phone.all("SELECT n, receipt, seq FROM outbox ORDER BY n") == first


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
    phone.create_participant(name="Portal D.")
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
    who = phone.create_participant(name="Batch E.")
    for i in range(40):
        phone.sign_note(**note(who, did=f"{i}" + "w" * 3000))
    phone.budget = 40_000
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
    who = phone.create_participant(name="Back F.")
    about = {"type": "note", "doc": uuid7(), "bucket": f"p:{who}"}
    fields = note(who, did="x")
    first, second = phone.capture(
        {"kind": "create", **about, "set": fields}, {"kind": "sign", **about, "content_hash": content_hash({**fields, "mode": "phone"})}
    )
    phone.sync()
    assert outcomes(phone)[1:] == ["rejected", "rejected"]
    assert phone.standing(first).startswith("came back")
    returned = [json.loads(body)["set"] for _, _, kind, _, body in held(phone) if kind == "returned"]
    assert {one["code"] for one in returned if one["device"] == phone.get("device")} >= {"SIGN_CONTENT_MISMATCH"}
    assert second == first + 1


def test_a_copied_phone_locks_delivers_and_shows_nothing(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    phone.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "one", tmp_path / "copy")
    phone.create_participant(name="Truth G.")
    phone.sync()
    copy = Phone(tmp_path / "copy", Line(office.url), sleep=lambda _: None)
    doc = copy.create_participant(name="Second Truth G.")
    copy.capture({"kind": "patch", "type": "participant", "doc": doc, "bucket": f"p:{doc}", "set": {"about": "x"}})
    assert copy.sync() == "locked"
    assert copy.show(doc) is None
    assert copy.get("key") is None
    assert [len(one["items"]) for one in copy.client.took("salvage")] == [2]
    assert copy.all("SELECT is_kept FROM outbox") == [(1,), (1,)]
    assert phone.sync() == "active"


def test_storage_that_went_back_in_time_is_noticed(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    phone.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "one", tmp_path / "old")
    phone.create_participant(name="Back H.")
    phone.sync()
    old = Phone(tmp_path / "old", Line(office.url), sleep=lambda _: None)
    assert old.sync() in {"locked", "wiped"}
    assert old.get("mode") != "active"


def test_a_cursor_ahead_stops_and_tells(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    phone.db.execute("UPDATE cursors SET seq = seq + 1000000")
    before = held(phone)
    with pytest.raises(RefusedError, match="CURSOR_AHEAD"):
        phone.sync()
    assert held(phone) == before


def test_the_daily_check_mends_a_row(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    right = held(phone)
    assert phone.get("checked_at")
    phone.db.execute("DELETE FROM rows WHERE doc = (SELECT MAX(doc) FROM rows WHERE type = 'note')")
    phone.db.execute("INSERT INTO rows VALUES ('org', 'one too many', 'site', 1, NULL, '{}')")
    phone.sync()
    assert held(phone) != right  # not yet asked
    phone.put(checked_at=0)
    phone.sync()
    assert held(phone) == right


def test_set_up_again_delivers_the_earlier_work(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.create_participant(name="Forgot I.")
    earlier = phone.get("device")
    file = json.loads(phone.emergency_file())
    assert set(file) == {"v", "device", "public_key", "made_at", "items"}
    assert_signed(file["items"][0], earlier, file["public_key"])
    accounts = {one["sign_in"]: one["passphrase"] for one in office.said["accounts"]}
    phone.enrol(code_for(office, "dana"), accounts["dana"])
    assert phone.get("device") != earlier
    phone.client.took("salvage")
    assert phone.sync() == "active"
    assert [one["device"] for one in phone.client.took("salvage")] == [earlier]
    assert phone.all("SELECT COUNT(*) FROM earlier")[0][0] == 1  # until a backup holds it
    backup(office)
    phone = reopened(phone)
    phone.sync()
    assert phone.all("SELECT COUNT(*) FROM earlier")[0][0] == 0


def test_a_lost_phone_locks_delivers_and_wipes_itself_when_it_is_due(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    doc = phone.create_participant(name="Lost J.")
    revoke(office, phone.get("device"), "lock")
    assert phone.sync() == "locked"
    phone = reopened(phone)
    assert phone.sync() == "locked"
    assert phone.show(doc) is None
    backup(office)
    assert reopened(phone).sync() == "wiped"


def test_wipe_now_wipes_now(office, tmp_path):
    phone = phone_of(office, tmp_path / "one")
    phone.sync()
    phone.create_participant(name="Gone K.")
    revoke(office, phone.get("device"), "wipe_now")
    assert phone.sync() == "wiped"
    assert not any(phone.all(f"SELECT 1 FROM {table}") for table in ("outbox", "rows", "cursors"))


def test_a_wrong_passphrase_and_a_used_code(office, tmp_path):
    phone = Phone(tmp_path / "one", Line(office.url), sleep=lambda _: None)
    with pytest.raises(RefusedError, match="ENROLMENT_REFUSED"):
        phone.enrol(code_for(office, "mateo"), "not the passphrase")
    with pytest.raises(RefusedError, match="ENROLMENT_REFUSED"):
        phone.enrol("AAAAA-AAAAA", "velvet tunnel bramble clover")


def test_backup_release_and_restore(office, tmp_path):
    phone, second = phone_of(office, tmp_path / "one"), phone_of(office, tmp_path / "two")
    who = phone.create_participant(name="Safe L.")
    phone.sync()
    assert outcomes(phone) in (["applied"], [])
    saved = backup(office)
    phone.sync()
    assert outcomes(phone) == []  # safe, and let go
    late = phone_of(office, tmp_path / "late")
    late.create_participant(name="Unknown M.")
    late.sync()
    lost = phone.sign_note(**note(who, did="After the backup"))
    phone.sync()
    second.sync()
    assert outcomes(phone) == ["applied", "applied"]  # received, not safe: kept
    epoch = phone.get("epoch")
    office.stop()
    office.run("restore", str(saved), "--key", str(office.key), "--move-aside")
    office.start()
    assert second.sync() == "active"
    assert second.show(lost) is None
    assert phone.show(lost)["state"] == "signed"
    assert phone.sync() == "active"
    assert phone.get("epoch") != epoch
    assert outcomes(phone) == ["applied", "applied"]
    second.sync()
    assert second.show(lost)["state"] == "signed"
    assert held(second) == held(phone)
    with pytest.raises(RefusedError, match="NOT_SIGNED"):
        late.sync()
    earlier = late.get("device")
    accounts = {one["sign_in"]: one["passphrase"] for one in office.said["accounts"]}
    late.enrol(code_for(office, "dana"), accounts["dana"])
    assert late.sync() == "active"
    assert [(one["device"], len(one["items"])) for one in late.client.took("salvage")] == [(earlier, 1)]
    backup(office)
    late = reopened(late)
    late.sync()
    assert late.all("SELECT COUNT(*) FROM earlier")[0][0] == 0
