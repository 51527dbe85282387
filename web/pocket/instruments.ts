/**
 * What answers to an instrument add up to; the twin of sync/instruments.py, under tests/vectors/instruments.json.
 *
 * An answer outside the scale, or to no question of it, counts as skipped.
 */

import type { InstrumentFields } from "./generated/schema";

/** The score, or null where more was skipped than the instrument allows. */
export function score(instrument: InstrumentFields, answers: Readonly<Record<string, number>>): number | null {
  const { items, scale, scoring } = instrument;
  const counted = items.flatMap(({ key, is_reversed }) => {
    const value = Object.hasOwn(answers, key) ? answers[key] : undefined;
    if (value === undefined || value < scale.least || value > scale.most) return [];
    return is_reversed ? scale.least + scale.most - value : value;
  });
  if (counted.length === 0 || items.length - counted.length > (scoring.missing_allowed ?? 0)) return null;
  const total = counted.reduce((sum, value) => sum + value, 0) * items.length;
  return Math.floor((2 * total + counted.length) / (2 * counted.length)) * (scoring.factor ?? 1);
}

/** Lowest and highest score there can be. */
export function span({ items, scale, scoring }: InstrumentFields): readonly [number, number] {
  const count = items.length * (scoring.factor ?? 1);
  return [scale.least * count, scale.most * count];
}
