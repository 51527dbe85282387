"""How a visitor gets in: names, passphrases, and the link and code that enrol one phone; on paper and in a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from server.demo.cast import Cast, Member

FILE: Final = "demo.json"


class SignIn(msgspec.Struct, frozen=True):
    """One account of the demo."""

    role: str
    name: str
    sign_in: str
    passphrase: str


class Enrolment(msgspec.Struct, frozen=True):
    """What a phone needs to become a specialist's: link or typed code, and that account's passphrase."""

    link: str
    code: str
    sign_in: str
    passphrase: str


class DemoFile(msgspec.Struct, frozen=True):
    """`demo.json`. `enrolment` is None while the organisation is being made."""

    url: str
    seed: int
    accounts: list[SignIn] = []
    enrolment: Enrolment | None = None


def read(folder: Path) -> DemoFile | None:
    """What an earlier start wrote; None if there is no such file."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=DemoFile)
    except FileNotFoundError:
        return None


def write(folder: Path, demo: DemoFile) -> None:
    """Keep it for its owner's eyes only; replaced whole."""
    temporary = folder / f"{FILE}.new"
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(demo), indent=2) + b"\n")
    temporary.replace(folder / FILE)


def accounts(cast: Cast) -> list[SignIn]:
    """Everybody who can sign in."""
    return [SignIn(m.role, m.name, m.sign_in, m.passphrase) for m in cast.members if m.passphrase]


def visitor(cast: Cast) -> Member:
    """The specialist whose next phone the visitor enrols."""
    return cast.specialists[0]


def told(demo: DemoFile, name: str) -> str:
    """The text that the terminal shows."""
    lines = ["", f"  {name}: an invented organisation, at {demo.url}", ""]
    lines += [f"  {a.role:<14}{a.name:<16}{a.sign_in:<9}{a.passphrase}" for a in demo.accounts]
    if demo.enrolment:
        lines += [
            "",
            f"  A phone for {demo.enrolment.sign_in} (open on the phone, or in a window 390 pixels wide):",
            f"    link        {demo.enrolment.link}",
            f"    typed code  {demo.enrolment.code}",
            f"    passphrase  {demo.enrolment.passphrase}",
        ]
    return "\n".join([*lines, ""])
