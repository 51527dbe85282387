"""Settings of the office, read once from the environment. An unsafe combination refuses to start.

`PUBLIC_URL` decides what the office believes about itself (cookies, origin, HSTS), never a client's address.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from server.errors import SettingsError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(msgspec.Struct, frozen=True):
    """`keys`: directory of key files, outside the database and its backups. `origins`: what `Origin` may say.

    `sync_burst`, `sync_per_second`: how many requests one phone may make at once, and how fast that grows back.
    `backups`: directory of encrypted backups, None while none is configured; one every `backup_every_h` hours, of
    which the newest `backup_keep` are kept.
    """

    database: Path
    keys: Path
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    origins: frozenset[str] = frozenset()
    sync_burst: int = 600
    sync_per_second: float = 10.0
    backups: Path | None = None
    backup_every_h: int = 24
    backup_keep: int = 30

    @property
    def backup_recipient(self) -> Path:
        """File with the public key that backups are encrypted to; its private half lies offline."""
        return self.keys / "backup.pub"

    def with_database(self, path: Path | None) -> Settings:
        """The same office over another database file; its keys stay where they are."""
        return msgspec.structs.replace(self, database=path.absolute()) if path else self

    def environment(self) -> dict[str, str]:
        """The variables from which another process of this office reads the same settings."""
        return {
            "DATABASE": str(self.database),
            "KEYS": str(self.keys),
            "PORT": str(self.port),
            "PUBLIC_URL": self.public_url,
            "BACKUP_DIR": str(self.backups or ""),
            "BACKUP_KEEP": str(self.backup_keep),
        }

    @property
    def is_https(self) -> bool:
        """True when phones and browsers reach the office through TLS: `__Host-` cookies and HSTS."""
        return self.public_url.startswith("https://")


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the variables of docs/operations.md; raises SettingsError with a sentence that says why."""
    port = _number(environ, "PORT", 8000, 0, 65535)
    database = Path(environ.get("DATABASE", "var/alongside.sqlite3")).absolute()
    public_url = environ.get("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/")
    return Settings(
        database=database,
        keys=Path(environ.get("KEYS") or database.parent / "keys").absolute(),
        host=environ.get("HOST", "127.0.0.1"),
        port=port,
        public_url=public_url,
        origins=_origins(public_url),
        backups=Path(environ["BACKUP_DIR"]).absolute() if environ.get("BACKUP_DIR") else None,
        backup_every_h=_number(environ, "BACKUP_EVERY_H", 24, 1, 24 * 7),
        backup_keep=_number(environ, "BACKUP_KEEP", 30, 2, 10_000),
    )


def _number(environ: Mapping[str, str], name: str, otherwise: int, least: int, most: int) -> int:
    text = environ.get(name) or str(otherwise)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsError(f"{name} must be a number from {least} to {most}, not {text!r}")
    return int(text)


def _origins(url: str) -> frozenset[str]:
    """The public URL's origin; the three names of the loopback are one. Clear http is for the machine itself only."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise SettingsError(f"PUBLIC_URL must be an origin such as https://notes.example.org, not {url!r}")
    if parts.hostname in LOOPBACK:
        port = f":{parts.port}" if parts.port else ""
        return frozenset(f"{parts.scheme}://{name}{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
    if parts.scheme == "http":
        raise SettingsError("PUBLIC_URL must be https, or http on 127.0.0.1: session notes never travel in clear")
    return frozenset({url})
