"""A first organisation and its first administrator, from the command line: the one thing no screen can begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from server.auth import one_time
from server.auth.access import Access
from server.auth.keys import new_seal_key
from server.errors import SettingsError
from server.storage import accounts, organisations
from server.storage.accounts import NewAccount
from server.storage.ids import new_id
from server.storage.port import OfficeChange, Transaction
from sync.ids import ORG_BUCKET
from sync.records.organisation import OrganisationFields


class Founding(msgspec.Struct, frozen=True):
    """What a new organisation is made of. `on_call`: (name, number) pairs for the safety card."""

    name: str
    zone: str
    administrator: str
    sign_in: str
    on_call: Sequence[tuple[str, str]] = ()


async def found(access: Access, plan: Founding, now: int) -> one_time.Issued:
    """Found it; the link by which its administrator chooses a passphrase. Raises SettingsError in plain words."""
    lines = [{"name": name, "number": number} for name, number in plan.on_call]
    fields: dict[str, Any] = {"name": plan.name, "zone": plan.zone, "on_call": lines}
    try:
        msgspec.convert(fields, OrganisationFields)
    except msgspec.ValidationError as error:
        raise SettingsError(f"this organisation cannot be made: {error}") from error
    person, seal = new_id(now), new_seal_key(access.settings.keys)

    async def begin(tx: Transaction) -> int:
        if await accounts.by_sign_in(tx, plan.sign_in) is not None:
            raise SettingsError(f"somebody signs in as {plan.sign_in!r} already")
        org = await organisations.add_organisation(tx, plan.name, now, seal_kid=seal.kid, seal_key=seal.point)
        await accounts.add_account(tx, NewAccount(person, org, plan.sign_in, plan.administrator, "administrator", now))
        return org

    org = await access.storage.write(begin)
    member = {"name": plan.administrator, "role": "administrator"}
    changes = [
        OfficeChange("create", "organisation", new_id(now), ORG_BUCKET, fields),
        OfficeChange("create", "member", person, ORG_BUCKET, member),
    ]
    decided = await access.storage.submit_office(org, person, "administrator", changes, now)
    refused = [receipt.code for receipt in decided.receipts if receipt.outcome != "applied"]
    if refused:
        raise SettingsError(f"the organisation's records were refused: {refused}")
    return await access.storage.write(lambda tx: one_time.issue(tx, access, person, "passphrase", person))
