/**
 * From a draft, exactly as typed, to the note it would become: either its fields, or what keeps it from being one.
 *
 * Errors are only for what no record could hold (no person, no place, impossible times, too long). What an
 * organisation would like to see as well is a warning and lives in warnings.ts.
 */

import { type Form, fieldsOf, invalid, isClock, isDate, length, TEXT_LIMIT_CHARS } from "../forms";
import { forms } from "../generated/forms";
import type { NoteFields, OrganisationFields, ParticipantFields } from "../generated/schema";
import type { Counting } from "./counting";
import type { Seen } from "./page";
import { type Place, readPlace, type Site } from "./place";
import { type Content, line, many, one } from "./typed";
import { addDays, instant } from "./when";

/** What a draft is read against. */
export interface Around {
  readonly participant: Seen<ParticipantFields> | null;
  readonly sites: readonly Site[];
  readonly organisation: OrganisationFields | null;
  readonly now: number;
  /** How minutes count with the person's other contacts; only where the units are shown. */
  readonly counting?: Counting;
}

/** `field` is a field of the form; `key` its words in the catalogue. */
export interface FieldError {
  readonly field: string;
  readonly key: string;
  readonly args: Readonly<Record<string, string | number>>;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Reading {
  readonly errors: readonly FieldError[];
  /** Present when nothing is wrong. */
  readonly fields: NoteFields | null;
  readonly place: Place | null;
  readonly span: Span | null;
}

export const ONE_ON_ONE = "one_on_one@1";
export const form = forms[ONE_ON_ONE] as Form;
export const MINUTES = ["15", "30", "45", "60"] as const;
const MINUTE_MS = 60_000;
const CLOCK_SLACK_MS = 10 * MINUTE_MS;
const LONGEST_MS = 16 * 60 * MINUTE_MS;
/** A later end on the clock than this is a slip, not a night. */
const LONGEST_NIGHT_MS = 12 * 60 * MINUTE_MS;
const PROSE_LIMIT_CHARS = 20_000;
const NOTE_LIMIT_BYTES = 200 * 1024;
const SUPPORT = ["emotional", "informational", "instrumental", "affiliational"] as const;
const FLAGS = [
  "self_harm_thoughts", "harm_others", "overdose_withdrawal", "medical", "abuse_neglect_suspected", "unsafe_housing",
  "lost_medicines_supports", "prea", "other",
] as const; // biome-ignore format: a list
const KINDS = [
  "one_on_one", "drop_in", "outreach", "accompaniment", "recovery_planning", "referral", "crisis", "in_reach",
  "reentry", "hospital_ed", "discharge_follow_up", "warm_line", "collateral", "attempt_no_show",
] as const; // biome-ignore format: a list

export { FLAGS, KINDS, SUPPORT };

/** Id of the note a draft becomes: the same however often it is signed. Differs in the last digit only. */
export function noteOf(draft: string): string {
  return draft.slice(0, -1) + (Number.parseInt(draft.slice(-1), 16) ^ 1).toString(16);
}

export function readNote(content: Content, around: Around): Reading {
  const place = readPlace(placeTyped(content), around.sites, around.organisation);
  const zone = place?.zone ?? around.organisation?.zone ?? "UTC";
  const when = readSpan(content, zone, around.now);
  const answers = readAnswers(content);
  const errors: FieldError[] = [...when.errors, ...answers.errors];
  if (!place) errors.unshift(error("place", "form.error.place"));
  if (!around.participant) errors.unshift(error("person", "form.error.person"));
  if (errors.length > 0 || !place || !when.span || !around.participant)
    return { errors, fields: null, place, span: when.span };
  const fields = assemble(content, around.participant, place, when.span, answers.values);
  const bytes = new TextEncoder().encode(JSON.stringify(fields)).length;
  if (bytes <= NOTE_LIMIT_BYTES) return { errors, fields, place, span: when.span };
  const tooLong = error("did", "form.error.note_too_long", {
    size: Math.ceil(bytes / 1024),
    limit: NOTE_LIMIT_BYTES / 1024,
  });
  return { errors: [tooLong], fields: null, place, span: when.span };
}

export function placeTyped(content: Content): string {
  const chosen = one(content, "place");
  return chosen === "other" ? one(content, "place_other") : chosen;
}

export function dayTyped(content: Content): string {
  const chosen = one(content, "day");
  return chosen === "other" ? one(content, "day_other") : chosen;
}

export function nextTyped(content: Content): string {
  const chosen = one(content, "next_on");
  return chosen === "other" ? one(content, "next_on_other") : chosen;
}

export function readSpan(content: Content, zone: string, now: number): { span: Span | null; errors: FieldError[] } {
  const day = dayTyped(content);
  const endClock = one(content, "end").slice(0, 5);
  const isExact = one(content, "minutes") === "exact";
  const startClock = one(content, "start").slice(0, 5);
  const errors: FieldError[] = [];
  if (!isDate(day)) errors.push(error("day", "form.error.day"));
  if (!isClock(endClock)) errors.push(error("end", "form.error.end"));
  if (isExact && !isClock(startClock)) errors.push(error("start", "form.error.start"));
  const minutes = Number(one(content, "minutes"));
  if (!isExact && !(minutes > 0)) errors.push(error("minutes", "form.error.minutes"));
  if (errors.length > 0) return { span: null, errors };
  const span = isExact ? between(day, startClock, endClock, zone) : upTo(day, endClock, minutes, zone);
  const wrong = span === null ? error("day", "form.error.day") : impossible(span, isExact, now);
  return wrong ? { span: null, errors: [wrong] } : { span, errors };
}

function between(day: string, startClock: string, endClock: string, zone: string): Span | null {
  const start = instant(day, startClock, zone);
  const end = start === null ? null : instant(day, endClock, zone, start);
  if (start === null || end === null) return null;
  const overnight = end < start ? instant(addDays(day, 1), endClock, zone, start) : null;
  return { start, end: overnight !== null && overnight - start <= LONGEST_NIGHT_MS ? overnight : end };
}

function upTo(day: string, endClock: string, minutes: number, zone: string): Span | null {
  const end = instant(day, endClock, zone);
  return end === null ? null : { start: end - minutes * MINUTE_MS, end };
}

function impossible(span: Span, isExact: boolean, now: number): FieldError | null {
  const where = isExact ? "start" : "end";
  if (span.end <= span.start) return error("end", "form.error.end_before_start");
  if (span.start > now + CLOCK_SLACK_MS) return error(where, "form.error.future");
  if (span.end - span.start > LONGEST_MS) return error("end", "form.error.too_many_hours", { limit: 16 });
  return null;
}

function readAnswers(content: Content): { values: Record<string, string>; errors: FieldError[] } {
  const values: Record<string, string> = {};
  for (const field of fieldsOf(form)) {
    const typed = field.key === "next_on" ? nextTyped(content) : one(content, field.key);
    const isWriting = field.type === "prose" || field.type === "text";
    if (typed.trim() !== "") values[field.key] = isWriting ? typed : typed.trim();
  }
  const tooLong = Object.entries(values).flatMap(([key, text]) => lengthError(key, text));
  const wrong = invalid(form, values).map((problem) => problem.field.slice("answers.".length));
  const others = wrong.filter((key) => !tooLong.some((one) => one.field === key));
  return {
    values,
    errors: [
      ...tooLong,
      ...others.map((key) => error(key, key === "next_on" ? "form.error.next_on" : "form.error.choice")),
    ],
  };
}

function lengthError(key: string, text: string): FieldError[] {
  const limit =
    fieldsOf(form).find((field) => field.key === key)?.type === "text" ? TEXT_LIMIT_CHARS : PROSE_LIMIT_CHARS;
  const long = length(text);
  return long > limit ? [error(key, "form.error.too_long", { length: long, limit })] : [];
}

function assemble(
  content: Content,
  participant: Seen<ParticipantFields>,
  place: Place,
  span: Span,
  answers: Record<string, string>,
): NoteFields {
  const goals = new Set((participant.fields.goals ?? []).map((goal) => goal.id));
  const kind = KINDS.find((name) => name === one(content, "kind")) ?? "one_on_one";
  const supersedes = line(content, "supersedes");
  const chosen = {
    support: SUPPORT.filter((name) => many(content, "support").includes(name)),
    goals: [...new Set(many(content, "goals"))].filter((id) => goals.has(id)).sort(),
    flags: FLAGS.filter((name) => many(content, "flags").includes(name)),
  };
  return {
    participant: participant.doc,
    contact_kind: kind as NoteFields["contact_kind"],
    form: ONE_ON_ONE,
    started_at: span.start,
    ended_at: span.end,
    ...place,
    ...Object.fromEntries(Object.entries(chosen).filter(([, list]) => list.length > 0)),
    ...(Object.keys(answers).length > 0 ? { answers } : {}),
    ...(supersedes ? { supersedes } : {}),
  };
}

function error(field: string, key: string, args: FieldError["args"] = {}): FieldError {
  return { field, key, args };
}
