"""A consent as it is read, from the record alone. Twin of web/pocket/pages/consent_view.ts."""

from __future__ import annotations

from typing import Any

from sync.consents import state_of
from sync.records.consent import ConsentFields
from sync.records.plan import PlanFields


def consent_view(fields: ConsentFields, today: str, warn_days: int) -> dict[str, Any]:
    """View of templates/shared/consent.html. `today`: YYYY-MM-DD where the organisation is."""
    return {
        "named": fields.named, "discloser": fields.discloser, "information": fields.information,
        "recipient": fields.recipient, "is_for_care": fields.is_for_care, "purpose": fields.purpose,
        "purpose_words": fields.purpose_words, "ends": fields.ends, "expires_on": fields.expires_on,
        "expires_event": fields.expires_event, "event_on": fields.event_on, "revoked_on": fields.revoked_on,
        "revoked_how": fields.revoked_how,
        "state": state_of(fields, today, warn_days),
    }  # fmt: skip


def signature_view(fields: ConsentFields | PlanFields) -> dict[str, Any]:
    """The signature under it, for the macro of templates/components/signing.html."""
    signed = fields.signed
    return {"name": signed.name, "how": signed.how, "drawing": signed.drawing, "on": fields.signed_on}
