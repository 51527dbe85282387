/**
 * Random histories of a phone in trouble. A failing one prints its seed and path; `STORM_SEED=... STORM_PATH=...` plays it
 * again, `STORM_RUNS=1000` plays more.
 */

import fc from "fast-check";
import { test } from "vitest";
import type { Trouble } from "../support/office";
import { BUCKET } from "../support/phone";
import { ELSEWHERE, type Harm, World } from "../support/world";

const { STORM_SEED, STORM_PATH, STORM_RUNS } = process.env;
const DAY_MS = 86_400_000;

const trouble: fc.Arbitrary<Trouble | "none"> = fc.constantFrom(
  "none",
  "none",
  "lose_answer",
  "drop_request",
  "duplicate",
  "late",
  "again",
  "captive",
  "busy",
  "too_large",
);
const troubles = fc.array(trouble, { maxLength: 5 }) as fc.Arbitrary<Trouble[]>;
const harm: fc.Arbitrary<Harm> = fc.record({
  what: fc.constantFrom("nothing", "nothing", "kill_before", "kill_after", "quota", "lost"),
  at: fc.integer({ min: 1, max: 7 }),
});
const CALM: Harm = { what: "nothing", at: 0 };
const calm: fc.Arbitrary<Harm> = fc.constant(CALM);

type Step = (world: World) => Promise<unknown> | unknown;
const named = (name: string, step: Step): { name: string; step: Step } => ({ name, step });

const write = fc
  .tuple(fc.constantFrom("note", "words", "signed") as fc.Arbitrary<"note" | "words" | "signed">, fc.nat(5), harm)
  .map(([kind, pick, by]) => named(`write ${kind} ${pick} ${by.what} ${by.at}`, (w) => w.write(kind, pick, by)));
const exchanged = fc
  .tuple(troubles, fc.oneof(calm, harm), fc.boolean())
  .map(([met, by, isTwice]) =>
    named(`exchange [${met}] ${by.what} ${by.at} ${isTwice}`, (w) => w.exchange(met, by, isTwice)),
  );
const others = fc
  .tuple(fc.constantFrom("put", "put", "take") as fc.Arbitrary<"put" | "take">, fc.nat(11))
  .map(([what, pick]) => named(`others ${what} ${pick}`, (w) => w.others(what, pick)));
const office = fc.constantFrom(
  named("backup", (w) => w.backup()),
  named("restore", (w) => w.restore()),
  named("drop", (w) => {
    w.office.dropped = [ELSEWHERE];
  }),
  named("grant", (w) => {
    w.office.dropped = [];
  }),
  named("sweep", (w) => w.sweep(BUCKET)),
  named("small batches", (w) => {
    w.office.batch = 2;
  }),
);
/** All that is here is in a backup, and has left the phone. */
const safe = fc.constant(
  named("safe", async (w) => {
    await w.exchange([], CALM, false);
    w.backup();
    await w.exchange([], CALM, false);
  }),
);
/** What came after the backup is lost at the office, and the phone hears of it under trouble. */
const disaster = fc.tuple(troubles, harm).map(([met, by]) =>
  named(`disaster [${met}] ${by.what} ${by.at}`, async (w) => {
    await w.write("words", 0, CALM);
    await w.write("note", 0, CALM);
    await w.exchange([], CALM, false);
    w.restore();
    await w.exchange(met, by, false);
  }),
);
const phone = fc.constantFrom(
  named("restart", (w) => w.restart()),
  named("draft", (w) => w.draft()),
  named("a day", (w) => {
    w.wall += DAY_MS;
  }),
  named("clock back", (w) => {
    w.wall -= 3 * DAY_MS;
  }),
);
const history = fc.array(fc.oneof(write, write, exchanged, exchanged, others, office, phone, safe, disaster), {
  minLength: 4,
  maxLength: 16,
});

test("whatever happens between a phone and its office, nothing is lost and nothing is claimed that is not so", async () => {
  const runs = Number(STORM_RUNS ?? 40);
  await fc.assert(
    fc.asyncProperty(history, fc.option(troubles), async (steps, revocation) => {
      const world = await World.begin();
      const told: string[] = [];
      try {
        for (const { name, step } of steps) {
          told.push(name);
          await step(world);
          await world.check();
        }
        told.push("settle");
        await world.settle();
        if (!revocation) return;
        told.push(`revoke [${revocation}]`);
        await world.write("note", 0, CALM);
        await world.revoke(revocation.filter((one) => one !== "again"));
      } catch (error) {
        throw new Error(`${error}\n${told.join("\n")}\n${(error as Error).stack}`);
      }
    }),
    {
      numRuns: runs,
      ...(STORM_SEED && { seed: Number(STORM_SEED) }),
      ...(STORM_PATH && { path: STORM_PATH }),
    },
  );
}, 600_000);
