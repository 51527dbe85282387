/** Today: what came back first, then whom to look in on, what is unfinished, and what is done. */

import { beforeEach, expect, test } from "vitest";
import { refused } from "./memory";
import { CENTER, DR, id, JM, learnSpanish, NOW, note, type Phone, phone, text } from "./phone";

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);
const HOUR = 3_600_000;

test("an empty phone says what comes next", async () => {
  hand.memory.people.clear();
  const html = await page(hand.get("/app/"));
  expect(html).toContain("Nobody here yet");
  expect(html).toContain('href="/app/people/new"');
});

test("returned work stands above everything else", async () => {
  hand.memory.back.push(refused(id("77"), id("e1"), "OUT_OF_SCOPE", "resubmit", {}, NOW - HOUR));
  hand.memory.back.push(refused(id("78"), id("e1"), "BUNDLE_FAILED", null, undefined, NOW - HOUR, "sign"));
  const html = await page(hand.get("/app/"));
  expect(html.indexOf("1 note came back")).toBeGreaterThan(0);
  expect(html.indexOf("1 note came back")).toBeLessThan(html.indexOf("Follow up"));
});

test("a planned day brings somebody back, and one touch begins the note", async () => {
  const html = await page(hand.get("/app/"));
  expect(html).toContain("Planned for yesterday");
  expect(html).toContain(`href="/app/notes/new?person=${DR}"`);
});

test("an unfinished note names what is still open", async () => {
  await hand.memory.saveDraft({
    id: id("b1"),
    form: "one_on_one@1",
    content: {
      form_ref: ["one_on_one@1"],
      person: [JM],
      place: [`site:${CENTER}`],
      day: ["2026-11-21"],
      end: ["10:30"],
      minutes: ["15"],
      did: ["Talked"],
    },
    startedAt: NOW,
    updatedAt: NOW,
  });
  const html = await page(hand.get("/app/"));
  expect(html).toContain("J. M., 15 min");
  expect(html).toContain("Still open: kind of support, goals, how it went, what&#39;s next");
});

test("what is done this week carries the truth about where it is", async () => {
  hand.memory.addNote(id("d1"), note(JM, NOW - 2 * HOUR));
  hand.memory.addNote(id("d2"), note(JM, NOW - 3 * HOUR), { at: "received", code: "7K3F", when: NOW - HOUR });
  hand.memory.addNote(id("d3"), note(JM, NOW - 30 * HOUR), { at: "came_back", code: "7K3G", when: NOW - HOUR });
  hand.memory.addNote(id("d4"), note(JM, NOW - 31 * HOUR), { at: "supervisor", when: NOW - HOUR });
  hand.memory.addNote(id("d5"), note(JM, NOW - 32 * HOUR), { at: "sent", since: NOW - HOUR });
  hand.memory.addNote(id("d6"), note(JM, NOW - 7 * 24 * HOUR));
  hand.memory.addNote(id("d7"), note(JM, NOW - HOUR), undefined, { author: id("ee") });
  const html = await page(hand.get("/app/"));
  expect(html).toContain("5 notes");
  for (const words of ["On this phone", "Received 9:41 am", "Came back", "With your supervisor", "Being sent"])
    expect(html).toContain(words);
});

test("the strip counts notes that are only here, with the age of the oldest", async () => {
  hand = phone({ unsent: 6, unsentNotes: 3, oldestUnsent: NOW - 2 * HOUR });
  const html = await page(hand.get("/app/"));
  expect(html).toMatch(/3 \w+ only on this phone/);
  expect(html).toContain("Oldest: 2 h.");
});

test.each(["ok", "offline", "captive", "server", "busy", "too_large", "revoked", "clock", "storage"])(
  "the state %s has words here, and on the sync page says what is safe",
  async (exchange) => {
    await learnSpanish();
    for (const lang of ["en", "es"] as const) {
      hand = phone({ exchange, unsent: 1, unsentNotes: 1, oldestUnsent: NOW - HOUR }, lang);
      expect(await page(hand.get("/app/"))).toContain('href="/app/sync"');
      expect(await page(hand.get("/app/sync"))).toMatch(/safe|kept|salvo|guard|protegid/);
    }
  },
);

test.each([
  [{ isStorageProtected: true }, "Protected"],
  [{ isStorageProtected: false }, "Not protected"],
  [{ isStorageProtected: null, usedBytes: null, lastExchange: null, clockOffset: null }, "Not yet"],
  [{ clockOffset: 10 * 365 * 24 * HOUR }, "ahead"],
  [{ clockOffset: -HOUR }, "1 h behind"],
  [{ deviceState: "revoked" as const }, "This phone was switched off"],
  [{ isUpdateWaiting: true }, "A newer one is ready."],
])("the sync page tells %j", async (status, words) => {
  hand = phone(status);
  expect(await page(hand.get("/app/sync"))).toContain(words);
});

test("the tab of Today counts what came back on every screen, in words too; without any it says nothing", async () => {
  const waiting = phone({ cameBack: 2 });
  for (const path of ["/app/", "/app/people", "/app/settings", "/app/capture"]) {
    const html = text(await waiting.get(path), waiting.context);
    expect(html).toMatch(
      /<a class="tab "[^>]* href="\/app\/"[\s\S]*?aria-hidden="true">2<\/span>[\s\S]*?2 pieces of work came back/,
    );
    expect(text(await hand.get(path), hand.context)).not.toContain("came back</span>");
  }
  await learnSpanish();
  const es = phone({ cameBack: 1 }, "es");
  expect(text(await es.get("/app/"), es.context)).toContain("1 trabajo regresó");
});
