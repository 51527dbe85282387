/** Two versions of one field, each shown whole: the one that stands, and those kept aside. */

import { fieldOf, formOf } from "../form_book";
import { fieldsOf } from "../forms";
import type { KeptValue } from "../generated/schema";
import { translate } from "../render";
import { type KeptVersion, keptView } from "./note_view";
import type { PageContext, Seen } from "./page";

export type Kept = Seen<Readonly<Record<string, unknown>>>;

const PERSON_FIELDS: Readonly<Record<string, string>> = {
  name: "phone.person.name",
  code: "phone.person.code",
  pronouns: "phone.person.pronouns",
  site: "phone.person.site",
  language: "phone.person.speaks",
  contact: "phone.person.contact",
  is_message_safe: "phone.person.message",
  about: "phone.person.about",
  goals: "phone.person.goals",
  follow_up_on: "phone.conflict.follow_up",
  status: "phone.conflict.status",
  vision: "plan.vision",
  strengths: "plan.strengths",
  supports: "plan.supports",
  review_on: "plan.review_on",
  preferred: "person.preferred",
  emergency: "person.emergency",
  programs: "person.programs",
  part2: "person.part2",
};
const KEEPWELL_FIELDS = ["well", "off", "early", "hard", "cannot", "after"];
const NOTE_FIELDS: Readonly<Record<string, string>> = {
  contact_kind: "note.field.kind",
  started_at: "note.field.when",
  ended_at: "note.field.when",
  setting: "note.field.where",
  mode: "note.field.where",
  site: "note.field.where",
};
const PROSE = ["about", "vision", "strengths", "supports"];
const PERSON_WORDS: Readonly<Record<string, string>> = {
  language: "phone.person.language.",
  is_message_safe: "phone.person.message.",
  status: "phone.conflict.status.",
  preferred: "person.preferred.",
  part2: "person.part2.",
};

export interface Version {
  readonly word: string;
  readonly text: string;
  readonly time: number | null;
  readonly date: string;
}

export function isProse(type: string, field: string): boolean {
  if (type === "keepwell") return true;
  return (type === "participant" && PROSE.includes(field)) || (type === "note" && field.startsWith("answers."));
}

export function standingValue({ fields }: Kept, field: string): unknown {
  if (!field.startsWith("answers.")) return fields[field];
  const answers = fields["answers"] as Readonly<Record<string, unknown>> | undefined;
  return answers?.[field.slice("answers.".length)];
}

/** A field's name on the screen. */
function labelOf({ type, fields }: Kept, field: string, lang: PageContext["lang"]): string {
  const form = formOf(String(fields["form"] ?? ""));
  const answer = form && field.startsWith("answers.") ? fieldOf(form, field.slice("answers.".length)) : null;
  if (answer) return answer.label[lang];
  if (type === "keepwell" && KEEPWELL_FIELDS.includes(field)) return translate(lang, `keepwell.${field}`);
  const known = type === "participant" ? PERSON_FIELDS : NOTE_FIELDS;
  return translate(lang, known[field] ?? (type === "draft" ? "phone.conflict.draft" : "phone.conflict.other"));
}

function version(type: string, field: string, value: unknown, sites: ReadonlyMap<string, string>): Version {
  const nothing = { word: "phone.conflict.nothing", text: "", time: null, date: "" };
  if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0))
    return nothing;
  if (field === "site") return { ...nothing, word: "", text: sites.get(String(value)) ?? "" };
  if (type === "draft") return { ...nothing, word: "", text: typed(String(value)) };
  if (type === "note") {
    const { word, text, time }: KeptVersion = keptView(field, value);
    return { word, text, time, date: "" };
  }
  if (field === "follow_up_on" || field === "review_on") return { ...nothing, word: "", date: String(value) };
  const prefix = PERSON_WORDS[field];
  if (prefix) return { ...nothing, word: `${prefix}${String(value)}` };
  return { ...nothing, word: "", text: worded(value) };
}

/** A list one a line, a record by its words: goals with their steps, programs, whom to call. */
function worded(value: unknown): string {
  if (Array.isArray(value)) return value.map(worded).join("\n");
  if (typeof value !== "object" || value === null) return String(value);
  const { words, text, name, relation, number, why, steps, due_on, done_on } = value as Record<string, unknown>;
  const line = [words ?? text ?? name, relation, number, why, due_on, done_on].filter(Boolean).join(", ");
  return Array.isArray(steps) ? [line, ...steps.map((step) => `– ${worded(step)}`)].join("\n") : line;
}

/** All words of an unfinished note. */
function typed(content: string): string {
  try {
    const fields = JSON.parse(content) as Readonly<Record<string, readonly string[]>>;
    const form = formOf(fields["form_ref"]?.[0] ?? "");
    const written = (form ? fieldsOf(form) : []).filter(({ type }) => type === "prose" || type === "text");
    return [...written.map(({ key }) => key), "text"]
      .flatMap((name) => fields[name] ?? [])
      .filter((words) => words.trim() !== "")
      .join("\n\n");
  } catch {
    return content;
  }
}

/** One field with all its versions, for the page that settles it. */
export async function fieldView(record: Kept, field: string, context: PageContext): Promise<Record<string, unknown>> {
  const [sites, members] = await Promise.all([context.memory.sites(), context.memory.memberNames()]);
  const names = new Map(sites.map(({ id, name }) => [id, name]));
  const kept = (record.body.kept ?? []).filter((one: KeptValue) => one.field === field);
  const isSigned = record.body.state === "signed";
  return {
    field,
    label: labelOf(record, field, context.lang),
    is_prose: isProse(record.type, field) && !isSigned,
    standing: version(record.type, field, standingValue(record, field), names),
    others: kept.map((one) => ({
      ...version(record.type, field, one.value, names),
      seq: one.seq,
      at: one.at,
      by: one.by === context.person.id ? "" : (members[one.by]?.name ?? ""),
      is_mine: one.by === context.person.id,
    })),
  };
}

/** Name of the record: a person's, or that of the person a note or draft is about. */
export async function titleOf({ type, fields }: Kept, { memory }: PageContext): Promise<string> {
  if (type === "participant") return String(fields["name"] ?? "");
  const about = fields["participant"];
  const person = typeof about === "string" ? await memory.participant(about) : null;
  return person?.fields.name ?? "";
}
