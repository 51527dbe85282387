/** The drop-in log of a day as typed: one entry a visit, each with an id that its note will have. */

import { refOf } from "../form_book";
import type { NoteFields, SessionFields } from "../generated/schema";
import { type FieldError, placeTyped } from "./draft_note";
import { readPlace } from "./place";
import { asked, formFor, hex, type ManyAround } from "./session_draft";
import { type Content, line, many, one } from "./typed";
import { instant } from "./when";
import { goesOnAs } from "./whom";

export const LENGTHS = ["5", "10", "15", "30", "60"] as const;
const USUAL_MIN = 5;
const MINUTE_MS = 60_000;
const SLACK_MS = 10 * MINUTE_MS;

export interface Entry {
  readonly id: string;
  readonly key: string;
  readonly person: string;
  readonly name: string;
  readonly isHere: boolean;
  readonly isClosed: boolean;
  /** Name of the record that goes on for them where two were joined, else "". */
  readonly goesOn: string;
  readonly day: string;
  readonly clock: string;
  readonly minutes: string;
  readonly reasons: readonly string[];
  readonly fields: NoteFields | null;
}

export interface LogReading {
  readonly errors: readonly FieldError[];
  readonly session: SessionFields | null;
  readonly entries: readonly Entry[];
}

function entriesOf(content: Content): string[] {
  return [...new Set(many(content, "entry"))];
}

/** With somebody written down, who came just now. */
export function withEntry(
  content: Content,
  id: string,
  person: string,
  name: string,
  day: string,
  at: string,
): Content {
  const key = hex(id);
  return {
    ...content,
    entry: [id, ...entriesOf(content)],
    [`who_${key}`]: [person],
    [`name_${key}`]: [name],
    [`day_${key}`]: [day],
    [`at_${key}`]: [at],
    [`minutes_${key}`]: [String(USUAL_MIN)],
  };
}

export function withoutEntry(content: Content, id: string): Content {
  const ending = `_${hex(id)}`;
  const kept = Object.entries(content).filter(([name]) => !name.endsWith(ending));
  return { ...Object.fromEntries(kept), entry: entriesOf(content).filter((one) => one !== id) };
}

export function readLog(doc: string, content: Content, around: ManyAround): LogReading {
  const place = readPlace(placeTyped(content), around.sites, around.organisation);
  const entries = entriesOf(content).map((id) => entryOf(id, content, around));
  const count = Number(line(content, "headcount") || 0);
  const errors: FieldError[] = place ? [] : [{ field: "place", key: "form.error.place", args: {} }];
  if (entries.length === 0 && !(count > 0)) errors.push({ field: "q", key: "many.error.nobody", args: {} });
  if (!/^\d{0,3}$/.test(line(content, "headcount")))
    errors.push({ field: "headcount", key: "many.error.headcount", args: { limit: 999 } });
  const zone = place?.zone ?? around.organisation?.zone ?? "UTC";
  const spans = entries.map((entry) => spanOf(entry, zone));
  entries.forEach((entry, at) => {
    const key = wrongTime(spans[at] ?? null, around.now);
    if (key) errors.push({ field: `at_${entry.key}`, key, args: { name: entry.name } });
  });
  if (errors.length > 0 || !place) return { errors, session: null, entries };
  const whole = entries.map((entry, at) => ({ ...entry, fields: noteOf(entry, place, spans[at] ?? null, doc) }));
  const starts = whole.flatMap(({ fields }) => fields?.started_at ?? []);
  const ends = whole.flatMap(({ fields }) => fields?.ended_at ?? []);
  const started = Math.min(...starts, starts.length > 0 ? Number.POSITIVE_INFINITY : around.now - MINUTE_MS);
  const session: SessionFields = {
    sort: "drop_in",
    title: line(content, "day"),
    started_at: started,
    ended_at: Math.max(...ends, started + MINUTE_MS),
    ...place,
    ...(count > 0 && { headcount: count }),
    ...(whole.length > 0 && { notes: whole.map(({ id }) => id) }),
  };
  return { errors, session, entries: whole };
}

function entryOf(id: string, content: Content, around: ManyAround): Entry {
  const key = hex(id);
  const offered = asked("drop_in", "reasons", "en").options.map(({ value }) => value);
  const person = one(content, `who_${key}`);
  const known = around.people.get(person);
  return {
    id,
    key,
    person,
    name: known?.fields.name ?? line(content, `name_${key}`),
    isHere: known !== undefined,
    isClosed: known?.fields.status === "closed",
    goesOn: (known && goesOnAs(known, around.people)?.fields.name) ?? "",
    day: one(content, `day_${key}`),
    clock: one(content, `at_${key}`).slice(0, 5),
    minutes: one(content, `minutes_${key}`),
    reasons: many(content, `reason_${key}`).filter((reason) => offered.includes(reason)),
    fields: null,
  };
}

function spanOf({ day, clock, minutes }: Entry, zone: string): { start: number; end: number } | null {
  const start = instant(day, clock, zone);
  const length = Number(minutes);
  return start === null || !(length > 0) ? null : { start, end: start + length * MINUTE_MS };
}

function wrongTime(span: { start: number } | null, now: number): string {
  if (span === null) return "form.error.start";
  return span.start > now + SLACK_MS ? "form.error.future" : "";
}

function noteOf(
  { person, reasons }: Entry,
  place: Pick<NoteFields, "setting" | "mode" | "zone" | "site">,
  span: { start: number; end: number } | null,
  session: string,
): NoteFields | null {
  if (!span) return null;
  return {
    participant: person,
    contact_kind: "drop_in",
    form: refOf(formFor("drop_in")),
    started_at: span.start,
    ended_at: span.end,
    ...place,
    ...(reasons.length > 0 && { answers: { reasons: [...reasons] } }),
    session,
  };
}
