/** Scores and steps: the same cases as the office. */

import { expect, test } from "vitest";
import type { InstrumentFields } from "../../web/pocket/generated/schema";
import { score } from "../../web/pocket/instruments";
import { isWaiting, newestStep } from "../../web/pocket/referral_steps";
import instruments from "../vectors/instruments.json";
import referrals from "../vectors/referral_steps.json";

test.each(instruments.cases)("$name", ({ items, least, most, factor, missing, reversed, answers, score: expected }) => {
  const word = { en: "x" };
  const instrument: InstrumentFields = {
    key: "test",
    version: 1,
    name: "Test",
    prompt: word,
    items: Array.from({ length: items }, (_, at) => ({
      key: `q${at}`,
      text: word,
      is_reversed: (reversed as number[]).includes(at),
    })),
    scale: { least, most, low: word, high: word },
    scoring: { method: "sum", higher_is: "better", factor, missing_allowed: missing },
    citation: "x",
    licence: "x",
  };
  const given = Object.fromEntries(
    answers.flatMap((value, at) => (value === null ? [] : [[`q${at}`, value] as const])),
  );
  expect(score(instrument, given)).toBe(expected);
});

test.each(referrals.cases)("$steps", ({ steps, newest, waits }) => {
  const step = newestStep(steps);
  expect(step && [step.day, step.status]).toEqual(newest);
  expect(isWaiting(steps)).toBe(waits);
});
