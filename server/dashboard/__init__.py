"""The supervisors' door: what needs attention, what was done, notes, phones. All of it is one organisation's."""

from __future__ import annotations

from typing import Any, Final

from litestar import Router
from litestar.di import Provide

from server.auth.access import access
from server.auth.forms import FORM_LIMIT_BYTES
from server.auth.guards import allow, signed_in_member
from server.dashboard import (
    activity,
    alarms,
    attention,
    bring_in,
    caseloads,
    credentials,
    exports,
    kept,
    live,
    note,
    notes,
    outcomes,
    own_time,
    person,
    phones,
    quarantine,
    referrals,
    review,
    reviewing,
    salvage,
    sessions,
    units,
)

router: Final = Router(
    path="/dashboard",
    route_handlers=[
        attention.show,
        attention.show_unseen,
        activity.show,
        units.show,
        exports.show,
        exports.export,
        exports.accounting,
        referrals.show,
        outcomes.show,
        notes.show,
        notes.find,
        note.show,
        note.attachment,
        person.show,
        person.consent,
        person.plan,
        *reviewing.handlers,
        review.show,
        *caseloads.handlers,
        kept.listing,
        kept.show,
        kept.settle,
        phones.show,
        quarantine.show,
        quarantine.read,
        quarantine.settle,
        bring_in.bring_in,
        salvage.show,
        salvage.open_one,
        salvage.file_all,
        credentials.listing,
        credentials.show,
        credentials.add,
        credentials.end,
        alarms.seen,
        sessions.listing,
        sessions.show,
        own_time.show,
        live.listen,
    ],
    guards=[allow("supervisor", "administrator")],
    dependencies={"access": Provide(access), "member": Provide(signed_in_member)},
    request_max_body_size=FORM_LIMIT_BYTES,
)
route_handlers: Final[list[Any]] = [router]
