/** From a draft about many people to its session and one note a person, or to what keeps it from being that. */

import { refOf } from "../form_book";
import { length } from "../forms";
import type { NoteFields, SessionFields } from "../generated/schema";
import { dayTyped, type FieldError, noteOf, placeTyped, readSpan, type Span, SUPPORT } from "./draft_note";
import { type Place, readPlace } from "./place";
import { formFor, hex, type ManyAround, mixed, rosterOf, type Sort } from "./session_draft";
import { type Content, line, many, one } from "./typed";
import { addDays, instant, local } from "./when";
import { goesOnAs } from "./whom";

export const VISIT_KINDS = ["in_reach", "one_on_one", "recovery_planning", "reentry", "hospital_ed"] as const;
export const BESIDE = ["peer", "clinician", "staff", "volunteer", "guest"] as const;
const LIMITS = { title: 120, topic: 200, description: 20_000 } as const;
const LINE_LIMIT = 2000;
const HEADCOUNT_LIMIT = 999;
const ROSTER_LIMIT = 200;
const MINUTE_MS = 60_000;

/** One person of the roster. `isHere` is false once they left this phone's caseload. */
export interface Listed {
  readonly id: string;
  readonly note: string;
  readonly name: string;
  readonly code: string;
  readonly line: string;
  readonly isHere: boolean;
  readonly isClosed: boolean;
  /** Name of the record that goes on for them where two were joined, else "". */
  readonly goesOn: string;
  readonly fields: NoteFields | null;
}

export interface SessionReading {
  readonly errors: readonly FieldError[];
  readonly session: SessionFields | null;
  readonly roster: readonly Listed[];
}

export function readSession(sort: Sort, id: string, content: Content, around: ManyAround): SessionReading {
  const place = readPlace(placeTyped(content), around.sites, around.organisation);
  const zone = place?.zone ?? around.organisation?.zone ?? "UTC";
  const { span, errors: when } = readSpan(content, zone, around.now);
  const ids = rosterOf(content);
  const spans = ids.map((person, at) => (span ? spanOf(sort, content, person, at, span, zone) : null));
  const errors = [
    ...(place ? [] : [wrong("place", "form.error.place")]),
    ...textErrors(sort, content),
    ...when,
    ...rosterErrors(ids, content, span, spans),
  ];
  const isWhole = errors.length === 0;
  const roster = ids.map((person, at) => {
    const own = spans[at];
    const fields = isWhole && place && own ? noteFields(sort, id, person, content, place, own) : null;
    return listed(id, person, content, around, fields);
  });
  const session = isWhole && place && span ? sessionFields(sort, content, place, span, roster) : null;
  return { errors, session, roster };
}

function listed(draft: string, id: string, content: Content, around: ManyAround, fields: NoteFields | null): Listed {
  const person = around.people.get(id);
  return {
    id,
    note: mixed(draft, id),
    name: person?.fields.name ?? line(content, `name_${hex(id)}`),
    code: line(content, `code_${hex(id)}`),
    line: one(content, `line_${hex(id)}`),
    isHere: person !== undefined,
    isClosed: person?.fields.status === "closed",
    goesOn: (person && goesOnAs(person, around.people)?.fields.name) ?? "",
    fields,
  };
}

function textErrors(sort: Sort, content: Content): FieldError[] {
  const errors = Object.entries(LIMITS).flatMap(([field, limit]) => lengthError(field, one(content, field), limit));
  if (sort === "group" && line(content, "title") === "") errors.unshift(wrong("title", "many.error.title"));
  const count = line(content, "headcount");
  if (count !== "" && !(/^\d{1,3}$/.test(count) && Number(count) <= HEADCOUNT_LIMIT))
    errors.push(wrong("headcount", "many.error.headcount", { limit: HEADCOUNT_LIMIT }));
  return errors;
}

