/**
 * In which state consents are; the office's twin is sync/consents.py, and both answer tests/vectors/consents.json.
 * A consent is good through its last day. Days are civil days at the organisation.
 */

import type { ConsentFields } from "./generated/schema";
import { addDays } from "./pages/when";

export type ConsentState = "none" | "active" | "expiring" | "expired" | "revoked";

type Ends = Pick<ConsentFields, "revoked_on" | "event_on" | "expires_on">;

/** `warnDays` before its last day a consent counts as expiring. */
export function stateOf(consent: Ends, today: string, warnDays: number): Exclude<ConsentState, "none"> {
  if (consent.revoked_on) return "revoked";
  const last = consent.expires_on ?? "";
  if ((consent.event_on && consent.event_on <= today) || (last && last < today)) return "expired";
  return last && last <= addDays(today, warnDays) ? "expiring" : "active";
}

/** State for the person's card: the best that is in force, else how the last one ended. */
export function overall(consents: readonly Ends[], today: string, warnDays: number): ConsentState {
  const states = consents.map((consent) => stateOf(consent, today, warnDays));
  if (states.includes("active")) return "active";
  if (states.includes("expiring")) return "expiring";
  const ended = consents.map((consent, at) => `${endedOn(consent)} ${states[at]}`).sort();
  return (ended.at(-1)?.split(" ")[1] as ConsentState | undefined) ?? "none";
}

/** Why nothing may be shared on this consent, such as for a referral that waits; "" when it is in force. */
export function shareProblem(consent: Ends | null, today: string): "" | "missing" | "expired" | "revoked" {
  if (!consent) return "missing";
  const state = stateOf(consent, today, 0);
  return state === "expired" || state === "revoked" ? state : "";
}

const endedOn = (consent: Ends): string => consent.revoked_on || consent.event_on || consent.expires_on || "";
