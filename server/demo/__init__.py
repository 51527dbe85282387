"""The demo organisation: made from a seed, so that a stranger can see the whole thing work within a minute."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from server.auth import one_time
from server.auth.access import Access
from server.auth.passwords import Passwords
from server.clock import now_ms
from server.demo import links, sign_ins
from server.demo.cast import Cast, cast
from server.demo.contacts import DAY, WEEKS, calendar
from server.demo.founding import found
from server.demo.leaving import leave
from server.demo.loop import tell_loop
from server.demo.plans import plan
from server.demo.sign_ins import DemoFile, Enrolment
from server.demo.story import Story
from server.demo.trouble import end
from server.demo.worked import notes_of_sessions, worked
from server.errors import SettingsError
from server.settings import Settings
from server.storage import organisations
from server.storage.port import Storage, Transaction

NOTES: Final = 2_500
SEED: Final = 1935


async def prepare(
    storage: Storage,
    settings: Settings,
    now: int,
    *,
    notes: int = NOTES,
    seed: int = SEED,
    tell: Callable[[str], object] = sys.stdout.write,
) -> DemoFile:
    """Make the organisation if the database is empty; then hand out sign-ins and an enrolment that still works.

    Raises SettingsError when the database holds a real organisation, or half a demo.
    """
    access = Access(storage, settings, now_ms, Passwords())
    folder = settings.database.parent
    kept = sign_ins.read(folder)
    async with storage.read() as rows:
        existing = await organisations.organisations(rows)
    if any(not organisation.is_demo for organisation in existing):
        raise SettingsError("This database holds a real organisation. Choose another DATABASE for the demo.")
    if existing and kept and kept.enrolment is None:
        raise SettingsError(f"The demo was interrupted while it was made. Delete {settings.database} and start again.")
    seed = kept.seed if existing and kept else seed
    people = cast(seed, founding_day(now), notes)
    if not existing:
        sign_ins.write(folder, DemoFile(settings.public_url, seed))
        await make(access, people, now, notes=notes, seed=seed)
    enrolment = await _enrolment(access, people, kept if existing else None)
    demo = DemoFile(settings.public_url, seed, sign_ins.accounts(people), enrolment)
    sign_ins.write(folder, demo)
    tell(sign_ins.told(demo, people.name))
    access.passwords.close()
    return demo


async def make(access: Access, people: Cast, now: int, *, notes: int, seed: int) -> int:
    """Twelve weeks of work of these people, `notes` notes in all; the organisation's id."""
    contacts = calendar(seed, people, notes - notes_of_sessions(notes), now)
    founded = await found(access, seed, people, founding_day(now))
    await Story(access.storage, founded, seed, notes, now).tell(contacts)
    await links.tell(access.storage, founded, seed, now)
    await worked(access.storage, founded, seed, notes, now)
    await plan(access.storage, founded, seed, now)
    await tell_loop(access.storage, founded, seed, now)
    await end(access.storage, founded, seed, now)
    await leave(access.storage, founded, seed, now)
    return founded.org


def founding_day(now: int) -> int:
    """The instant before the first contact at which the organisation begins."""
    return now - (WEEKS * 7 + 3) * DAY


async def _enrolment(access: Access, people: Cast, kept: DemoFile | None) -> Enrolment:
    """The link of the last start while nobody has used it, else a new one."""
    visitor = sign_ins.visitor(people)
    last = kept.enrolment if kept and kept.url == access.settings.public_url else None
    if last and await one_time.find(access, last.code, "phone"):
        return last
    async with access.storage.read() as rows:
        person = await rows.one("accounts.by_sign_in", sign_in=visitor.sign_in)
    if person is None:
        raise SettingsError("This demo was made by another version. Delete its database and start again.")

    async def issue(tx: Transaction) -> one_time.Issued:
        return await one_time.issue(tx, access, person["person"], "phone", people.administrator.id)

    issued = await access.storage.write(issue)
    return Enrolment(issued.link, issued.typed, visitor.sign_in, visitor.passphrase or "")
