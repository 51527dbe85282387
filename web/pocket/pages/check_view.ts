/** Before signing: the note as it will stand, what is still missing, how its minutes count. Warns, never blocks. */

import type { NoteFields } from "../generated/schema";
import { translate } from "../render";
import { firstDay, overlaps, rulesOf } from "../units";
import { copiesOf } from "./attached";
import { contactOf, countOne, known, othersOf } from "./counting";
import { openFields } from "./draft_list";
import type { Around } from "./draft_note";
import { kindWords } from "./kind_words";
import { changesOf, overtaken } from "./loop";
import { noteView } from "./note_view";
import type { PageContext } from "./page";
import { namesFor } from "./surroundings";
import { clockWarnings, unitLines } from "./units_words";
import { dayNumber } from "./when";

const HOUR_MS = 3_600_000;
const LONG_MS = 8 * HOUR_MS;
const SLACK_MS = 600_000;
const NOTES_LIMIT = 60;

interface Warning {
  readonly title: string;
  readonly text: string;
}

/** `name`: of whom it is about, as the draft knows them. */
export async function checkView(
  id: string,
  fields: NoteFields,
  surroundings: Around,
  context: PageContext,
  name: string,
): Promise<Record<string, unknown>> {
  const { memory, now, lang, person } = context;
  const names = { ...(await namesFor(context, fields)), person: name };
  const body = { author: person.id, state: "open", captured: now, received: 0, created: 0 } as const;
  const members = { [person.id]: { name: person.name, title: "" }, ...names.members };
  const counting = await countingOf(id, fields, surroundings, context);
  const copies = await copiesOf(fields.attachments ?? [], `/app/drafts/${id}`, context);
  const about = (section: string) => (name: string) => warningOf(section + name, lang);
  return {
    id,
    now,
    note: noteView({ doc: id, fields, body }, { ...names, members, counted: counting.counted, copies }),
    open: openFields(fields, surroundings.organisation, lang),
    kind_words: kindWords(fields, lang),
    unit_lines: counting.lines,
    warnings: [
      ...[...aboutTimes(fields, context), ...(await overtaken(fields, memory))].map(about("form.warning.")),
      ...counting.warnings.map(about("units.warning.")),
    ],
    hash: await memory.contentHash(fields),
    difference: await changesOf(fields, context),
    correction: fields.reason ?? "",
    is_safety: (fields.flags ?? []).length > 0,
  };
}

function warningOf(key: string, lang: PageContext["lang"]): Warning {
  return { title: translate(lang, key), text: translate(lang, `${key}_text`) };
}

function aboutTimes(fields: NoteFields, { now }: PageContext): string[] {
  const found: string[] = [];
  if (fields.ended_at > now + SLACK_MS) found.push("not_over");
  if (fields.ended_at - fields.started_at > LONG_MS) found.push("long");
  return found;
}

/** How it counts with the person's other contacts, and whose minutes it shares. */
async function countingOf(doc: string, fields: NoteFields, { organisation }: Around, context: PageContext) {
  const { memory, person, lang, now } = context;
  const around = await known(memory);
  const { rule, billing } = rulesOf(organisation);
  const note = { doc, author: person.id, fields };
  const contact = contactOf(note, around);
  const first = firstDay(contact.day, rule);
  const others = await othersOf(memory, note, around, first === null ? null : Math.min(first, contact.day - 1));
  const mine = (await memory.recentNotes(NOTES_LIMIT))
    .filter((one) => one.body.author === person.id && one.body.state !== "void" && one.doc !== fields.supersedes)
    .map((one) => contactOf({ doc: one.doc, author: one.body.author, fields: one.fields }, around));
  const counted = countOne(contact, others, rule, billing);
  const whose = new Set([...overlaps(contact, mine), ...overlaps(contact, others)].map((one) => one.whose));
  const clocks = clockWarnings(contact, fields.zone);
  const today = dayNumber(now, fields.zone);
  return {
    counted,
    lines: unitLines(contact, counted, rule, today, lang),
    warnings: [
      ...(whose.has("specialist") ? ["overlap"] : []),
      ...(whose.has("person") ? ["overlap_person"] : []),
      ...clocks,
    ],
  };
}
