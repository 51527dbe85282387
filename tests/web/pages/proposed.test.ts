/** Contacts that an event proposes: which days, what answers them, what a person may say to one. */

import { beforeEach, describe, expect, test } from "vitest";
import { schedules } from "../../../web/pocket/generated/schedules";
import type { NoteFields, ProposalFields } from "../../../web/pocket/generated/schema";
import { type Proposed, proposals } from "../../../web/pocket/pages/proposals";
import { DR, id, JM, NOW, note, type Phone, phone, text } from "./phone";

const DAY = 86_400_000;
const body = { author: id("aa"), state: "signed", captured: 0, received: 0, created: 0 } as const;
const told = (fields: NoteFields) => ({ fields, body });
const inside = (release: string, at = NOW - 40 * DAY) =>
  told(note(JM, at, { contact_kind: "in_reach", form: "in_reach@1", answers: { release_on: release } }));
const bedside = (at: number) => told(note(JM, at, { contact_kind: "hospital_ed", form: "hospital_ed@1", answers: {} }));
const days = (found: readonly Proposed[]) => found.map(({ schedule, day, dueOn }) => `${schedule} ${day} ${dueOn}`);
const on = (today: string, notes: Parameters<typeof proposals>[0], words: ProposalFields[] = []) =>
  days(proposals(notes, words, schedules, today));

describe("release from prison", () => {
  test.each([
    ["2026-11-19", []],
    ["2026-11-20", ["release 0 2026-11-20"]],
    ["2026-11-21", ["release 1 2026-11-21"]],
    ["2026-11-22", ["release 1 2026-11-21"]],
    ["2026-11-23", ["release 3 2026-11-23"]],
    ["2026-11-27", ["release 7 2026-11-27"]],
    ["2026-12-04", ["release 14 2026-12-04"]],
    ["2026-12-14", ["release 14 2026-12-04"]],
    ["2026-12-15", []],
  ])("on %s", (today, expected) => {
    expect(on(today, [inside("2026-11-20")])).toEqual(expected);
  });

  test("a contact on the day or after it answers; an attempt does not", () => {
    const met = told(note(JM, Date.UTC(2026, 10, 23, 20)));
    expect(on("2026-11-24", [inside("2026-11-20"), met])).toEqual([]);
    expect(on("2026-11-27", [inside("2026-11-20"), met])).toEqual(["release 7 2026-11-27"]);
    const tried = told(note(JM, Date.UTC(2026, 10, 23, 20), { contact_kind: "attempt_no_show" }));
    expect(on("2026-11-24", [inside("2026-11-20"), tried])).toEqual(["release 3 2026-11-23"]);
  });

  test("the newest word about the day counts, and a note that names none changes nothing", () => {
    const moved = inside("2026-11-22", NOW - 5 * DAY);
    expect(on("2026-11-21", [inside("2026-11-20"), moved])).toEqual([]);
    expect(on("2026-11-22", [inside("2026-11-20"), moved, inside("", NOW - 4 * DAY)])).toEqual([
      "release 0 2026-11-22",
    ]);
  });

  test("somebody met at the gate tells of it as well", () => {
    const outside = { contact_kind: "reentry", form: "reentry@1", answers: { released_on: "2026-11-20" } } as const;
    const home = told(note(JM, Date.UTC(2026, 10, 20, 15), outside));
    expect(on("2026-11-20", [home])).toEqual([]);
    expect(on("2026-11-21", [home])).toEqual(["release 1 2026-11-21"]);
  });

  test("a voided note tells of nothing", () => {
    const gone = { ...inside("2026-11-20"), body: { ...body, state: "void" as const } };
    expect(on("2026-11-21", [gone])).toEqual([]);
  });
});

test("an emergency visit: day 30, 60, 90 after the contact itself", () => {
  const seen = bedside(Date.UTC(2026, 8, 1, 16));
  expect(on("2026-09-30", [seen])).toEqual([]);
  expect(on("2026-10-01", [seen])).toEqual(["emergency_visit 30 2026-10-01"]);
  expect(on("2026-10-31", [seen])).toEqual(["emergency_visit 60 2026-10-31"]);
  expect(on("2026-12-14", [seen])).toEqual(["emergency_visit 90 2026-11-30"]);
  expect(on("2026-12-15", [seen])).toEqual([]);
});

describe("a person's word", () => {
  const about = { participant: JM, schedule: "release", event_on: "2026-11-20", day: 1 };
  test.each([
    [{ ...about, status: "done" as const }, []],
    [{ ...about, status: "dismissed" as const }, []],
    [{ ...about, status: "moved" as const, on: "2026-11-23" }, []],
    [{ ...about, status: "moved" as const, on: "2026-11-22" }, ["release 1 2026-11-22"]],
    [{ ...about, status: "done" as const, day: 0 }, ["release 1 2026-11-21"]],
    [{ ...about, status: "done" as const, participant: DR }, ["release 1 2026-11-21"]],
  ])("%o", (word, expected) => {
    expect(on("2026-11-22", [inside("2026-11-20")], [word])).toEqual(expected);
  });
});

describe("on Today", () => {
  let hand: Phone;
  beforeEach(() => {
    hand = phone();
    hand.memory.addNote(id("e9"), inside("2026-11-20", NOW - 20 * DAY).fields);
  });
  const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);
  const what = "release 2026-11-20 1";

  test("it is asked for by itself, and one touch begins the note", async () => {
    expect(await page(hand.get("/app/"))).toContain('hx-get="/app/proposed"');
    const html = await page(hand.get("/app/proposed"));
    expect(html).toContain("Day 1 after release");
    expect(html).toContain(`href="/app/notes/new?person=${JM}"`);
  });

  test("moved to tomorrow it is gone today and back tomorrow", async () => {
    await hand.post(`/app/proposed/${JM}`, { what, then: "tomorrow" });
    expect(await page(hand.get("/app/proposed"))).not.toContain("J. M.");
    hand.now = NOW + DAY;
    expect(await page(hand.get("/app/proposed"))).toContain("Day 1 after release");
  });

  test.each(["done", "dismissed"])("%s, it is gone, and the word is kept with the person", async (then) => {
    await hand.post(`/app/proposed/${JM}`, { what, then });
    expect(await page(hand.get("/app/proposed"))).not.toContain("J. M.");
    const [word] = [...hand.memory.others.values()];
    expect([word?.bucket, word?.fields["status"]]).toEqual([`p:${JM}`, then]);
  });

  test("a day that is no day to come is refused", async () => {
    for (const day of ["", "2026-11-21", "2026-02-31"]) {
      const html = await page(hand.post(`/app/proposed/${JM}`, { what, then: "on", on: day }));
      expect(html).toContain("Choose a day after today");
    }
    expect(hand.memory.others.size).toBe(0);
  });

  test("a stale or made-up proposal changes nothing", async () => {
    await hand.post(`/app/proposed/${JM}`, { what: "release 2026-11-20 7", then: "done" });
    await hand.post(`/app/proposed/${JM}`, { what: "nonsense", then: "done" });
    expect(hand.memory.others.size).toBe(0);
  });

  test("nobody is proposed whose record is closed", async () => {
    hand.memory.addPerson(JM, { name: "J. M.", status: "closed" });
    expect(await page(hand.get("/app/proposed"))).not.toContain("J. M.");
  });
});
