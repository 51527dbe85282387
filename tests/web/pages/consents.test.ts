/** Consents: one question a page, nothing typed is lost, signed on the screen, taken back at once. */

import { beforeAll, beforeEach, expect, test } from "vitest";
import type { PageAnswer } from "../../../web/pocket/pages/page";
import { JM, learnSpanish, type Phone, phone, seenOn, text } from "./phone";

let hand: Phone;
const DRAFT = "0190d3e0-0000-7000-8000-0000000000f1";
const CONSENT = "0190d3e0-0000-7000-8000-0000000000f0";
const ASK = `/app/consents/${DRAFT}/ask`;

const ANSWERS: readonly (readonly [string, Record<string, string | readonly string[]>])[] = [
  ["named", { named: "James Miller" }],
  ["discloser", { discloser: "Common Ground" }],
  ["recipient", { recipient: "Dr. Lee, county clinic" }],
  ["information", { shared: ["attends", "goals"], information: "that I look for a flat" }],
  ["purpose", { purpose: "referral", purpose_words: "" }],
  ["ends", { ends: "date", expires_on: "2027-05-01", expires_event: "" }],
];

const html = (answer: PageAnswer): string => text(answer, hand.context);
const consent = () => hand.memory.others.get(CONSENT);

beforeAll(learnSpanish);
beforeEach(async () => {
  hand = phone();
  expect(await hand.post(`/app/people/${JM}/consents`, {})).toEqual({ redirect: ASK });
});

async function answerAll(more: Record<string, Record<string, string>> = {}): Promise<void> {
  for (const [step, typed] of ANSWERS) {
    expect(await hand.post(ASK, { step, then: "next", ...typed, ...more[step] })).toHaveProperty("redirect");
  }
}

async function seen(): Promise<string> {
  const page = html(await hand.get(`${ASK}?step=sign`));
  return seenOn(page).replaceAll("&#34;", '"').replaceAll("&quot;", '"');
}

async function signed(more: Record<string, string> = { agree: "yes" }): Promise<PageAnswer> {
  return hand.post(`/app/consents/${DRAFT}/sign`, { seen: await seen(), signed_name: "James Miller", ...more });
}

test("six questions and a signature make a consent, with all that was said", async () => {
  await answerAll();
  const page = html(await hand.get(`${ASK}?step=sign`));
  for (const words of [
    "James Miller",
    "Dr. Lee, county clinic",
    "that I come here; my goals; that I look for a flat",
    "May 1, 2027",
  ])
    expect(page).toContain(words);
  expect(await signed()).toEqual({ redirect: `/app/consents/${CONSENT}` });
  expect(consent()?.fields).toEqual({
    participant: JM,
    named: "James Miller",
    discloser: "Common Ground",
    recipient: "Dr. Lee, county clinic",
    information: "that I come here; my goals; that I look for a flat",
    purpose: "referral",
    ends: "date",
    wording: "plain-1",
    expires_on: "2027-05-01",
    signed: { name: "James Miller", at: hand.now, how: "typed" },
    signed_on: "2026-11-21",
  });
  expect(await hand.memory.draft(DRAFT)).toBeNull();
  expect(html(await hand.get(`/app/people/${JM}`))).toContain("In force");
  // A second touch, and a late autosave, find it signed.
  expect(await hand.post(`/app/consents/${DRAFT}/sign`, {})).toEqual({ redirect: `/app/consents/${CONSENT}` });
  expect(await hand.post(ASK, { step: "ends" })).toEqual({ redirect: `/app/consents/${CONSENT}` });
});

test("it ends soon when the organisation's rules say so", async () => {
  await answerAll();
  await signed({ signed_name: "James Miller", agree: "yes" });
  const rules = (consent_warn_days: number) => ({
    name: "Here",
    zone: "America/New_York",
    rules: { consent_warn_days },
  });
  for (const [days, words] of [
    [30, "In force"],
    [365, "Ends soon"],
    [0, "In force"],
  ] as const) {
    hand.memory.rules = rules(days);
    for (const path of [`/app/people/${JM}`, `/app/people/${JM}/consents`])
      expect(html(await hand.get(path)), `${days} ${path}`).toContain(words);
  }
});

test("a finger signs as well as a name, and strokes that are none are refused", async () => {
  await answerAll();
  expect(html(await signed({ drawing: 'M1 1"><script>' }))).toContain("too long");
  await signed({ drawing: "M10 20L30 40" });
  expect(consent()?.fields["signed"]).toMatchObject({ how: "drawn", drawing: "M10 20L30 40" });
  expect(html(await hand.get(`/app/consents/${CONSENT}`))).toContain('d="M10 20L30 40"');
});

