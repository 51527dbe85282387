/** Referrals and check-ins are kept while they are typed: listed as unfinished, opened again, gone once they are done. */

import { beforeEach, expect, test } from "vitest";
import { DR, id, JM, NOW, type Phone, phone, text } from "./phone";

const REFERRAL = id("50");
const CHECKIN = id("60");
const SHELTER = id("e2");
const REFER = { referral_id: REFERRAL, person: JM, need: "A warm b", place: "The old mill", status: "accepted" };
const ANSWERS = { checkin_id: CHECKIN, q_mood: "7", q_connection: "", good: "My sister cal" };
const KEPT = { status: 200, template: "phone/kept.html" };

let hand: Phone;
beforeEach(() => {
  hand = phone();
  const body = { author: "x", state: "open" as const, captured: NOW, received: NOW, created: 3 };
  const standing = { at: "received", code: "0003", when: NOW } as const;
  const fields = { name: "Harbor Night Shelter", kinds: ["housing"] };
  hand.memory.others.set(SHELTER, {
    doc: SHELTER,
    type: "resource",
    bucket: "directory",
    seq: 3,
    fields,
    body,
    standing,
  });
});

const page = async (answer: ReturnType<Phone["get"]>) => text(await answer, hand.context);

test("a referral is kept at every pause, stands on Today, and opens again as it was typed", async () => {
  const fresh = await page(hand.get(`/app/referrals/new?person=${JM}`));
  expect(fresh).toContain('data-autosave="/app/referrals/keep"');
  expect(await hand.post("/app/referrals/keep", REFER)).toMatchObject(KEPT);
  expect(await hand.post("/app/referrals/keep", { ...REFER, need: "A warm bed" })).toMatchObject(KEPT);
  expect(await hand.memory.drafts()).toHaveLength(1);
  const today = await page(hand.get("/app/"));
  expect(today).toContain("Referral not finished");
  expect(today).toContain(`/app/referrals/new?draft=${REFERRAL}`);
  const again = await page(hand.get(`/app/referrals/new?draft=${REFERRAL}`));
  expect(again).toContain('value="A warm bed"');
  expect(again).toContain('value="The old mill"');
  expect(again).toContain('value="accepted" checked');
  expect(await hand.get(`/app/drafts/${REFERRAL}`)).toEqual({ redirect: `/app/referrals/new?draft=${REFERRAL}` });
});

test("a referral that is done leaves no draft, and a late autosave brings none back", async () => {
  await hand.post("/app/referrals/keep", REFER);
  await hand.post("/app/referrals/new", REFER);
  expect(await hand.memory.drafts()).toEqual([]);
  expect(await hand.post("/app/referrals/keep", REFER)).toMatchObject(KEPT);
  expect(await hand.memory.drafts()).toEqual([]);
  expect(await hand.get(`/app/referrals/new?draft=${REFERRAL}`)).toEqual({ redirect: `/app/referrals/${REFERRAL}` });
});

test("a place looked up for an unfinished referral comes back to it", async () => {
  await hand.post("/app/referrals/keep", { ...REFER, place: "" });
  const form = await page(hand.get(`/app/referrals/new?draft=${REFERRAL}`));
  expect(form).toContain(`/app/directory?person=${JM}&amp;referral=${REFERRAL}`);
  expect(await page(hand.get(`/app/directory?person=${JM}&referral=${REFERRAL}`))).toContain(`value="${REFERRAL}"`);
  const found = await page(hand.post("/app/directory", { q: "harbor", person: JM, referral: REFERRAL }));
  expect(found).toContain(`/app/directory/${SHELTER}?person=${JM}&amp;referral=${REFERRAL}`);
  const place = await page(hand.get(`/app/directory/${SHELTER}?person=${JM}&referral=${REFERRAL}`));
  expect(place).toContain(`/app/referrals/new?resource=${SHELTER}&amp;person=${JM}&amp;draft=${REFERRAL}`);
  const back = await page(hand.get(`/app/referrals/new?resource=${SHELTER}&person=${JM}&draft=${REFERRAL}`));
  expect(back).toContain('value="A warm b"');
  expect(back).toContain("Harbor Night Shelter");
  const strange = await page(hand.get(`/app/directory?person=${JM}&referral="><b>`));
  expect(strange).not.toContain("<b>");
});

