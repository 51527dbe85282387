/**
 * From a draft, exactly as typed, to the note it would become: either its fields, or what keeps it from being one.
 *
 * Errors are only for what no record could hold (no person, no place, impossible times, too long). What an
 * organisation would like to see as well is a warning and lives in warnings.ts.
 */

import { formOf, refOf } from "../form_book";
import { asks, type Form, isClock, isDate } from "../forms";
import type { NoteFields, OrganisationFields, ParticipantFields } from "../generated/schema";
import { attachedIn } from "./attached";
import type { Counting } from "./counting";
import { dayOf, readAnswers } from "./draft_answers";
import { error, type FieldError } from "./field_error";
import { CORRECTIONS } from "./loop";
import type { Seen } from "./page";
import { type Place, readPlace, type Site } from "./place";
import { type Content, isId, line, many, one } from "./typed";
import { addDays, instant } from "./when";
import { nameTyped, whoTyped } from "./whom";

/** What a draft is read against. */
export interface Around {
  /** Null for nobody, and for somebody who is not on this phone any more: the contact happened all the same. */
  readonly participant: Seen<ParticipantFields> | null;
  readonly sites: readonly Site[];
  readonly organisation: OrganisationFields | null;
  readonly now: number;
  /** How minutes count with the person's other contacts; only where the units are shown. */
  readonly counting?: Counting;
}

export type { FieldError } from "./field_error";

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

const MINUTE_MS = 60_000;
const CLOCK_SLACK_MS = 10 * MINUTE_MS;
const LONGEST_MS = 16 * 60 * MINUTE_MS;
/** A later end on the clock than this is a slip, not a night. */
const LONGEST_NIGHT_MS = 12 * 60 * MINUTE_MS;
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

/** The form a draft is pinned to; null for one that this phone does not know. */
export const formTyped = (content: Content): Form | null => formOf(one(content, "form_ref"));

/** The kind of contact: the form's own; notes of the first version could be of any kind that had no form yet. */
export function kindTyped(content: Content, form: Form): NoteFields["contact_kind"] {
  const typed = refOf(form) === "one_on_one@1" ? KINDS.find((name) => name === one(content, "kind")) : undefined;
  return typed ?? (form.name as NoteFields["contact_kind"]);
}

/** Fields of the note's core that are typed so far and decide what else is asked. */
export function coreTyped(content: Content, form: Form, place: Place | null): Readonly<Record<string, unknown>> {
  return {
    contact_kind: kindTyped(content, form),
    ...(place ? { mode: place.mode, setting: place.setting } : {}),
    ...chosenTyped(content, form),
  };
}

export function readNote(content: Content, around: Around): Reading {
  const form = formTyped(content);
  const place = readPlace(placeTyped(content), around.sites, around.organisation);
  const zone = place?.zone ?? around.organisation?.zone ?? "UTC";
  const when = readSpan(content, zone, around.now);
  if (!form) return { errors: [error("", "form.error.unknown_form")], fields: null, place, span: when.span };
  const core = coreTyped(content, form, place);
  const answers = readAnswers(content, form, core);
  const errors: FieldError[] = [...when.errors, ...answers.errors];
  const who = around.participant || nameTyped(content) ? whoTyped(content) : "";
  if (!place) errors.unshift(error("place", "form.error.place"));
  if (!who) errors.unshift(error("person", "form.error.person"));
  if (errors.length > 0 || !place || !when.span) return { errors, fields: null, place, span: when.span };
  const fields = assemble(content, form, { who, goals: goalsOf(around) }, place, when.span, answers.values);
  const bytes = new TextEncoder().encode(JSON.stringify(fields)).length;
  if (bytes <= NOTE_LIMIT_BYTES) return { errors, fields, place, span: when.span };
  const longest = form.section.flatMap(({ field }) => field).find(({ key, type }) => type === "prose" && key === "did");
  const tooLong = error(longest?.key ?? "", "form.error.note_too_long", {
    size: Math.ceil(bytes / 1024),
    limit: NOTE_LIMIT_BYTES / 1024,
  });
  return { errors: [tooLong], fields: null, place, span: when.span };
}

export function placeTyped(content: Content): string {
  const chosen = one(content, "place");
  return chosen === "other" ? one(content, "place_other") : chosen;
}

export const dayTyped = (content: Content) => dayOf(content, "day");

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

/** Ids of the goals that can be named; null where nobody here knows them, and those chosen earlier stay. */
function goalsOf({ participant }: Around): ReadonlySet<string> | null {
  return participant && new Set((participant.fields.goals ?? []).map((goal) => goal.id));
}

function assemble(
  content: Content,
  form: Form,
  { who, goals }: { readonly who: string; readonly goals: ReadonlySet<string> | null },
  place: Place,
  span: Span,
  answers: NonNullable<NoteFields["answers"]>,
): NoteFields {
  const attached = attachedIn(content);
  const supersedes = line(content, "supersedes");
  const touched = asks(form).includes("goals") ? many(content, "goals") : [];
  const reason = CORRECTIONS.find((name) => name === one(content, "reason"));
  const chosen = {
    ...chosenTyped(content, form),
    goals: [...new Set(touched)].filter((id) => goals?.has(id) ?? isId(id)).sort(),
  };
  return {
    participant: who,
    contact_kind: kindTyped(content, form),
    form: refOf(form),
    started_at: span.start,
    ended_at: span.end,
    ...place,
    ...Object.fromEntries(Object.entries(chosen).filter(([, list]) => list.length > 0)),
    ...(Object.keys(answers).length > 0 ? { answers } : {}),
    ...(attached.length > 0 ? { attachments: attached } : {}),
    ...(supersedes ? { supersedes } : {}),
    ...(supersedes && reason ? { reason } : {}),
  };
}

function chosenTyped(content: Content, form: Form): Pick<NoteFields, "support" | "flags"> {
  const of = <Name extends string>(name: string, all: readonly Name[]) =>
    asks(form).includes(name) ? all.filter((one) => many(content, name).includes(one)) : [];
  return { support: of("support", SUPPORT), flags: of("flags", FLAGS) };
}