test.each([
  ["named", { named: " " }, "Write the name"],
  ["recipient", { recipient: "x".repeat(401) }, "400"],
  ["information", { shared: [], information: "" }, "Choose or write"],
  ["purpose", { purpose: "other", purpose_words: "" }, "Write what it is for"],
  ["ends", { ends: "date", expires_on: "2026-11-20" }, "still to come"],
  ["ends", { ends: "date", expires_on: "soon" }, "still to come"],
  ["ends", { ends: "never" }, "Only a consent for all care"],
  ["ends", { ends: "event", expires_event: "" }, "Write what ends it"],
])("a wrong answer to %s %j is asked again, with what was typed", async (step, typed, words) => {
  const answer = await hand.post(ASK, { step, then: "next", ...(typed as Record<string, string>) });
  expect(answer).toMatchObject({ status: 422 });
  expect(html(answer)).toContain(words);
  const kept = (await hand.memory.draft(DRAFT))?.content ?? {};
  for (const [name, value] of Object.entries(typed)) expect(kept[name]).toEqual([value].flat());
});

test("without a signature there is none, and what was read must be what is signed", async () => {
  await answerAll();
  const bare = await signed({});
  expect(bare).toMatchObject({ status: 422 });
  expect(html(bare)).toContain("James Miller");
  const other = { seen: "{}", signed_name: "James Miller", agree: "yes" };
  expect(await hand.post(`/app/consents/${DRAFT}/sign`, other)).toMatchObject({ status: 409 });
  expect(await hand.post(`/app/consents/${DRAFT}/sign`, {})).toMatchObject({ status: 422 });
  expect(consent()).toBeUndefined();
});

test("nobody signs before every question is answered", async () => {
  const answer = await hand.get(`${ASK}?step=sign`);
  expect(html(answer)).toContain("With whom?");
});

test("a full disk keeps every word on the screen", async () => {
  hand.memory.refusal = "quota";
  const answer = await hand.post(ASK, { step: "recipient", then: "next", recipient: "Dr. Lee" });
  expect(answer).toMatchObject({ status: 507 });
  expect(html(answer)).toContain('value="Dr. Lee"');
  hand.memory.refusal = null;
  await answerAll();
  const read = await seen();
  hand.memory.refusal = "quota";
  const form = { seen: read, signed_name: "James M.", agree: "yes" };
  const refused = await hand.post(`/app/consents/${DRAFT}/sign`, form);
  expect(refused).toMatchObject({ status: 507 });
  expect(html(refused)).toContain('value="James M."');
});

test("taking it back counts at once, once, and says how", async () => {
  await answerAll();
  await signed();
  const back = `/app/consents/${CONSENT}/back`;
  expect(await hand.post(back, {})).toMatchObject({ status: 422 });
  await hand.post(back, { how: "spoken" });
  expect(consent()?.fields).toMatchObject({ revoked_on: "2026-11-21", revoked_at: hand.now, revoked_how: "spoken" });
  expect(html(await hand.get(`/app/consents/${CONSENT}`))).toMatch(/Taken back.*They said so\./s);
  expect(html(await hand.get(`/app/people/${JM}`))).toContain("Taken back");
  const bundles = hand.memory.bundles.length;
  await hand.post(back, { how: "written" });
  expect(hand.memory.bundles).toHaveLength(bundles);
});

test("an event that has happened ends it", async () => {
  await answerAll({ ends: { ends: "event", expires_event: "I leave the program" } });
  await signed();
  expect(html(await hand.get(`/app/consents/${CONSENT}`))).toContain("I leave the program");
  await hand.post(`/app/consents/${CONSENT}/ended`, {});
  expect(consent()?.fields["event_on"]).toBe("2026-11-21");
  expect(html(await hand.get(`/app/people/${JM}`))).toContain("Has ended");
});

test("a copy can be read in the other language", async () => {
  await answerAll();
  await signed();
  const page = html(await hand.get(`/app/consents/${CONSENT}?in=es`));
  expect(page).toContain("Puedo retirar este consentimiento en cualquier momento.");
  expect(page).toContain('lang="es"');
  expect(page).toContain("Leerlo en inglés");
});

test("the unfinished one is found again on Today and in the list", async () => {
  expect(html(await hand.get("/app/"))).toContain(`href="${ASK}"`);
  expect(html(await hand.get(`/app/people/${JM}/consents`))).toContain(`href="${ASK}"`);
  expect(await hand.get(`/app/drafts/${DRAFT}`)).toEqual({ redirect: ASK });
});
