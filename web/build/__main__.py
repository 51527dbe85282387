"""`python -m web.build` builds everything of the phone; with npm, biome, tsc or vitest it runs that tool on our Node.

A build whose inputs have not changed is skipped. Two builds of the same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Final

from server.templating.catalogue import LANGS
from server.templating.environment import render
from web.build import app_icons, catalogue, fonts, scripts, styles
from web.build.assets import Assets, compress, fingerprint, manifest, publish, transfer_bytes
from web.build.modules import write_if_changed, write_modules
from web.build.node import COMMANDS, command
from web.build.paths import BUILT, DIST, GENERATED, ROOT, WEB

FIRST_LOAD_LIMIT_BYTES: Final = 75_000
WHOLE_LIMIT_BYTES: Final = 200_000  # with the whole program, which follows while somebody sets the phone up
PRECACHED: Final = ("page.js", "phone.css", "type.woff2", "icon.svg")
FIRST_PAGE: Final = "install.html"  # as the office answers the first visit; built to be weighed
BUILD_MARK: Final = "@build@"
INPUTS: Final = DIST / "inputs.txt"


def main(arguments: list[str]) -> int:
    """Exit status of the build or of the tool that was asked for."""
    if arguments:
        name, *more = arguments
        if name not in COMMANDS:
            sys.stderr.write(f"web.build knows: {', '.join(COMMANDS)}\n")
            return 2
        return command(name, more)
    started = time.monotonic()
    inputs = inputs_hash()
    if INPUTS.exists() and INPUTS.read_text("utf-8") == inputs:
        sys.stdout.write("web: nothing to build\n")
        return 0
    first, whole = build()
    sys.stdout.write(f"web: built in {time.monotonic() - started:.1f} s\n")
    if first > FIRST_LOAD_LIMIT_BYTES or whole > WHOLE_LIMIT_BYTES:
        sys.stderr.write(f"web: {first} bytes first and {whole} in all are over the limit\n")
        return 1
    INPUTS.write_text(inputs, "utf-8")
    return 0


def build() -> tuple[int, int]:
    """Build everything; bytes that a phone receives on its first load, and in all."""
    BUILT.mkdir(parents=True, exist_ok=True)
    GENERATED.mkdir(parents=True, exist_ok=True)
    texts = write_modules()
    assets = build_assets(texts)
    worker = build_worker(assets)
    # What the worker asks for stands before the worker does, and what it asked for before goes last.
    compress(BUILT)
    publish(DIST / "sw.js", worker)
    publish(DIST / "assets.json", json.dumps(assets.addresses, indent=1, sort_keys=True).encode())
    publish(DIST / FIRST_PAGE, render("errors/install.html", {"frame": {"theme": "system"}}, "en").encode())
    compress(DIST)
    drop_old(assets)
    return print_sizes(assets)


def build_assets(texts: catalogue.Layout) -> Assets:
    """Everything under /static, and the manifest that names some of it."""
    assets = Assets()
    assets.add("type.woff2", fonts.typeface())
    assets.add("icon.svg", app_icons.svg().encode())
    for size in (192, 512):
        assets.add(f"icon-{size}.png", app_icons.png(size))
    assets.add("words.txt", scripts.words())
    for lang in LANGS:
        for name, part in zip(("words", "more"), texts.parts, strict=True):
            if lang != catalogue.BUILT_IN:
                assets.add(f"{lang}-{name}.txt", texts.lines(lang, part).encode())
    for side in ("phone", "office"):
        assets.add(f"{side}.css", styles.stylesheet(side, assets.addresses))
    assets.add("office.js", scripts.office())
    assets.add("page.js", scripts.page())
    assets.add("passkey.js", scripts.passkey())
    publish(DIST / "manifest.webmanifest", manifest(assets.addresses))
    return assets


def build_worker(assets: Assets) -> bytes:
    """The service worker's loader; its parts become files under /static, and share one version."""
    precached = [*(assets.addresses[name] for name in PRECACHED), "/manifest.webmanifest"]
    write_if_changed(GENERATED / "assets.ts", assets.module(precached, BUILD_MARK))
    bundled = scripts.service_worker()
    version = fingerprint(b"".join(bundled.values())).encode()
    for name, code in bundled.items():
        assets.add(f"{name}.js", code.replace(BUILD_MARK.encode(), version))
    return scripts.loader(assets.addresses)


def drop_old(assets: Assets) -> None:
    """Remove what an earlier build left, now that the new files stand."""
    current = {Path(address).name for address in assets.addresses.values()}
    for path in BUILT.iterdir():
        if path.name.removesuffix(".br").removesuffix(".gz") not in current:
            path.unlink()


def print_sizes(assets: Assets) -> tuple[int, int]:
    """The table of the first load, and what follows it while somebody types; both sums."""
    built = {name: BUILT / Path(address).name for name, address in assets.addresses.items()}
    parts = [DIST / FIRST_PAGE, DIST / "sw.js", DIST / "manifest.webmanifest"]
    parts += [built[name] for name in ("core.js", "first.js", *PRECACHED)]
    sys.stdout.write("first load, brotli\n")
    for path in parts:
        sys.stdout.write(f"  {transfer_bytes(path):>7,}  {path.name}\n")
    total = sum(map(transfer_bytes, parts))
    whole = total + sum(transfer_bytes(built[name]) for name in ("main.js", "passkey.js"))
    sys.stdout.write(f"  {total:>7,}  of {FIRST_LOAD_LIMIT_BYTES:,}\n")
    sys.stdout.write(f"  {whole:>7,}  of {WHOLE_LIMIT_BYTES:,} with main.js, which comes meanwhile\n")
    for lang in LANGS:
        more = [transfer_bytes(built[name]) for name in (f"{lang}-words.txt", f"{lang}-more.txt") if name in built]
        sys.stdout.write(f"  {sum(more):>7,}  words of {lang}, {more[0]:,} at first\n" if more else "")
    return total, whole


def inputs_hash() -> str:
    """Hash of every file that the build reads."""
    folders = (WEB, ROOT / "sync", ROOT / "server" / "templating")
    files = [path for folder in folders for path in folder.rglob("*") if is_input(path)]
    files += [ROOT / "package-lock.json", *(ROOT / "server" / name for name in ("auth/headers.py", "storage/forms.py"))]
    seen = hashlib.sha256(scripts.flavour().encode())
    for path in sorted(files):
        seen.update(f"{path.relative_to(ROOT)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return seen.hexdigest()


def is_input(path: Path) -> bool:
    """False for what the build itself, or Python, writes."""
    is_written = DIST in path.parents or GENERATED in path.parents or "__pycache__" in path.parts
    return path.is_file() and not is_written


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
