/** What a typed form becomes, and that no impossible thing becomes a note. */

import { describe, expect, test } from "vitest";
import { noteOf, readNote } from "../../../web/pocket/pages/draft_note";
import { around } from "../../../web/pocket/pages/surroundings";
import { clean, contentOf } from "../../../web/pocket/pages/typed";
import { CENTER, GOAL, id, JM, NOW, PRISON, phone } from "./phone";

const WHOLE = {
  form_ref: "one_on_one@1",
  person: JM,
  place: `site:${CENTER}`,
  day: "2026-11-21",
  end: "10:40",
  minutes: "exact",
  start: "09:48",
  support: ["instrumental", "emotional"],
  goals: [GOAL, id("bad")],
  kind: "one_on_one",
  said: "“I called.”",
  did: "Called together",
  went: "",
  next: "Pay slips",
  next_on: "2026-11-28",
};

async function read(more: Record<string, string | readonly string[]> = {}) {
  const form = new URLSearchParams(
    Object.entries({ ...WHOLE, ...more }).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
  );
  const content = contentOf(form);
  return readNote(content, await around(phone().context, content["person"]?.[0] ?? ""));
}

async function errors(more: Record<string, string | readonly string[]>) {
  const { fields, errors } = await read(more);
  expect(fields).toBeNull();
  return errors.map(({ field, key }) => `${field} ${key.replace("form.error.", "")}`);
}

test("a whole form becomes a whole note", async () => {
  const { fields } = await read();
  expect(fields).toEqual({
    participant: JM,
    contact_kind: "one_on_one",
    form: "one_on_one@1",
    started_at: Date.UTC(2026, 10, 21, 14, 48),
    ended_at: Date.UTC(2026, 10, 21, 15, 40),
    zone: "America/New_York",
    setting: "drop_in_center",
    mode: "in_person",
    site: CENTER,
    support: ["emotional", "instrumental"],
    goals: [GOAL],
    answers: { said: "“I called.”", did: "Called together", next: "Pay slips", next_on: "2026-11-28" },
  });
});

test("a length counts back from the end", async () => {
  const { fields } = await read({ minutes: "45", start: "" });
  expect((fields?.ended_at ?? 0) - (fields?.started_at ?? 0)).toBe(45 * 60_000);
});

test.each([
  ["mode:phone", { setting: "phone_video", mode: "phone" }],
  ["mode:letter", { setting: "phone_video", mode: "letter" }],
  ["setting:home", { setting: "home", mode: "in_person" }],
  [`site:${PRISON}`, { setting: "prison", mode: "in_person", site: PRISON }],
])("%s is a place", async (place, expected) => {
  expect((await read({ place: "other", place_other: place })).fields).toMatchObject(expected);
});

test("a night goes over midnight; a slip of the clock does not", async () => {
  const { fields } = await read({ day: "2026-11-20", start: "22:10", end: "01:30" });
  expect((fields?.ended_at ?? 0) - (fields?.started_at ?? 0)).toBe(200 * 60_000);
  expect(await errors({ day: "2026-11-20", start: "10:00", end: "09:00" })).toEqual(["end end_before_start"]);
});

describe("what no record could hold is told, at its field", () => {
  test.each([
    ["no person", { person: "" }, ["person person"]],
    ["somebody else's person", { person: id("99") }, ["person person"]],
    ["no place", { place: "" }, ["place place"]],
    ["a place that is none", { place: "setting:moon" }, ["place place"]],
    ["a site that is none", { place: `site:${id("99")}` }, ["place place"]],
    ["no day", { day: "" }, ["day day"]],
    ["no such day", { day: "other", day_other: "2026-02-30" }, ["day day"]],
    ["no end", { end: "" }, ["end end"]],
    ["no start", { start: "" }, ["start start"]],
    ["no length", { minutes: "" }, ["minutes minutes"]],
    ["zero hours", { start: "10:40" }, ["end end_before_start"]],
    ["the future", { start: "10:55", end: "11:30" }, ["start future"]],
    ["tomorrow", { day: "2026-11-22" }, ["start future"]],
    ["a thousand minutes", { minutes: "1000" }, ["end too_many_hours"]],
    ["20 hours", { day: "2026-11-19", minutes: "1200" }, ["end too_many_hours"]],
    ["a day to look in again that is none", { next_on: "other", next_on_other: "2027-02-29" }, ["next_on next_on"]],
    ["a choice that is none", { next_owner: "nobody" }, ["next_owner choice"]],
    ["a short text that is long", { present: "x".repeat(401) }, ["present too_long"]],
    ["300 kB of text", { did: "ä".repeat(150_000) }, ["did too_long"]],
  ])("%s", async (_about, more, expected) => {
    expect(await errors(more)).toEqual(expected);
  });

  test("four texts that are each within their limit but too long together", async () => {
    const long = "😀".repeat(19_000);
    expect(await errors({ said: long, did: long, went: long, next: long })).toEqual(["did note_too_long"]);
  });
});

test("emoji count as one character, and right-to-left text stays as typed", async () => {
  const { fields } = await read({ present: "😀".repeat(400), did: "שלום مرحبا 👩‍👩‍👧" });
  expect(fields?.answers?.["did"]).toBe("שלום مرحبا 👩‍👩‍👧");
});

test("typed text loses control characters and lone surrogates only", () => {
  expect(clean("a\u0000b\u0007c\r\nd\re\tf\u2028g\ud800h\u009f")).toBe("abc\nd\ne\tf\u2028g\ufffdh");
  expect(clean("👍🏽 é ﷽")).toBe("👍🏽 é ﷽");
});

test("a field named like what every object has is only a field", () => {
  const content = contentOf(new URLSearchParams("__proto__=x&constructor=y&did=z"));
  expect(content["did"]).toEqual(["z"]);
  expect(readNote(content, { participant: null, sites: [], organisation: null, now: NOW }).fields).toBeNull();
});

test("a draft becomes the same note however often it is signed, and never its own id", () => {
  for (const end of "0123456789abcdef") {
    const draft = id("").slice(0, -1) + end;
    expect(noteOf(draft)).not.toBe(draft);
    expect(noteOf(noteOf(draft))).toBe(draft);
  }
});
