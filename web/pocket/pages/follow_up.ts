/** The day to look in again: taken from the note just signed, or cleared when that note was the looking in. */

import type { NoteFields } from "../generated/schema";
import type { NewChange, PageContext } from "./page";
import { local } from "./when";

export async function followUp(fields: NoteFields, { memory }: PageContext): Promise<NewChange | null> {
  const participant = await memory.participant(fields.participant);
  if (!participant) return null;
  const known = participant.fields.follow_up_on ?? "";
  const planned = String(fields.answers?.["next_on"] ?? "");
  const isDone = known !== "" && known <= local(fields.started_at, fields.zone).day;
  const wanted = planned || (isDone ? "" : known);
  if (wanted === known) return null;
  return {
    kind: "patch",
    type: "participant",
    doc: participant.doc,
    bucket: participant.bucket,
    set: { follow_up_on: wanted },
  };
}
