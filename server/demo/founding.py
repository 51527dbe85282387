"""The first day of the demo organisation: its row, accounts, records and phones."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.auth.access import Access
from server.auth.keys import new_seal_key
from server.auth.passwords import Passwords
from server.demo.cast import Cast, Member, Participant
from server.demo.credentials import credentials
from server.demo.dice import dice, new_id
from server.demo.phones import APP, OLD_APP, Phone
from server.demo.rules import RULES, UNITS
from server.storage import accounts, devices, organisations
from server.storage.accounts import NewAccount
from server.storage.devices import NewPhone
from server.storage.port import OfficeChange, Transaction
from sync.ids import ORG_BUCKET, participant_bucket, specialist_bucket

CHANGES_AT_ONCE: Final = 400
OLD_APP_SPECIALIST: Final = 4


class Founded(msgspec.Struct):
    """The organisation as it stands on its first day. `phones`: each specialist's own, in the cast's order."""

    org: int
    cast: Cast
    phones: list[Phone]
    head: int


async def found(access: Access, seed: int, cast: Cast, at: int) -> Founded:
    """Everything that exists before the first contact, decided by the same reconcile as all that follows."""
    storage, seal = access.storage, new_seal_key(access.settings.keys)
    hashes = await _hashes(cast.members, access.passwords)
    phones = [Phone(m.id, at, dice(seed, "phone", i)) for i, m in enumerate(cast.specialists)]

    async def begin(tx: Transaction) -> int:
        org = await organisations.add_organisation(
            tx, cast.name, at, is_demo=True, seal_kid=seal.kid, seal_key=seal.point
        )
        for member in cast.members:
            await accounts.add_account(tx, _account(org, member, hashes.get(member.id), at))
        for i, phone in enumerate(phones):
            await devices.add_phone(tx, new_phone(org, phone, OLD_APP if i == OLD_APP_SPECIALIST else APP))
        return org

    org = await storage.write(begin)
    changes = [*_records(cast, at, dice(seed, "records")), *credentials(cast, at, dice(seed, "credentials"))]
    head = 0
    for first in range(0, len(changes), CHANGES_AT_ONCE):
        part = changes[first : first + CHANGES_AT_ONCE]
        decided = await storage.submit_office(org, cast.administrator.id, "administrator", part, at)
        head = decided.head
    for phone in phones:
        phone.scope_seq = head
    return Founded(org, cast, phones, head)


def new_phone(org: int, phone: Phone, app: str) -> NewPhone:
    """As the storage takes a phone; `app`: its version."""
    return NewPhone(phone.id, org, phone.person, phone.public_key, phone.deposit_hash, phone.enrolled_at, app)


def participant_fields(cast: Cast, person: Participant) -> dict[str, Any]:
    """The participant record as first written down."""
    fields: dict[str, Any] = {
        "name": person.name,
        "code": person.code,
        "pronouns": person.pronouns,
        "site": cast.sites[person.site].id,
        "language": person.lang,
        "goals": [{"id": goal.id, "words": goal.words} for goal in person.goals],
    }
    return {**fields, "about": person.about} if person.about else fields


async def _hashes(members: Sequence[Member], passwords: Passwords) -> dict[str, str]:
    known = [(m.id, m.passphrase) for m in members if m.passphrase]
    return dict(
        zip((person for person, _ in known), await asyncio.gather(*(passwords.hash(p) for _, p in known)), strict=True)
    )


def _account(org: int, member: Member, passphrase: str | None, at: int) -> NewAccount:
    return NewAccount(
        person=member.id, org=org, sign_in=member.sign_in, name=member.name, role=member.role, created_at=at,
        title=member.title, passphrase=passphrase,
    )  # fmt: skip


def _records(cast: Cast, at: int, chance: Any) -> Sequence[OfficeChange]:
    """Organisation, sites, members, people and their assignments. Newcomers come later, from a phone."""
    told = {"name": cast.name, "zone": cast.zone, "on_call": cast.on_call, "units": UNITS, "rules": RULES}
    changes = [_create("organisation", new_id(at, chance), told)]
    for site in cast.sites:
        fields = {"name": site.name, "zone": site.zone, "setting": site.setting, "is_billable": site.is_billable}
        changes.append(_create("site", site.id, fields))
    for member in cast.members:
        fields = {"name": member.name, "role": member.role, "title": member.title}
        changes.append(_create("member", member.id, fields))
    for person in cast.participants:
        if person.is_newcomer:
            continue
        bucket = participant_bucket(person.id)
        changes.append(OfficeChange("create", "participant", person.id, bucket, participant_fields(cast, person)))
        specialist = cast.specialists[person.specialist].id
        held: dict[str, Any] = {"specialist": specialist, "participant": person.id}
        changes.append(OfficeChange("create", "assignment", new_id(at, chance), specialist_bucket(specialist), held))
    return changes


def _create(noun: str, doc: str, fields: dict[str, Any]) -> OfficeChange:
    return OfficeChange("create", noun, doc, ORG_BUCKET, fields)
