/**
 * The way of a note, step by step, each with its time and how long after the contact it was. Twin of
 * server/templating/steps.py. The clock runs from the end of the contact. Times of a phone are the phone's, times of
 * the office the office's: the order of steps is that of the office's positions, never of clocks.
 */

import type { Names, NoteRecord } from "./note_view";
import { memberName } from "./note_view";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Of a step that the office does not know: it comes last. */
const NOT_YET = Number.MAX_SAFE_INTEGER;

/** A signed note that supersedes this one: by whom, when by that phone's clock, and its position (0: not yet). */
export interface Revision {
  readonly by: string;
  readonly at: number;
  readonly seq: number;
}

export interface Step {
  /** Word of the catalogue below `loop.step.`. */
  readonly key: string;
  readonly at: number;
  readonly zone: string;
  readonly by: string;
  readonly unit: "" | "minutes" | "hours" | "days";
  readonly count: number;
}

export function stepsView(record: NoteRecord, names: Names, revisions: readonly Revision[]): Step[] {
  const { fields, body } = record;
  const later = [
    ...(body.returned ?? []).map((one) => ({ key: "returned", ...one })),
    ...(body.addenda ?? []).map((one) => ({ key: "added", ...one })),
    ...revisions.map((one) => ({ key: "revised", ...one })),
    ...(body.cosigned ? [{ key: "cosigned", ...body.cosigned }] : []),
    ...(body.flag_closed ? [{ key: "flag_closed", ...body.flag_closed }] : []),
  ].sort((a, b) => (a.seq || NOT_YET) - (b.seq || NOT_YET));
  return [
    step(record, "contact", fields.ended_at),
    ...writing(record),
    ...later.map(({ key, at, by }) => step(record, key, at, memberName(names, by).name)),
  ];
}

function writing(record: NoteRecord): Step[] {
  const { captured, signed } = record.body;
  if (!signed) return [step(record, "written", captured)];
  const isAtOnce = Math.abs(signed.at - captured) < MINUTE_MS;
  return [
    ...(isAtOnce ? [] : [step(record, "written", captured)]),
    step(record, isAtOnce ? "written_signed" : "signed", signed.at),
    ...(signed.seq > 0 ? [step(record, "received", signed.received)] : []),
  ];
}

function step({ fields }: NoteRecord, key: string, at: number, by = ""): Step {
  const later = key === "contact" ? 0 : at - fields.ended_at;
  const unit = later >= 2 * DAY_MS ? "days" : later >= HOUR_MS ? "hours" : later >= MINUTE_MS ? "minutes" : "";
  const size = { days: DAY_MS, hours: HOUR_MS, minutes: MINUTE_MS, "": Infinity }[unit];
  return { key, at, zone: fields.zone, by, unit, count: unit ? Math.floor(later / size) : 0 };
}