function rosterErrors(
  ids: readonly string[],
  content: Content,
  span: Span | null,
  spans: readonly (Span | null)[],
): FieldError[] {
  const count = Number(line(content, "headcount") || 0);
  if (ids.length === 0 && !(count > 0)) return [wrong("roster", "many.error.nobody")];
  if (ids.length > ROSTER_LIMIT) return [wrong("roster", "many.error.too_many", { limit: ROSTER_LIMIT })];
  const long = ids.flatMap((id) => lengthError(`line_${hex(id)}`, one(content, `line_${hex(id)}`), LINE_LIMIT));
  const lost = span ? ids.filter((_, at) => spans[at] === null) : [];
  return [...long, ...lost.map((id) => wrong(`from_${hex(id)}`, "many.error.their_time"))];
}

/** When this person was there: all the time, a part of it, or their share of it. Null: that cannot be. */
function spanOf(sort: Sort, content: Content, id: string, at: number, whole: Span, zone: string): Span | null {
  if (sort === "visit" && one(content, "share") !== "each") return shareOf(whole, at, rosterOf(content).length);
  const [from, to] = [one(content, `from_${hex(id)}`).slice(0, 5), one(content, `to_${hex(id)}`).slice(0, 5)];
  if (sort === "visit" && (from === "" || to === "")) return null;
  const start = from === "" ? whole.start : within(from, whole, zone);
  const end = to === "" ? whole.end : within(to, whole, zone);
  return start !== null && end !== null && start < end ? { start, end } : null;
}

/** Whole minutes one after the other, which together are the visit: nobody's time is counted twice. */
function shareOf(whole: Span, at: number, count: number): Span | null {
  const minutes = Math.floor((whole.end - whole.start) / MINUTE_MS);
  const upTo = (place: number) => whole.start + Math.floor((minutes * place) / count) * MINUTE_MS;
  const share = { start: upTo(at), end: upTo(at + 1) };
  return share.start < share.end ? share : null;
}

/** A clock time of the session's own hours, on whichever side of midnight it lies. */
function within(clock: string, whole: Span, zone: string): number | null {
  const { day } = local(whole.start, zone);
  const found = [day, addDays(day, 1)].map((one) => instant(one, clock, zone, whole.start - 1));
  return found.find((moment) => moment !== null && moment >= whole.start && moment <= whole.end) ?? null;
}

function noteFields(
  sort: Sort,
  draft: string,
  participant: string,
  content: Content,
  place: Place,
  span: Span,
): NoteFields {
  const kind = sort === "group" ? "group" : (VISIT_KINDS.find((name) => name === one(content, "kind")) ?? "in_reach");
  const [shared, own] = [one(content, "description"), one(content, `line_${hex(participant)}`)];
  const [did, went] = sort === "group" ? [shared, own] : [own, ""];
  const answers = { ...(did.trim() && { did }), ...(went.trim() && { went }) };
  const support = SUPPORT.filter((name) => many(content, "support").includes(name));
  return {
    participant,
    contact_kind: kind,
    form: refOf(formFor(kind)),
    started_at: span.start,
    ended_at: span.end,
    ...place,
    ...(support.length > 0 && { support }),
    ...(Object.keys(answers).length > 0 && { answers }),
    session: noteOf(draft),
  };
}

function sessionFields(
  sort: Sort,
  content: Content,
  place: Place,
  span: Span,
  roster: readonly Listed[],
): SessionFields {
  const beside = BESIDE.filter((name) => many(content, "beside").includes(name));
  const [topic, description] = [line(content, "topic"), one(content, "description")];
  const headcount = Number(line(content, "headcount") || 0);
  return {
    sort,
    title: line(content, "title") || dayTyped(content),
    started_at: span.start,
    ended_at: span.end,
    ...place,
    ...(topic && { topic }),
    ...(beside.length > 0 && { beside }),
    ...(description.trim() && { description }),
    ...(headcount > 0 && { headcount }),
    ...(roster.length > 0 && { notes: roster.map(({ note }) => note) }),
    ...(sort === "visit" && one(content, "share") !== "each" && { is_shared_out: true }),
  };
}

function lengthError(field: string, text: string, limit: number): FieldError[] {
  const long = length(text);
  return long > limit ? [wrong(field, "form.error.too_long", { length: long, limit })] : [];
}

function wrong(field: string, key: string, args: FieldError["args"] = {}): FieldError {
  return { field, key, args };
}
