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
from web.build import app_icons, catalogue, fonts, icons, schema, scripts, styles
from web.build.assets import Assets, compress, fingerprint, manifest, transfer_bytes
from web.build.compiler.module import Compiler
from web.build.node import COMMANDS, command
from web.build.paths import BUILT, DIST, GENERATED, HEADER, ROOT, TEMPLATES, WEB

FIRST_LOAD_LIMIT_BYTES: Final = 75_000
PHONE_FOLDERS: Final = ("layouts", "components", "shared", "phone")
OFFICE_ONLY: Final = frozenset(("layouts/office.html",))
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
    total = build()
    sys.stdout.write(f"web: built in {time.monotonic() - started:.1f} s\n")
    if total > FIRST_LOAD_LIMIT_BYTES:
        sys.stderr.write(f"web: the first load is {total} bytes, over the limit of {FIRST_LOAD_LIMIT_BYTES}\n")
        return 1
    INPUTS.write_text(inputs, "utf-8")
    return 0


def build() -> int:
    """Build everything; bytes that a phone receives on its first load."""
    BUILT.mkdir(parents=True, exist_ok=True)
    GENERATED.mkdir(parents=True, exist_ok=True)
    texts = write_modules()
    assets = build_assets(texts)
    worker = build_worker(assets)
    (DIST / "sw.js").write_bytes(worker)
    (DIST / "assets.json").write_text(json.dumps(assets.addresses, indent=1, sort_keys=True), "utf-8")
    (DIST / FIRST_PAGE).write_text(render("errors/install.html", {"frame": {"theme": "system"}}, "en"), "utf-8")
    drop_old(assets)
    compress()
    return print_sizes(assets)


def phone_templates() -> list[str]:
    """Names of the templates that the phone renders too."""
    names = [name_of(path) for folder in PHONE_FOLDERS for path in sorted((TEMPLATES / folder).rglob("*.html"))]
    return [name for name in names if name not in OFFICE_ONLY]


def name_of(path: Path) -> str:
    """A template's name, as `extends` and `render` spell it."""
    return path.relative_to(TEMPLATES).as_posix()


def write_modules() -> catalogue.Layout:
    """TypeScript made from templates, catalogue, forms, icons and the agreement; the order of the texts."""
    on_phone = phone_templates()
    everywhere = [name_of(path) for path in sorted(TEMPLATES.rglob("*.html"))]
    (DIST / "icons.json").write_text(json.dumps(icons.icons(everywhere, icons.computed_in_office()), indent=1), "utf-8")
    carried = json.dumps(icons.icons(on_phone), indent=2)
    draft = Compiler(TEMPLATES, on_phone)
    draft.module()
    texts = catalogue.Layout(draft.texts, draft.prefixes)
    modules = {
        "templates": Compiler(TEMPLATES, on_phone, texts.numbers).module(),
        "catalogue": texts.module(),
        "forms": catalogue.forms_module(),
        "icons": f"{HEADER}export const icons: Readonly<Record<string, string>> = {carried};\n",
        "schema": schema.module(),
        "argon2": scripts.argon2(),
    }
    for name, text in modules.items():
        write_if_changed(GENERATED / f"{name}.ts", text)
    return texts


def build_assets(texts: catalogue.Layout) -> Assets:
    """Everything under /static, and the manifest that names some of it."""
    assets = Assets()
    assets.add("type.woff2", fonts.typeface())
    assets.add("icon.svg", app_icons.svg().encode())
    for size in (192, 512):
        assets.add(f"icon-{size}.png", app_icons.png(size))
    assets.add("words.txt", scripts.words())
    for lang in LANGS:
        if lang != catalogue.BUILT_IN:
            assets.add(f"{lang}.txt", texts.lines(lang).encode())
    for side in ("phone", "office"):
        assets.add(f"{side}.css", styles.stylesheet(side, assets.addresses))
    assets.add("office.js", scripts.office())
    assets.add("page.js", scripts.page())
    (DIST / "manifest.webmanifest").write_bytes(manifest(assets.addresses))
    return assets


def build_worker(assets: Assets) -> bytes:
    """The service worker, named by the hash of its own bytes."""
    precached = [*(assets.addresses[name] for name in PRECACHED), "/manifest.webmanifest"]
    write_if_changed(GENERATED / "assets.ts", assets.module(precached, BUILD_MARK))
    bundled = scripts.service_worker()
    return bundled.replace(BUILD_MARK.encode(), fingerprint(bundled).encode())


def write_if_changed(path: Path, text: str) -> None:
    """Keep the file's time when its text is the same: type checkers and tests then keep their caches."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def drop_old(assets: Assets) -> None:
    """Remove what an earlier build left, now that the new files stand."""
    current = {Path(address).name for address in assets.addresses.values()}
    for path in BUILT.iterdir():
        if path.name not in current:
            path.unlink()


def print_sizes(assets: Assets) -> int:
    """The table of the first load; its sum."""
    parts = [DIST / FIRST_PAGE, DIST / "sw.js", *(BUILT / Path(assets.addresses[name]).name for name in PRECACHED)]
    parts.append(DIST / "manifest.webmanifest")
    total = 0
    sys.stdout.write("first load, brotli\n")
    for path in parts:
        size = transfer_bytes(path)
        total += size
        sys.stdout.write(f"  {size:>7,}  {path.name}\n")
    sys.stdout.write(f"  {total:>7,}  of {FIRST_LOAD_LIMIT_BYTES:,}\n")
    return total


def inputs_hash() -> str:
    """Hash of every file that the build reads."""
    folders = (WEB, ROOT / "sync", ROOT / "server" / "templating")
    files = [path for folder in folders for path in folder.rglob("*") if is_input(path)]
    files += [ROOT / "package-lock.json", ROOT / "server" / "auth" / "headers.py"]
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
