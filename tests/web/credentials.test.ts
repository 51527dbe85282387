import { expect, test } from "vitest";
import { reminder } from "../../web/pocket/credentials";
import vectors from "../vectors/credentials.json";

test.each(vectors.cases)("reminders come when the organisation says: %j", (endsOn, today, days, expected) => {
  const come = reminder(endsOn as string, today as string, days as number[]);
  expect(come && [come.stage, come.left]).toEqual(expected);
});
