/**
 * Contacts that an event proposes: computed from the notes on this phone and web/schedules.toml, every time anew.
 * Of the days of one event the newest that has come counts; a contact on it or after it is its answer.
 */

import type { NoteFields, ProposalFields } from "../generated/schema";
import type { Seen } from "./page";
import { addDays, local } from "./when";

export interface Schedule {
  readonly name: string;
  readonly kinds: readonly string[];
  readonly days: readonly number[];
  readonly keep_days: number;
  readonly answers: readonly string[];
}

export interface Proposed {
  readonly participant: string;
  readonly schedule: string;
  /** The day of the event, YYYY-MM-DD. */
  readonly eventOn: string;
  /** Days after it. */
  readonly day: number;
  /** When it is due: that day, or the one it was moved to. */
  readonly dueOn: string;
}

type Note = Pick<Seen<NoteFields>, "fields" | "body">;

/** Somebody tried, or spoke with somebody else: the person was not met. */
const NO_MEETING: readonly string[] = ["attempt_no_show", "collateral", "own_time"];

export function proposals(
  notes: readonly Note[],
  decided: readonly ProposalFields[],
  schedules: readonly Schedule[],
  today: string,
): Proposed[] {
  const standing = notes.filter(({ body }) => body.state !== "void");
  const met = lastMet(standing);
  const found = schedules.flatMap((schedule) =>
    [...events(standing, schedule)].flatMap(([participant, eventOn]) => {
      const proposed = due(schedule, participant, eventOn, decided, today);
      return proposed && (met.get(participant) ?? "") < proposed.dueOn ? [proposed] : [];
    }),
  );
  return found.sort((a, b) => a.dueOn.localeCompare(b.dueOn) || a.participant.localeCompare(b.participant));
}

/** The newest event of each person, as a day. */
function events(notes: readonly Note[], schedule: Schedule): Map<string, string> {
  const newest = new Map<string, string>();
  const telling = notes
    .filter(({ fields }) => schedule.kinds.includes(fields.contact_kind))
    .sort((a, b) => a.fields.started_at - b.fields.started_at);
  for (const { fields } of telling) {
    const told = schedule.answers.map((key) => String(fields.answers?.[key] ?? ""));
    const day = schedule.answers.length === 0 ? dayOf(fields) : (told.find((one) => one !== "") ?? "");
    if (day !== "") newest.set(fields.participant, day);
  }
  return newest;
}

function due(
  schedule: Schedule,
  participant: string,
  eventOn: string,
  decided: readonly ProposalFields[],
  today: string,
): Proposed | null {
  const day = [...schedule.days].reverse().find((after) => addDays(eventOn, after) <= today);
  if (day === undefined || addDays(eventOn, (schedule.days.at(-1) ?? 0) + schedule.keep_days) < today) return null;
  const words = decided.filter(
    (one) =>
      one.participant === participant && one.schedule === schedule.name && one.event_on === eventOn && one.day === day,
  );
  if (words.some(({ status }) => status !== "moved")) return null;
  const movedTo =
    words
      .map(({ on }) => on ?? "")
      .sort()
      .at(-1) ?? "";
  const dueOn = movedTo || addDays(eventOn, day);
  return dueOn <= today ? { participant, schedule: schedule.name, eventOn, day, dueOn } : null;
}

function lastMet(notes: readonly Note[]): Map<string, string> {
  const met = new Map<string, string>();
  for (const { fields } of notes) {
    if (NO_MEETING.includes(fields.contact_kind)) continue;
    const day = dayOf(fields);
    if (day > (met.get(fields.participant) ?? "")) met.set(fields.participant, day);
  }
  return met;
}

function dayOf(fields: NoteFields): string {
  return local(fields.started_at, fields.zone).day;
}
