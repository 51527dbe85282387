"""What we keep, one noun a file. `KINDS` is the whole list; adding a noun starts here."""

from __future__ import annotations

from typing import Final

from sync.records.assignment import ASSIGNMENT
from sync.records.checkin import CHECKIN
from sync.records.consent import CONSENT
from sync.records.credential import CREDENTIAL
from sync.records.draft import DRAFT
from sync.records.instrument import INSTRUMENT
from sync.records.keepwell import KEEPWELL
from sync.records.keepwell_copy import KEEPWELL_COPY
from sync.records.kind import RecordKind
from sync.records.member import MEMBER
from sync.records.note import NOTE
from sync.records.organisation import ORGANISATION
from sync.records.participant import PARTICIPANT
from sync.records.plan import PLAN
from sync.records.proposal import PROPOSAL
from sync.records.referral import REFERRAL
from sync.records.resource import RESOURCE
from sync.records.returned import RETURNED
from sync.records.session import SESSION
from sync.records.site import SITE
from sync.records.task import TASK
from sync.records.work_time import WORK_TIME

KINDS: Final[dict[str, RecordKind]] = {
    kind.type: kind
    for kind in (
        NOTE,
        PARTICIPANT,
        ASSIGNMENT,
        DRAFT,
        SITE,
        ORGANISATION,
        MEMBER,
        RETURNED,
        CONSENT,
        PLAN,
        KEEPWELL,
        KEEPWELL_COPY,
        CREDENTIAL,
        SESSION,
        WORK_TIME,
        PROPOSAL,
        TASK,
        RESOURCE,
        REFERRAL,
        CHECKIN,
        INSTRUMENT,
    )
}
