"""What the build promises: the same bytes every time, a small first load, nothing said of what the app is for."""

from __future__ import annotations

import json

import pytest
from fontTools.ttLib import TTFont

from web.build.__main__ import FIRST_LOAD_LIMIT_BYTES, WHOLE_LIMIT_BYTES, build
from web.build.fonts import CHARACTERS
from web.build.paths import BUILT, DIST, GENERATED


def built() -> dict[str, bytes]:
    files = [path for folder in (DIST, GENERATED) for path in folder.rglob("*") if path.is_file()]
    return {path.name: path.read_bytes() for path in files if path.name != "inputs.txt"}


def test_two_builds_give_the_same_bytes_within_the_limit(capsys: pytest.CaptureFixture) -> None:
    build()
    first = built()
    early, whole = build()
    assert built() == first
    with capsys.disabled():
        print(f"\nfirst load: {early:,} of {FIRST_LOAD_LIMIT_BYTES:,} bytes; {whole:,} of {WHOLE_LIMIT_BYTES:,} in all")
    assert early <= FIRST_LOAD_LIMIT_BYTES
    assert whole <= WHOLE_LIMIT_BYTES


def test_every_address_is_built_and_nothing_else_lies_there() -> None:
    addresses = json.loads((DIST / "assets.json").read_text("utf-8"))
    names = {address.removeprefix("/static/") for address in addresses.values()}
    assert names == {path.name for path in BUILT.iterdir() if path.suffix not in {".br", ".gz"}}


def test_the_typeface_has_every_character_it_promises() -> None:
    (file,) = BUILT.glob("type.*.woff2")
    font = TTFont(file)
    assert {ord(character) for character in CHARACTERS} <= set(font.getBestCmap())
    (weight,) = font["fvar"].axes
    assert (weight.axisTag, weight.minValue, weight.maxValue) == ("wght", 400, 700)


def test_the_phone_says_nothing_of_what_it_is_for() -> None:
    manifest = json.loads((DIST / "manifest.webmanifest").read_text("utf-8"))
    assert manifest["name"] == manifest["short_name"] == "Alongside"
    words = json.dumps(manifest).lower()
    assert not [word for word in ("recovery", "peer", "support", "health", "sober") if word in words]
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}


def test_nothing_built_needs_an_unsafe_policy() -> None:
    for path in BUILT.glob("*.css"):
        assert b"@import" not in path.read_bytes()
        assert b"url(http" not in path.read_bytes()
    for name in ("core", "first", "main", "page"):
        (script,) = BUILT.glob(f"{name}.*.js")
        assert b"eval(" not in script.read_bytes()
