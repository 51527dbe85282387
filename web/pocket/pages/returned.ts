/** The words of a refused change: shown whole, and put back into a form so that nothing is typed twice. */

import { everyForm, formOf } from "../form_book";
import { type Form, fieldsOf } from "../forms";
import type { Attachment, Change } from "../generated/schema";
import { ADDENDUM } from "./addendum_draft";
import { attachedContent } from "./attached";
import type { Memory } from "./page";
import { SETTINGS, spellPlace } from "./place";
import type { Content } from "./typed";
import { local } from "./when";

type Values = Readonly<Record<string, unknown>>;

const NOT_ANSWERS = ["text", "name", "about", "contact", "words"];

/** Every text of the change; `label` is an answer's, in the words of its form, or "" for anything else. */
export function returnedTexts(change: Change, lang: "en" | "es" = "en"): { label: string; text: string }[] {
  const set: Values = change.set ?? {};
  const form = formOf(text(set["form"]));
  return Object.entries({ ...set, ...answersOf(set) })
    .map(([key, value]) => ({ key, value, field: writtenField(form, key) }))
    .filter(({ key, value, field }) => typeof value === "string" && (field !== null || NOT_ANSWERS.includes(key)))
    .map(({ value, field }) => ({ label: field?.label[lang] ?? "", text: String(value) }));
}

/** The written field of that key: of this form, or of any where this one does not know it. */
function writtenField(form: Form | null, key: string) {
  const isIt = (field: { key: string; type: string }) =>
    field.key === key && (field.type === "prose" || field.type === "text");
  return [...(form ? [form] : []), ...everyForm()].flatMap(fieldsOf).find(isIt) ?? null;
}

export async function returnedContent(change: Change, kind: "note" | "addendum", memory: Memory): Promise<Content> {
  const set: Values = change.set ?? {};
  if (kind === "note") return noteContent(set, change.captured.wall, await memory.organisation());
  const words = returnedTexts(change).map(({ text }) => text);
  const note = await memory.note(change.doc);
  return {
    form_ref: [ADDENDUM],
    note: [change.doc],
    person: [note?.fields.participant ?? ""],
    reason: ["other"],
    text: [words.join("\n\n")],
  };
}

/** The form of a note as if it had just been typed. */
export function noteContent(set: Values, captured: number, organisation: { zone: string } | null): Content {
  const zone = text(set["zone"]) || organisation?.zone || "UTC";
  const start = local(time(set["started_at"], captured), zone);
  const end = local(time(set["ended_at"], captured), zone);
  const answers = Object.entries(answersOf(set)).map(([key, value]): [string, string[]] => [key, typedAs(value)]);
  return {
    form_ref: [text(set["form"])],
    person: [text(set["participant"])],
    place: [placeOf(set)],
    day: [start.day],
    minutes: ["exact"],
    start: [start.clock],
    end: [end.clock],
    kind: [text(set["contact_kind"]) || "one_on_one"],
    support: list(set["support"]),
    goals: list(set["goals"]),
    flags: list(set["flags"]),
    ...(set["supersedes"] ? { supersedes: [text(set["supersedes"])] } : {}),
    ...attachedContent(Array.isArray(set["attachments"]) ? (set["attachments"] as Attachment[]) : []),
    ...Object.fromEntries(answers),
  };
}

/** An answer as its field on the screen holds it. */
function typedAs(value: unknown): string[] {
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  return Array.isArray(value) ? list(value) : [typeof value === "number" ? String(value) : text(value)];
}

function placeOf(set: Values): string {
  const setting = SETTINGS.find((name) => name === set["setting"]) ?? "community";
  const mode = (text(set["mode"]) || "in_person") as "in_person";
  return spellPlace({ setting, mode, ...(set["site"] ? { site: text(set["site"]) } : {}) });
}

function answersOf(set: Values): Values {
  const answers = set["answers"];
  return typeof answers === "object" && answers !== null ? (answers as Values) : {};
}

/** A time of no sense is shown as the time of writing, for its author to put right. */
function time(value: unknown, captured: number): number {
  return Number.isSafeInteger(value) && Math.abs(Number(value)) < 8e15 ? Number(value) : captured;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
