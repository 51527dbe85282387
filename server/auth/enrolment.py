"""Enrolling a phone: a one-time code and the account's passphrase give a device with its own signing key.

Every refusal reads the same, so that a code cannot be told from a passphrase. Only specialists have phones.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric import ec

from server.auth import one_time, throttle
from server.auth.access import Access
from server.errors import Refusal
from server.storage import devices, one_time_codes, organisations
from server.storage.access_log import note_access
from server.storage.devices import NewPhone
from server.storage.ids import new_id
from server.storage.one_time_codes import CodeRow
from server.storage.port import Transaction
from sync.enrolment import EnrolAnswer, EnrolRequest
from sync.messages import Problem


async def enrol(access: Access, request: EnrolRequest) -> EnrolAnswer:
    """The new device; raises Refusal: 403 ENROLMENT_REFUSED, 429 THROTTLED."""
    public_key = public_point(request.public_key)
    _wait(one_time.wait_s(access, request.code))
    code = await one_time.find(access, request.code, "phone")
    tries = throttle.budget(access.keys.codes, "enrol", code.person if code else "")
    if code:
        _wait(await throttle.begin(access.storage, tries, access.now()))
    is_right = await access.passwords.is_right(code.passphrase if code else None, request.passphrase)
    if code is None or not is_right or code.role != "specialist":
        await _note_failure(access, code)
        raise _refused()
    now = access.now()

    async def add(tx: Transaction) -> EnrolAnswer | None:
        organisation = await organisations.organisation(tx, code.org)
        epoch = await organisations.current_epoch(tx)
        if organisation is None or epoch is None or not await one_time_codes.spend(tx, code.token, now):
            return None
        await throttle.succeed(tx, tries)
        others = await devices.earlier(tx, code.org, code.person)
        phone = NewPhone(new_id(now), code.org, code.person, public_key, request.deposit_hash, now, request.app)
        await devices.add_phone(tx, phone)
        await note_access(tx, code.org, code.person, "enrol", phone.id, now)
        return EnrolAnswer(
            device=phone.id, specialist=code.person, name=code.name, organisation=organisation.name,
            epoch=epoch.epoch, seal_kid=organisation.seal_kid, seal_key=organisation.seal_key,
            earlier=others,
        )  # fmt: skip

    answer = await access.storage.write(add)
    if answer is None:
        raise _refused()
    return answer


def public_point(text: str) -> bytes:
    """The key's 65 bytes; refused unless they are a point of P-256."""
    try:
        point = base64.b64decode(text + "=", altchars=b"-_", validate=True)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (binascii.Error, ValueError):
        raise Refusal(400, Problem("UNREADABLE")) from None
    return point


def _wait(seconds: int) -> None:
    if seconds:
        raise Refusal(429, Problem("THROTTLED", retry_after_s=seconds))


def _refused() -> Refusal:
    return Refusal(403, Problem("ENROLMENT_REFUSED"))


async def _note_failure(access: Access, code: CodeRow | None) -> None:
    async def append(tx: Transaction) -> None:
        org, person = (code.org, code.person) if code else (None, None)
        await note_access(tx, org, None, "enrol_failed", person, access.now())

    await access.storage.write(append)
