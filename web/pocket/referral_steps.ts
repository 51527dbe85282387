/** Steps of a referral, `<day it happened> <status> <ms when it was written>`; the twin of sync/records/referral.py. */

export const STATUSES = [
  "offered",
  "accepted",
  "declined",
  "contacted",
  "appointment",
  "attended",
  "did_not_attend",
  "closed",
] as const;
export type Status = (typeof STATUSES)[number];

const ENDED: readonly string[] = ["declined", "attended", "closed"];

export interface Step {
  readonly day: string;
  readonly status: string;
  readonly at: string;
}

/** In the order they were written. */
export function stepsOf(written: readonly string[]): Step[] {
  return written
    .map((text) => {
      const [day = "", status = "", at = ""] = text.split(" ");
      return { day, status, at };
    })
    .sort((a, b) => compare(a.at, b.at) || compare(a.day, b.day) || compare(a.status, b.status));
}

export const newestStep = (written: readonly string[]): Step | null => stepsOf(written).at(-1) ?? null;

export const isWaiting = (written: readonly string[]): boolean => !ENDED.includes(newestStep(written)?.status ?? "");

export const stepText = (day: string, status: Status, at: number): string =>
  `${day} ${status} ${String(at).padStart(13, "0")}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
