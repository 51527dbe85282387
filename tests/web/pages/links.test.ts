/** The directory, referrals and check-ins on the phone: found, referred, followed up, handed over, kept. */

import { beforeEach, expect, test } from "vitest";
import type { ReferralFields, ResourceFields } from "../../../web/pocket/generated/schema";
import { DR, id, JM, NOW, type Phone, phone, text } from "./phone";

const PANTRY = id("e1");
const SHELTER = id("e2");
const TODAY = "2026-11-21";

let hand: Phone;
beforeEach(() => {
  hand = phone();
  resource(PANTRY, { name: "Despensa San José", kinds: ["food"], address: "12 Elm Street", phone: "+1 312 555 0140" });
  resource(SHELTER, { name: "Harbor Night Shelter", kinds: ["housing", "crisis"], languages: ["en", "es"] });
});

function other(doc: string, type: string, bucket: string, fields: object) {
  const body = { author: "x", state: "open" as const, captured: NOW, received: NOW, created: 3 };
  const standing = { at: "received", code: "0003", when: NOW } as const;
  hand.memory.others.set(doc, { doc, type, bucket, seq: 3, fields: { ...fields }, body, standing });
}
const resource = (doc: string, fields: ResourceFields) => other(doc, "resource", "directory", fields);

const names = async (form: Record<string, string>): Promise<string[]> => {
  const answer = await hand.post("/app/directory", form);
  return "view" in answer ? (answer.view["entries"] as { name: string }[]).map(({ name }) => name) : [];
};
const page = async (answer: ReturnType<Phone["get"]>) => text(await answer, hand.context);
const referral = (doc: string) => hand.memory.one<ReferralFields>(doc, "referral");

async function refer(more: Record<string, string> = {}): Promise<string> {
  const answer = await hand.post("/app/referrals/new", {
    referral_id: id("50"),
    person: JM,
    need: "A warm bed",
    resource: SHELTER,
    status: "accepted",
    is_warm: "yes",
    follow_up: TODAY,
    follow_up_date: "",
    ...more,
  });
  return "redirect" in answer ? answer.redirect : text(answer, hand.context);
}

test.each([
  [{ q: "" }, ["Despensa San José", "Harbor Night Shelter"]],
  [{ q: "san jose" }, ["Despensa San José"]],
  [{ q: "ELM despensa" }, ["Despensa San José"]],
  [{ q: "food" }, ["Despensa San José"]],
  [{ q: "spanish" }, ["Harbor Night Shelter"]],
  [{ q: "", kind: "crisis" }, ["Harbor Night Shelter"]],
  [{ q: "despensa", kind: "crisis" }, []],
  [{ q: "", kind: "no such kind" }, ["Despensa San José", "Harbor Night Shelter"]],
])("looking for %j finds %j", async (form, found) => {
  expect(await names(form)).toEqual(found);
});

test("a place that has closed is not found any more, but can still be read", async () => {
  resource(PANTRY, { name: "Despensa San José", kinds: ["food"], is_open: false });
  expect(await names({ q: "" })).toEqual(["Harbor Night Shelter"]);
  const html = await page(hand.get(`/app/directory/${PANTRY}`));
  expect(html).toContain("This place has closed");
  expect(html).not.toContain("/app/referrals/new");
});

test("five thousand places are looked through, thirty are shown, and how many more is said", async () => {
  for (let at = 0; at < 5000; at++)
    resource(id(`${100_000 + at}`), { name: `Place ${at}`, kinds: ["other"], address: `${at} Oak Street` });
  const answer = await hand.post("/app/directory", { q: "oak" });
  expect("view" in answer && answer.view).toMatchObject({ count: 5000, more: 4970 });
  expect(await names({ q: "oak 4321" })).toEqual(["Place 4321"]);
});

test("the empty page does not wait for the directory; it asks when it stands", async () => {
  const html = await page(hand.get(`/app/directory?person=${JM}`));
  expect(html).toContain("Opening the directory");
  expect(html).toContain("delay:150ms, load");
  expect(html).toContain("J. M.");
});

test("a place is called, and a person referred to it", async () => {
  const html = await page(hand.get(`/app/directory/${PANTRY}?person=${JM}`));
  expect(html).toContain('href="tel:+13125550140"');
  expect(html).toContain(`/app/referrals/new?resource=${PANTRY}&amp;person=${JM}`);
});

