/** Own time: what no person shared, in the specialist's own bucket, taken away again as easily. */

import { beforeEach, expect, test } from "vitest";
import { id, type Phone, phone, text } from "./phone";

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);
const form = (more: Record<string, string> = {}) => ({
  entry: id("9d0"),
  activity: "supervision",
  day: "2026-11-21",
  minutes: "60",
  end: "10:30",
  words: "Weekly hour",
  ...more,
});
const times = () => [...hand.memory.others.values()].filter(({ type }) => type === "work_time");

test("an hour of supervision stands in the week, with no person in it", async () => {
  expect(await hand.post("/app/own-time", form())).toEqual({ redirect: "/app/own-time" });
  const [kept] = times();
  expect(kept?.bucket).toMatch(/^me:/);
  expect(kept?.fields).toEqual({
    form: "own_time@1",
    activity: "supervision",
    started_at: Date.UTC(2026, 10, 21, 14, 30),
    ended_at: Date.UTC(2026, 10, 21, 15, 30),
    zone: "America/New_York",
    words: "Weekly hour",
  });
  const html = await page(hand.get("/app/own-time"));
  expect(html).toContain("Supervision, 1 h");
  expect(html).toContain("On this phone");
});

test("posted twice it is one entry", async () => {
  await hand.post("/app/own-time", form());
  await hand.post("/app/own-time", form());
  expect(times()).toHaveLength(1);
});

test("what is missing is told, what was typed stays", async () => {
  const html = await page(hand.post("/app/own-time", form({ activity: "", end: "25:00", words: "x".repeat(401) })));
  expect(html).toContain("Choose one of these");
  expect(html).toContain("Enter the time it ended");
  expect(html).toContain("Use 400 characters or fewer");
  expect(html).toContain("x".repeat(401));
  expect(times()).toEqual([]);
});

test("an empty body keeps nothing", async () => {
  expect(await page(hand.post("/app/own-time", {}))).toContain("did not arrive whole");
  expect(times()).toEqual([]);
});

test("a phone that cannot keep it says so", async () => {
  hand.memory.refusal = "quota";
  expect(await page(hand.post("/app/own-time", form()))).toContain("Weekly hour");
  expect(times()).toEqual([]);
});

test("an entry is taken away", async () => {
  await hand.post("/app/own-time", form());
  await hand.post(`/app/own-time/${id("9d0")}/remove`, {});
  expect(times()).toEqual([]);
});
