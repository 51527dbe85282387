"""A photo of a paper, offline: drawn anew and sealed on the phone, signed with the note, seen by the supervisor later."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

from tests.journeys import steps
from tests.journeys.conftest import Browser
from tests.support.office import Office

CANARY = b"canaryplace 41.8781 -87.6298"
WIDTH, HEIGHT = 2600, 1300
NAME = "Signed plan, page 1"
DRAWN = "img => img.decode().then(() => [img.naturalWidth, img.naturalHeight])"


def photo(path: Path) -> Path:
    """A picture larger than it needs to be, in whose file stands where it was taken."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((x // 40 * 13 + y // 40 * 7) % 256 for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"tEXt", b"Comment\0" + CANARY), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts))
    return path


def test_a_photo_goes_with_a_note_and_leaves_what_the_camera_knew_behind(
    office: Office, browser: Browser, tmp_path: Path
) -> None:
    facts = office.facts
    phone = browser("phone")
    passphrase = steps.enrol(phone, facts)
    office.stop()

    steps.begin(phone)
    phone.type("#f-did", "We read the plan line by line and both signed it.")
    phone.tap("button[name=then][value=attachments]")
    phone.see("#attach-form")
    phone.tap("button[form=attach-form]")
    phone.see(".error", "Choose a photo")
    wrong = tmp_path / "list.txt"
    wrong.write_text("not a picture")
    phone.page.set_input_files("#f-file", wrong)
    phone.tap("button[form=attach-form]")
    phone.see(".error", "not a photo or a PDF")
    phone.page.set_input_files("#f-file", photo(tmp_path / "photo.png"))
    phone.type("#f-name", NAME)
    phone.tap("button[form=attach-form]")
    phone.see(".attachment", NAME)
    phone.see(".attachment", "On this phone.")
    assert phone.page.locator(".attachment img").evaluate(DRAWN) == [1800, 900]

    # The battery is pulled; what was added is still there.
    phone.kill()
    phone.start()
    phone.go(f"{office.url}/app/")
    steps.unlock(phone, passphrase)
    phone.tap("main a[href^='/app/drafts/']")
    phone.see("#note-form", "1 added")
    assert "line by line" in phone.page.locator("#f-did").input_value()
    steps.check_and_sign(phone)
    phone.see("figure.attachment", NAME)
    note = re.search(r"/app/notes/([0-9a-f-]{36})", phone.page.url)
    assert note is not None

    office.start()
    steps.receive(phone, office.url)

    supervisor = browser("supervisor")
    steps.sign_in(supervisor, office, steps.account(facts, "supervisor"), f"/dashboard/notes/{note.group(1)}")
    supervisor.see("figure.attachment", NAME)
    picture = supervisor.page.locator("figure.attachment img")
    assert picture.evaluate(DRAWN) == [1800, 900]
    got = supervisor.page.request.get(office.url + str(picture.get_attribute("src")))
    assert got.body()[:2] == b"\xff\xd8"
    assert CANARY[:11] not in got.body()
    database = b"".join(path.read_bytes() for path in office.directory.rglob("*.sqlite3*"))
    assert got.body()[200:300] not in database, "the office keeps it sealed"