test("a referral keeps need, place, hand-over, the first step and the day to ask", async () => {
  expect(await refer()).toBe(`/app/referrals/${id("50")}`);
  expect(hand.memory.bundles.flat()).toEqual([
    {
      kind: "create",
      type: "referral",
      doc: id("50"),
      bucket: `p:${JM}`,
      set: {
        participant: JM,
        need: "A warm bed",
        place: "Harbor Night Shelter",
        resource: SHELTER,
        is_warm: true,
        follow_up_on: TODAY,
        steps: [`${TODAY} accepted ${NOW}`],
      },
    },
  ]);
});

test("referring twice refers once", async () => {
  await refer();
  expect(await refer()).toBe(`/app/referrals/${id("50")}`);
  expect(hand.memory.bundles).toHaveLength(1);
});

test.each([
  ["nobody", { person: "" }, "Choose who it is for"],
  ["somebody who is not here", { person: id("99") }, "Choose who it is for"],
  ["no need", { need: " " }, "Say what is needed"],
  ["a need of 401 characters", { need: "x".repeat(401) }, "Use 400 characters or fewer"],
  ["30 February", { follow_up: "other", follow_up_date: "2026-02-30" }, "Choose a day of the calendar"],
])("%s is told, and what was typed stays", async (_about, more, words) => {
  const html = await refer({ resource: "", place: "The <old> mill", ...more });
  expect(html).toContain(words);
  expect(html).toContain('value="The &lt;old&gt; mill"');
  expect(hand.memory.bundles).toHaveLength(0);
});

test("a phone that is full keeps the form on the screen", async () => {
  hand.memory.refusal = "quota";
  expect(await refer({ need: "A ride" })).toContain('value="A ride"');
});

test("a body without its fields refers nobody", async () => {
  expect(await hand.post("/app/referrals/new", {})).toMatchObject({ status: 422 });
  expect(await hand.post("/app/referrals/new", { referral_id: "../x", need: "y" })).toMatchObject({ status: 422 });
});

test("a due follow-up stands on Today until the person got there", async () => {
  await refer();
  expect(await page(hand.get("/app/"))).toContain("J. M.: A warm bed");
  const step = { status: "attended", day: TODAY, day_date: "", follow_up_on: TODAY };
  hand.now += 60_000;
  await hand.post(`/app/referrals/${id("50")}`, step);
  expect(await page(hand.get("/app/"))).not.toContain("A warm bed");
  expect(await page(hand.get("/app/referrals"))).toContain("No referral is waiting");
  expect(await page(hand.get(`/app/people/${JM}/referrals`))).toContain("They went");
});

test("steps are added and never taken away; the same step twice is one", async () => {
  await refer();
  hand.now += 60_000;
  const step = { status: "contacted", day: "other", day_date: "2026-11-19", follow_up_on: TODAY };
  await hand.post(`/app/referrals/${id("50")}`, step);
  await hand.post(`/app/referrals/${id("50")}`, step);
  expect((await referral(id("50")))?.fields.steps).toEqual([
    `${TODAY} accepted ${NOW}`,
    `2026-11-19 contacted ${NOW + 60_000}`,
  ]);
  expect(hand.memory.bundles[1]).toEqual([
    {
      kind: "tags",
      type: "referral",
      doc: id("50"),
      bucket: `p:${JM}`,
      add: { steps: [`2026-11-19 contacted ${NOW + 60_000}`] },
    },
  ]);
});

test("a day that is none is refused, and the choice stays", async () => {
  await refer();
  const step = { status: "contacted", day: "other", day_date: "soon", follow_up_on: "2026-13-01" };
  const html = await page(hand.post(`/app/referrals/${id("50")}`, step));
  expect(html.match(/Choose a day of the calendar/g)?.length).toBeGreaterThanOrEqual(2);
  expect(html).toContain('value="contacted" checked');
});

test.each([
  [{}, "In force", ""],
  [{ revoked_on: "2026-11-20" }, "The consent was taken back", "Do not speak with the other side"],
  [{ expires_on: "2026-11-20" }, "The consent has ended", "Do not speak with the other side"],
  [{ expires_on: TODAY }, "In force", ""],
])("a consent %j while the referral waits reads %j", async (end, words, warning) => {
  const consent = id("70");
  other(consent, "consent", `p:${JM}`, { participant: JM, recipient: "Harbor Night Shelter" });
  await refer({ consent });
  expect((await referral(id("50")))?.fields.consent).toBe(consent);
  other(consent, "consent", `p:${JM}`, { participant: JM, recipient: "Harbor Night Shelter", ...end });
  const html = await page(hand.get(`/app/referrals/${id("50")}`));
  expect(html).toContain(words);
  expect(html.includes("Do not speak with the other side")).toBe(warning !== "");
});