test("a consent that was taken back while the referral was unfinished is said, and not used", async () => {
  const consent = {
    doc: id("70"),
    type: "consent",
    bucket: `p:${JM}`,
    seq: 3,
    standing: { at: "phone", since: NOW } as const,
  };
  const body = { author: "x", state: "open" as const, captured: NOW, received: NOW, created: 3 };
  const fields = { participant: JM, recipient: "Harbor Night Shelter" };
  hand.memory.others.set(consent.doc, { ...consent, fields, body });
  await hand.post("/app/referrals/keep", { ...REFER, consent: consent.doc });
  expect(await page(hand.get(`/app/referrals/new?draft=${REFERRAL}`))).not.toContain("holds no more");
  hand.memory.others.set(consent.doc, { ...consent, fields: { ...fields, revoked_on: "2026-11-20" }, body });
  const html = await page(hand.get(`/app/referrals/new?draft=${REFERRAL}`));
  expect(html).toContain("The consent you chose holds no more");
  await hand.post("/app/referrals/new", { ...REFER, consent: consent.doc });
  expect((await hand.memory.one<{ consent?: string }>(REFERRAL, "referral"))?.fields.consent).toBeUndefined();
});

test("a referral can be thrown away from the moment it is begun", async () => {
  expect(await page(hand.get(`/app/referrals/new?person=${JM}`))).toContain("Throw away");
  await hand.post("/app/referrals/keep", REFER);
  const form = await page(hand.get(`/app/referrals/new?draft=${REFERRAL}`));
  expect(form).toContain(`action="/app/drafts/${REFERRAL}/drop"`);
  await hand.post(`/app/drafts/${REFERRAL}/drop`, {});
  expect(await page(hand.get("/app/"))).not.toContain("Referral not finished");
});

test("a check-in is kept at every touch, named by whose it is, and handed over again", async () => {
  const fresh = await page(hand.get(`/app/people/${JM}/checkins/new`));
  expect(fresh).toContain(`data-autosave="/app/people/${JM}/checkins/keep"`);
  expect(await hand.post(`/app/people/${JM}/checkins/keep`, ANSWERS)).toMatchObject(KEPT);
  const today = await page(hand.get("/app/"));
  expect(today).toContain("Check-in not finished");
  expect(today).toContain("J. M.");
  const again = await page(hand.get(`/app/people/${JM}/checkins/new?draft=${CHECKIN}`));
  expect(again).toContain("My sister cal");
  expect(again).toMatch(/name="q_mood" value="7"[^>]*checked/);
  expect(again).not.toContain("J. M.");
});

test("a check-in that is done leaves no draft, and a late autosave brings none back", async () => {
  await hand.post(`/app/people/${JM}/checkins/keep`, ANSWERS);
  await hand.post(`/app/people/${JM}/checkins/new`, ANSWERS);
  await hand.post(`/app/people/${JM}/checkins/keep`, ANSWERS);
  expect(await hand.memory.drafts()).toEqual([]);
  const reopened = await hand.get(`/app/people/${JM}/checkins/new?draft=${CHECKIN}`);
  expect(reopened).toEqual({ redirect: `/app/checkins/${CHECKIN}` });
});

test("who wants nothing of it kept says so, and stays on their own page", async () => {
  await hand.post(`/app/people/${JM}/checkins/keep`, ANSWERS);
  expect(await page(hand.get(`/app/people/${JM}/checkins/new?draft=${CHECKIN}`))).toContain(
    "Keep nothing of what I said",
  );
  const gone = await hand.post(`/app/people/${JM}/checkins/${CHECKIN}/drop`, {});
  expect(gone).toEqual({ redirect: `/app/people/${JM}/checkins` });
  expect(await hand.memory.drafts()).toEqual([]);
});

test("what is no whole form, and what finds no room, is said and keeps nothing", async () => {
  expect(await hand.post("/app/referrals/keep", {})).toMatchObject({ status: 422 });
  expect(await hand.post("/app/referrals/keep", { referral_id: "../x", need: "y" })).toMatchObject({ status: 422 });
  expect(await hand.post(`/app/people/${DR}/checkins/keep`, { checkin_id: "x" })).toMatchObject({ status: 422 });
  hand.memory.refusal = "quota";
  expect(await page(hand.post("/app/referrals/keep", REFER))).toContain("NOT kept yet");
  expect(await page(hand.post(`/app/people/${JM}/checkins/keep`, ANSWERS))).toContain("NOT kept yet");
  expect(await hand.memory.drafts()).toEqual([]);
});
