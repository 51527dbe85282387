"""Built files under names that carry their own hash, so that every cache may keep them for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from server.auth.headers import PAGE_POLICY
from web.build.node import run
from web.build.paths import BUILT, HEADER, WEB

COMPRESSED: Final = frozenset({".js", ".css", ".svg", ".txt", ".html", ".webmanifest"})
HASH_CHARS: Final = 10


def publish(path: Path, content: bytes) -> None:
    """Write a file so that whoever reads meanwhile gets the old one or the new one, never half of it."""
    half = path.with_name(f".{path.name}")
    half.write_bytes(content)
    half.replace(path)


class Assets:
    """What has been built so far. `addresses`: name in templates to address."""

    def __init__(self) -> None:
        self.addresses: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> str:
        """Write a file under its fingerprinted name; its address."""
        stem, dot, ending = name.rpartition(".")
        written = f"{stem}.{fingerprint(content)}{dot}{ending}"
        publish(BUILT / written, content)
        self.addresses[name] = f"/static/{written}"
        return self.addresses[name]

    def module(self, precached: list[str], build: str) -> str:
        """The TypeScript module: addresses, what the service worker keeps, the policy of its pages."""
        addresses = json.dumps(self.addresses, indent=2, sort_keys=True)
        return (
            f"{HEADER}export const assets: Readonly<Record<string, string>> = {addresses};\n\n"
            "/** Everything a cold start without network needs. */\n"
            f"export const precache: readonly string[] = {json.dumps(precached, indent=2)};\n\n"
            "/** The office's content policy, for the pages that the service worker answers. */\n"
            f"export const pagePolicy = {json.dumps(PAGE_POLICY)};\n\n"
            "/** Changes with every byte of the shell: the name of its cache, and the version people see. */\n"
            f"export const version = {json.dumps(build)};\n"
        )


def fingerprint(content: bytes) -> str:
    """A short hash of a file's bytes."""
    return hashlib.sha256(content).hexdigest()[:HASH_CHARS]


def manifest(addresses: Mapping[str, str]) -> bytes:
    """What a phone needs to install the app. It says a name and a picture, and nothing of what it is for."""
    icons = [
        {"src": addresses["icon.svg"], "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        *(
            {"src": addresses[f"icon-{size}.png"], "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size in (192, 512)
            for purpose in ("any", "maskable")
        ),
    ]
    return json.dumps(
        {
            "id": "/app/",
            "name": "Alongside",
            "short_name": "Alongside",
            "start_url": "/app/",
            "scope": "/app/",
            "display": "standalone",
            "background_color": "#f5f3ec",
            "theme_color": "#f5f3ec",
            "icons": icons,
        },
        indent=1,
    ).encode()


def compress(folder: Path) -> None:
    """Brotli and gzip siblings of what gains by it in a folder, made once so that the office never compresses."""
    paths = [path for path in sorted(folder.iterdir()) if path.suffix in COMPRESSED and not path.name.startswith(".")]
    if folder == BUILT:  # a name with the hash of its content is compressed already, or was never there
        paths = [path for path in paths if not path.with_name(f"{path.name}.br").exists()]
    run(WEB / "build" / "compress.mjs", *map(str, paths))


def transfer_bytes(path: Path) -> int:
    """What a phone receives for a file."""
    packed = path.with_name(f"{path.name}.br")
    return (packed if packed.exists() else path).stat().st_size