test("a consent of somebody else, or one that was taken back, is not used", async () => {
  other(id("70"), "consent", `p:${DR}`, { participant: DR, recipient: "Them" });
  other(id("71"), "consent", `p:${JM}`, { participant: JM, recipient: "Them", revoked_on: "2026-11-01" });
  await refer({ consent: id("70") });
  await refer({ consent: id("71"), referral_id: id("51") });
  expect((await referral(id("50")))?.fields.consent).toBeUndefined();
  expect((await referral(id("51")))?.fields.consent).toBeUndefined();
});

const CHECKIN = { checkin_id: id("60"), q_mood: "7", q_connection: "", q_housing: "0", q_hope: "11", good: "" };

test("a check-in keeps what was touched and nothing else", async () => {
  expect(await hand.post(`/app/people/${JM}/checkins/new`, CHECKIN)).toEqual({ redirect: `/app/checkins/${id("60")}` });
  expect(hand.memory.bundles[0]?.[0]?.set).toEqual({
    participant: JM,
    taken_at: NOW,
    answers: { mood: 7, housing: 0 },
  });
});

test("the person sees it first: change and direction, no grade", async () => {
  await hand.post(`/app/people/${JM}/checkins/new`, CHECKIN);
  hand.now += 7 * 86_400_000;
  const again = { ...CHECKIN, checkin_id: id("61"), q_mood: "4", good: "My  sister called" };
  await hand.post(`/app/people/${JM}/checkins/new`, again);
  const html = await page(hand.get(`/app/checkins/${id("61")}`));
  expect(html).toContain("3 lower than");
  expect(html).toContain("The same as");
  expect(html).toContain("A higher number is better here");
  expect(html).toContain("My  sister called");
  expect(html).toContain("<table");
  for (const word of ["validated", "score", "risk", "severe", "Validated"]) expect(html).not.toContain(word);
  expect(html).not.toContain('class="tab');
  expect(html).not.toContain("J. M.");
});

test("the page that is handed over shows nobody's name and leads to no other person", async () => {
  const html = await page(hand.get(`/app/people/${JM}/checkins/new`));
  expect(html).not.toContain("J. M.");
  expect(html).not.toContain("D. R.");
  expect(html).not.toContain('class="tabs"');
  expect(html).not.toContain('id="strip"');
});

test("everything skipped is told, and nothing is kept", async () => {
  const empty = { checkin_id: id("60"), q_mood: "", q_hope: "", good: " " };
  const html = await page(hand.post(`/app/people/${JM}/checkins/new`, empty));
  expect(html).toContain("Nothing was answered");
  const long = { ...CHECKIN, good: "x".repeat(2001) };
  expect(await page(hand.post(`/app/people/${JM}/checkins/new`, long))).toContain("x".repeat(2001));
  expect(hand.memory.bundles).toHaveLength(0);
});

test("an instrument is asked in its own words and summed by its own rule", async () => {
  const item = (key: string, is_reversed = false) => ({
    key,
    text: { en: `How is ${key}?`, es: `¿Cómo va ${key}?` },
    is_reversed,
  });
  other(id("80"), "instrument", "org", {
    key: "three",
    version: 1,
    name: "Three",
    prompt: { en: "Last week" },
    items: [item("a"), item("b"), item("c", true)],
    scale: { least: 1, most: 5, low: { en: "never" }, high: { en: "always" } },
    scoring: { method: "sum", higher_is: "better" },
    citation: "Nobody, 2026",
    licence: "Invented",
  });
  const form = await page(hand.get(`/app/people/${JM}/checkins/new?instrument=${id("80")}`));
  expect(form).toContain("How is a?");
  expect(form).toContain("Lowest: never. Highest: always.");
  const answers = { checkin_id: id("60"), instrument: id("80"), q_a: "5", q_b: "4", q_c: "2" };
  await hand.post(`/app/people/${JM}/checkins/new`, answers);
  expect(await page(hand.get(`/app/checkins/${id("60")}`))).toContain("13 of 15");
  await hand.post(`/app/people/${JM}/checkins/new`, { ...answers, checkin_id: id("61"), q_c: "" });
  expect(await page(hand.get(`/app/checkins/${id("61")}`))).toContain("Too much was skipped for a sum");
  expect(await hand.get(`/app/people/${JM}/checkins/new?instrument=${id("81")}`)).toMatchObject({ status: 404 });
});

test("people and records that are not on this phone look like an address that does not exist", async () => {
  for (const path of [
    `/app/directory/${id("99")}`,
    `/app/referrals/${id("99")}`,
    `/app/checkins/${id("99")}`,
    `/app/people/${id("99")}/checkins`,
  ])
    expect(await hand.get(path)).toMatchObject({ status: 404 });
});
