/** Check-ins over time: each measure's newest value, its change since the time before, and a line. Never a grade. */

import type { CheckinFields } from "../generated/schema";
import type { Measure } from "./checkin_questions";
import type { Seen } from "./page";

const WIDTH = 320;
const HEIGHT = 96;
const EDGE = 10;
const POINTS_LIMIT = 12;

export interface Point {
  readonly at: number;
  readonly value: number;
}

/** Oldest first. */
function pointsOf(checkins: readonly Seen<CheckinFields>[], measure: Measure): Point[] {
  const points = checkins.flatMap(({ fields }) => {
    const value = measure.value(fields);
    return value === null ? [] : { at: fields.taken_at, value };
  });
  return points.sort((a, b) => a.at - b.at);
}

/** "more", "less", "same", or "first" where there is nothing to compare with; `by` is never negative. */
export function change(points: readonly Point[]): Record<string, unknown> {
  const [now, before] = [points.at(-1), points.at(-2)];
  if (!now || !before) return { change: "first", by: 0, since: null };
  const by = now.value - before.value;
  return { change: by > 0 ? "more" : by < 0 ? "less" : "same", by: Math.abs(by), since: before.at };
}

/** One measure as lists show it; null where nobody has answered it yet. */
export function measureView(
  checkins: readonly Seen<CheckinFields>[],
  measure: Measure,
): Record<string, unknown> | null {
  const points = pointsOf(checkins, measure).slice(-POINTS_LIMIT);
  const last = points.at(-1);
  if (!last) return null;
  return {
    title: measure.title,
    value: last.value,
    most: measure.most,
    direction: measure.isMoreBetter ? "better" : "worse",
    ...change(points),
    rows: [...points].reverse(),
    chart: points.length > 1 ? chart(points, measure) : null,
  };
}

/** A line in whole units of its view box; time runs evenly, check-in by check-in. */
function chart(points: readonly Point[], { least, most }: Measure): Record<string, unknown> {
  const step = (WIDTH - 2 * EDGE) / (points.length - 1);
  const dots = points.map(({ value }, at) => ({
    x: Math.round(EDGE + at * step),
    y: Math.round(HEIGHT - EDGE - ((value - least) * (HEIGHT - 2 * EDGE)) / (most - least)),
  }));
  return {
    width: WIDTH,
    height: HEIGHT,
    top: EDGE,
    bottom: HEIGHT - EDGE,
    line: dots.map(({ x, y }) => `${x},${y}`).join(" "),
    dots,
  };
}
