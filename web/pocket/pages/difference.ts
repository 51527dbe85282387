/**
 * Where a revision differs from the note it replaces, field by field, words for words. Twin of
 * server/templating/difference.py: tests/server/templating/test_difference.py compares the bytes.
 */

import { formOf } from "../form_book";
import { type FormField, fieldsOf, isEmpty } from "../forms";
import type { Attachment, NoteFields } from "../generated/schema";
import { type Fact, fact, plain } from "./answers_view";
import { edits } from "./edits";
import type { Names } from "./note_view";

/** A value as `fact` of answers_view.ts has it, or a span of time (ms, with its zone). */
interface Value extends Omit<Fact, "label"> {
  readonly start: number | null;
  readonly end: number | null;
  readonly zone: string;
}
type Piece = Value & { readonly kind: "same" | "out" | "in" };

/** One of the two notes, and the name of the person it is about. */
export interface Side {
  readonly fields: NoteFields;
  readonly person: string;
}

export interface DifferenceRow {
  /** Key of the field's name; "" where `name` says it. */
  readonly label: string;
  readonly name: string;
  readonly is_words: boolean;
  readonly change: "changed" | "added" | "removed";
  readonly pieces: readonly Piece[];
}

/** Only what differs; empty where nothing does. */
export function differenceView(old: Side, now: Side, names: Names): DifferenceRow[] {
  const rows = [...coreRows(old, now, names), ...answerRows(old.fields, now.fields, names.lang)];
  return rows.filter((row) => row.pieces.some((piece) => piece.kind !== "same"));
}

function coreRows(old: Side, now: Side, names: Names): DifferenceRow[] {
  const after = new Map(core(now, names));
  const rows = core(old, names).map(([label, before]) => row(label, chosen(before, after.get(label) ?? []), false));
  return [...rows, row("note.attachments", papers(old.fields, now.fields), false)];
}

/** Photos and scans are told apart by their bytes: two may have the same name, or none. */
function papers({ attachments: old = [] }: NoteFields, { attachments: now = [] }: NoteFields): Piece[] {
  const isIn = (one: Attachment, all: readonly Attachment[]) => all.some(({ id }) => id === one.id);
  const kept = old.map((one): Piece => ({ kind: isIn(one, now) ? "same" : "out", ...paper(one) }));
  return [...kept, ...now.filter((one) => !isIn(one, old)).map((one): Piece => ({ kind: "in", ...paper(one) }))];
}

function paper({ name, media }: Attachment): Value {
  const kind = media === "image/jpeg" ? "note.attachment.picture" : "note.attachment.document";
  return value(name ? { text: name } : { word: kind });
}

function core({ fields, person }: Side, names: Names): [label: string, values: Value[]][] {
  const site = names.sites.find((one) => one.id === fields.site)?.name;
  const { zone } = fields;
  const [start, end] = [minute(fields.started_at), minute(fields.ended_at)];
  const goal = (id: string) => names.goals.find((one) => one.id === id)?.words;
  return [
    ["loop.difference.person", [value({ text: person })]],
    ["note.field.when", [value({ start, end, zone })]],
    [
      "note.field.where",
      [value(site ? { text: site } : { word: `note.setting.${fields.setting}` }), word("note.mode.", fields.mode)],
    ],
    ["note.field.kind", [word("note.kind.", fields.contact_kind)]],
    ["note.field.support", (fields.support ?? []).map((one) => word("note.support.", one))],
    [
      "note.field.goals",
      (fields.goals ?? []).map((id) => (goal(id) ? value({ text: goal(id) ?? "" }) : word("note.goal_unknown", ""))),
    ],
    ["note.safety", (fields.flags ?? []).map((one) => word("note.flag.", one))],
  ];
}

/** As far as a screen shows it: a form has no seconds, and a revision made in it would differ by them alone. */
function minute(at: number): number {
  return at - (at % 60_000);
}

/** In the order of the new note's form, then of the old one's; last what neither knows, by key. */
function answerRows(old: NoteFields, now: NoteFields, lang: Names["lang"]): DifferenceRow[] {
  const forms = [now, old].map(({ form }) => formOf(form)).filter((form) => form !== null);
  const fields = new Map<string, FormField>();
  for (const field of forms.flatMap(fieldsOf)) if (!fields.has(field.key)) fields.set(field.key, field);
  const [before, after]: Answers[] = [old.answers ?? {}, now.answers ?? {}];
  const others = Object.keys({ ...before, ...after }).filter((key) => !fields.has(key));
  return [...fields.keys(), ...others.sort()].map((key) => {
    const field = fields.get(key);
    const isWords = !field || field.type === "prose" || field.type === "text";
    const pieces = isWords
      ? written(before?.[key], after?.[key])
      : chosen(values(field, before?.[key], lang), values(field, after?.[key], lang));
    return { ...row("", pieces, isWords), name: field?.label[lang] ?? key };
  });
}

type Answers = Readonly<Record<string, unknown>>;

function values(field: FormField, given: unknown, lang: Names["lang"]): Value[] {
  if (isEmpty(given)) return [];
  return (Array.isArray(given) ? given : [given]).map((one) => value(fact(field, one, lang)));
}

function written(old: unknown, now: unknown): Piece[] {
  return edits(plain(old), plain(now)).map(({ kind, text }) => ({ kind, ...value({ text }) }));
}

function chosen(old: readonly Value[], now: readonly Value[]): Piece[] {
  const isIn = (one: Value, all: readonly Value[]) => all.some((each) => isSame(each, one));
  const kept = old.map((one): Piece => ({ kind: isIn(one, now) ? "same" : "out", ...one }));
  return [...kept, ...now.filter((one) => !isIn(one, old)).map((one): Piece => ({ kind: "in", ...one }))];
}

const isSame = (a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b);
const value = (given: Partial<Value>): Value => ({
  text: "",
  word: "",
  date: "",
  time: null,
  start: null,
  end: null,
  zone: "",
  ...given,
});
const word = (prefix: string, name: string): Value => value({ word: prefix + name });

function row(label: string, pieces: readonly Piece[], isWords: boolean): DifferenceRow {
  const isAll = (kind: Piece["kind"]) => pieces.length > 0 && pieces.every((piece) => piece.kind === kind);
  const change = isAll("in") ? "added" : isAll("out") ? "removed" : "changed";
  return { label, name: "", is_words: isWords, change, pieces };
}
