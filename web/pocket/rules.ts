/** What an organisation's rules ask of a note beyond its form, and how long its phones show old notes. */

import { CORE_ASKED, type OrganisationFields, RULES } from "./generated/schema";

const DAY_MS = 86_400_000;

type Ruled = Pick<OrganisationFields, "rules"> | null;

/** For a kind of contact, as `missing` takes it: a field of the core, or `answers.<key>`. Twin of `also_asked`. */
export function alsoAsked(organisation: Ruled, kind: string): string[] {
  const required: Readonly<Record<string, readonly string[]>> = organisation?.rules?.required ?? {};
  const core: readonly string[] = CORE_ASKED;
  const keys = [...new Set([...(required["every"] ?? []), ...(required[kind] ?? [])])];
  return keys.map((key) => (core.includes(key) ? key : `answers.${key}`));
}

/** The start (ms) from which on received notes are shown; minus infinity where there is no limit. */
export function shownFrom(organisation: Ruled, now: number): number {
  const days = organisation?.rules?.retention_days ?? RULES.retention_days;
  return days > 0 ? now - days * DAY_MS : Number.NEGATIVE_INFINITY;
}
