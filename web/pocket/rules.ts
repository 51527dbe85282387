/** What an organisation's rules ask of a note beyond its form, and how long its phones show old notes or warn. */

import { CORE_ASKED, type OrganisationFields, RULES } from "./generated/schema";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Ruled = Pick<OrganisationFields, "rules"> | null;

/** For a kind of contact, as `missing` takes it: a field of the core, or `answers.<key>`. Twin of `also_asked`. */
export function alsoAsked(organisation: Ruled, kind: string): string[] {
  const required: Readonly<Record<string, readonly string[]>> = organisation?.rules?.required ?? {};
  const core: readonly string[] = CORE_ASKED;
  const keys = [...new Set([...(required["every"] ?? []), ...(required[kind] ?? [])])];
  return keys.map((key) => (core.includes(key) ? key : `answers.${key}`));
}

/** So many days before its last one a consent counts as expiring. */
export function consentWarnDays(organisation: Ruled): number {
  return organisation?.rules?.consent_warn_days ?? RULES.consent_warn_days;
}

/** From which hour on the phone asks how the day was, and for how long (ms) after a hard contact it offers a hand. */
export function wellbeing(organisation: Ruled): { readonly eveningHour: number; readonly debriefMs: number } {
  const { evening_h, debrief_h } = { ...RULES, ...organisation?.rules };
  return { eveningHour: evening_h, debriefMs: debrief_h * HOUR_MS };
}

/** The start (ms) from which on received notes are shown; minus infinity where there is no limit. */
export function shownFrom(organisation: Ruled, now: number): number {
  const days = organisation?.rules?.retention_days ?? RULES.retention_days;
  return days > 0 ? now - days * DAY_MS : Number.NEGATIVE_INFINITY;
}
