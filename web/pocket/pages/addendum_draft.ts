/** An addendum that is not yet sent off: one draft per note, found by the note's own id. */

import type { Draft, Memory } from "./page";
import { one } from "./typed";

export const ADDENDUM = "addendum@1";

/** What a person said of a signed note that was shown to them, before it is added to it. */
export const SHOWN = "shown@1";

/** What a person has said of a signed note and not sent yet. */
export async function shownDraft(note: string, memory: Memory): Promise<Draft | null> {
  const drafts = await memory.drafts();
  return drafts.find((each) => each.form === SHOWN && one(each.content, "note") === note) ?? null;
}

export const REASONS = [
  "left_out", "wrong_detail", "time_entry", "wrong_date", "wrong_person", "person_asked", "narrative", "service_code",
  "billing_indicator", "never_billable", "no_active_plan", "did_not_happen", "duplicate", "other",
] as const; // biome-ignore format: a list

/** No longer offered; a draft may still have it. */
export const EARLIER_REASONS = ["wrong_time"] as const;

/** Id of the draft of a note's addendum. Differs from the note's id, and from its draft's, in the last digit only. */
export function addendumDraftOf(note: string): string {
  return note.slice(0, -1) + (Number.parseInt(note.slice(-1), 16) ^ 2).toString(16);
}
