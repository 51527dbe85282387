/** Before signing: the note as it will stand, what is still missing, how its minutes count. Warns, never blocks. */

import type { NoteFields } from "../generated/schema";
import { translate } from "../render";
import { openKeys } from "./draft_list";
import type { Around } from "./draft_note";
import { kindWords } from "./kind_words";
import { noteView } from "./note_view";
import type { PageContext } from "./page";
import { namesFor } from "./surroundings";

const HOUR_MS = 3_600_000;
const LONG_MS = 8 * HOUR_MS;
const SLACK_MS = 600_000;
const NOTES_LIMIT = 60;

export async function checkView(
  id: string,
  fields: NoteFields,
  surroundings: Around,
  context: PageContext,
): Promise<Record<string, unknown>> {
  const { memory, now, lang } = context;
  const names = await namesFor(memory, fields);
  const body = { author: context.person.id, state: "open", captured: now, received: 0, created: 0 } as const;
  const members = { [context.person.id]: { name: context.person.name, title: "" }, ...names.members };
  return {
    id,
    now,
    note: noteView({ doc: id, fields, body }, { ...names, members }),
    open: openKeys(fields).map((key) => ({ text: translate(lang, key), field: key.slice(key.lastIndexOf(".") + 1) })),
    warnings: await warnings(fields, surroundings, context),
    kind_words: kindWords(fields, lang),
    hash: await memory.contentHash(fields),
    is_safety: (fields.flags ?? []).length > 0,
  };
}

async function warnings(fields: NoteFields, surroundings: Around, context: PageContext): Promise<string[]> {
  const found: string[] = [];
  if (surroundings.participant?.fields.status === "closed") found.push("closed");
  if (fields.ended_at > context.now + SLACK_MS) found.push("not_over");
  if (fields.ended_at - fields.started_at > LONG_MS) found.push("long");
  if (await isOverlapping(fields, context)) found.push("overlap");
  return found;
}

/** Another note of mine in the same minutes: easily a slip of the clock, and counted twice. */
async function isOverlapping(fields: NoteFields, { memory, person }: PageContext): Promise<boolean> {
  const notes = await memory.recentNotes(NOTES_LIMIT);
  return notes.some(
    (note) =>
      note.body.author === person.id &&
      note.body.state !== "void" &&
      note.doc !== fields.supersedes &&
      note.fields.started_at < fields.ended_at &&
      fields.started_at < note.fields.ended_at,
  );
}
