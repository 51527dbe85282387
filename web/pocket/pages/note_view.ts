/**
 * View of a note for templates/shared/note.html, from the record alone. Twin of server/templating/note_view.py:
 * tests/vectors/notes.json is rendered through both, and the bytes are compared.
 */

import { formOf } from "../form_book";
import type { Billing, Body, NoteFields } from "../generated/schema";
import { receiptCode } from "../receipt_code";
import { type Counted, rulesOf, type UnitRule, type WholeRule } from "../units";
import { answersView, plain } from "./answers_view";
import { attachmentView } from "./attached";
import { contactOf, countOne } from "./counting";

export interface NoteRecord {
  readonly doc: string;
  readonly fields: NoteFields;
  readonly body: Omit<Body, "set">;
}

/**
 * What the note's ids stand for, and the organisation's rules. `counted`: the note with the other contacts of the
 * person; without it the note is counted as if it were the only one.
 */
export interface Names {
  readonly person: string;
  readonly goals: readonly { readonly id: string; readonly words: string }[];
  readonly sites: readonly { readonly id: string; readonly name: string; readonly is_billable: boolean }[];
  readonly members: Readonly<Record<string, { readonly name: string; readonly title: string }>>;
  readonly units: UnitRule;
  readonly billing?: Billing;
  readonly counted?: Counted;
  readonly copies?: ReadonlyMap<string, { readonly href: string; readonly state: string }>;
  readonly lang: "en" | "es";
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Reasons that the catalogue has words for; any other is not shown. */
const REASONS = [
  "left_out", "wrong_detail", "wrong_time", "wrong_person", "person_asked", "person_view", "other", "safety_closed",
  "did_not_happen", "wrong_date", "duplicate", "never_billable", "narrative", "billing_indicator", "service_code",
  "time_entry", "no_active_plan",
]; // biome-ignore format: a list
/** Fields whose values are words of the catalogue, for values kept aside. */
const WORDED: Readonly<Record<string, string>> = {
  setting: "note.setting.",
  mode: "note.mode.",
  contact_kind: "note.kind.",
};

/** A value as text, as a key of the catalogue, or as a time; the two others are empty. */
export interface KeptVersion {
  readonly field: string;
  readonly word: string;
  readonly text: string;
  readonly time: number | null;
}

export function noteView(record: NoteRecord, names: Names): Record<string, unknown> {
  const { fields, body } = record;
  const site = names.sites.find((one) => one.id === fields.site);
  const author = memberName(names, body.author);
  return {
    doc: record.doc,
    person: names.person,
    kind: fields.contact_kind,
    started_at: fields.started_at,
    ended_at: fields.ended_at,
    zone: fields.zone,
    ...unitsView(names.counted ?? alone(record, names), rulesOf(rulesIn(names)).rule),
    place: site?.name ?? "",
    setting: fields.setting,
    mode: fields.mode,
    support: [...(fields.support ?? [])],
    goals: (fields.goals ?? []).map((id) => names.goals.find((goal) => goal.id === id)?.words ?? ""),
    flags: [...(fields.flags ?? [])],
    ...answersView(fields.answers ?? {}, formOf(fields.form), names.lang),
    author: author.name,
    title: author.title,
    ...signatureView(record),
    addenda: (body.addenda ?? []).map((one) => ({
      by: memberName(names, one.by).name,
      at: one.at,
      text: one.text,
      reason: REASONS.includes(one.reason ?? "") ? (one.reason ?? "") : "",
      code: one.seq > 0 ? receiptCode(one.seq) : "",
    })),
    kept: (body.kept ?? []).map((one) => ({
      ...keptView(one.field, one.value),
      by: memberName(names, one.by).name,
      at: one.at,
    })),
    attachments: (fields.attachments ?? []).map((one) => attachmentView(one, names.copies)),
    is_revision: Boolean(fields.supersedes),
  };
}

/** Minutes and units, how many of them are paid, and in a word why not all. */
function unitsView(counted: Counted, rule: WholeRule): Record<string, unknown> {
  return {
    minutes: counted.minutes,
    units: String(counted.units),
    is_one_unit: counted.units === 1,
    unit_minutes: rule.unit_minutes,
    unpaid: counted.unpaid,
    is_partly: 0 < counted.paid && counted.paid < counted.units,
    paid: String(counted.paid),
    is_together: rule.aggregate === "per_person_day" && counted.earlier > 0,
    day_units: String(counted.day_units),
  };
}

function alone({ doc, fields, body }: NoteRecord, names: Names): Counted {
  const sites = new Map(names.sites.map((site) => [site.id, site.is_billable]));
  const known = { sites, volunteers: new Set<string>(), sizes: new Map<string, number>() };
  const { rule, billing } = rulesOf(rulesIn(names));
  return countOne(contactOf({ doc, author: body.author, fields }, known), [], rule, billing);
}

function rulesIn({ units, billing }: Names) {
  return { units, rules: billing ? { billing } : {} };
}

function signatureView({ fields, body }: NoteRecord): Record<string, unknown> {
  const writtenAt = body.signed?.at ?? body.captured;
  const later = writtenAt - fields.ended_at;
  const isDays = later >= 2 * DAY_MS;
  return {
    signed_at: body.signed?.at ?? null,
    code: body.signed && body.signed.seq > 0 ? receiptCode(body.signed.seq) : "",
    later_unit: later < HOUR_MS ? "" : isDays ? "days" : "hours",
    later_count: later < HOUR_MS ? 0 : Math.floor(later / (isDays ? DAY_MS : HOUR_MS)),
  };
}

export function keptView(field: string, value: unknown): KeptVersion {
  const isTime = (field === "started_at" || field === "ended_at") && typeof value === "number";
  const prefix = WORDED[field];
  const isWord = prefix !== undefined && typeof value === "string";
  return {
    field: field.startsWith("answers.") ? field.slice("answers.".length) : field,
    word: isWord ? prefix + value : "",
    text: isTime || isWord ? "" : plain(value),
    time: isTime ? value : null,
  };
}

export function memberName(names: Names, id: string): { name: string; title: string } {
  return (Object.hasOwn(names.members, id) ? names.members[id] : undefined) ?? { name: "", title: "" };
}
