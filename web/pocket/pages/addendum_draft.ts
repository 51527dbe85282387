/** An addendum that is not yet sent off: one draft per note, found by the note's own id. */

export const ADDENDUM = "addendum@1";

export const REASONS = ["left_out", "wrong_detail", "wrong_time", "wrong_person", "person_asked", "other"] as const;

/** Id of the draft of a note's addendum. Differs from the note's id, and from its draft's, in the last digit only. */
export function addendumDraftOf(note: string): string {
  return note.slice(0, -1) + (Number.parseInt(note.slice(-1), 16) ^ 2).toString(16);
}
