/** A consent as it is read. Twin of server/templating/consent_view.py: templates/shared/consent.html draws it for both. */

import { stateOf } from "../consents";
import type { ConsentFields } from "../generated/schema";

export function consentView(
  fields: Omit<ConsentFields, "signed" | "signed_on">,
  today: string,
  warnDays: number,
): Record<string, unknown> {
  return {
    named: fields.named,
    discloser: fields.discloser,
    information: fields.information,
    recipient: fields.recipient,
    is_for_care: fields.is_for_care ?? false,
    purpose: fields.purpose,
    purpose_words: fields.purpose_words ?? "",
    ends: fields.ends,
    expires_on: fields.expires_on ?? "",
    expires_event: fields.expires_event ?? "",
    event_on: fields.event_on ?? "",
    revoked_on: fields.revoked_on ?? "",
    revoked_how: fields.revoked_how ?? "",
    state: stateOf(fields, today, warnDays),
  };
}
