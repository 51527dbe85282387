/** From "Write" to a signed note, and everything that may go wrong on the way: no word typed is ever lost. */

import { beforeEach, describe, expect, test } from "vitest";
import { noteOf } from "../../../web/pocket/pages/draft_note";
import { CENTER, DR, id, JM, NOW, type Phone, phone, seenOn, TYPED, text } from "./phone";

const DRAFT = id("b0");
const FORM = { ...TYPED, support: ["emotional"], went: "Proud", next: "Pay slips", next_on: "2026-11-28" };

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);

async function sign(form: Record<string, string | readonly string[]> = FORM) {
  await hand.post(`/app/drafts/${DRAFT}`, { ...form, then: "check" });
  const seen = seenOn(await page(hand.get(`/app/drafts/${DRAFT}/check`)));
  return hand.post(`/app/drafts/${DRAFT}/sign`, { seen });
}

describe("a fresh note", () => {
  test("asks for nothing that can be carried forward", async () => {
    expect(await hand.get(`/app/notes/new?person=${JM}`)).toEqual({ redirect: `/app/drafts/${id("f1")}?person=${JM}` });
    const html = await page(hand.get(`/app/drafts/${DRAFT}?person=${JM}`));
    expect(html).toContain(`value="site:${CENTER}" checked`);
    expect(html).toContain('value="2026-11-21" checked');
    expect(html).toContain('value="30" checked');
    expect(html).toContain('type="time" value="10:41"');
  });

  test("takes place and way from the last note with this person", async () => {
    await sign({ ...FORM, place: "mode:phone" });
    expect(await page(hand.get(`/app/drafts/${id("b4")}?person=${JM}`))).toContain('value="mode:phone" checked');
    expect(await page(hand.get(`/app/drafts/${id("b4")}?person=${DR}`))).toContain('value="mode:phone" checked');
  });

  test("about nobody on this phone is not there", async () => {
    expect(await hand.get(`/app/notes/new?person=${id("99")}`)).toEqual({ redirect: "/app/capture" });
    expect(await hand.get(`/app/drafts/${DRAFT}?person=${id("99")}`)).toMatchObject({ status: 404 });
  });

  test("keeps narrative fields away from the browser's memory", async () => {
    const html = await page(hand.get(`/app/drafts/${DRAFT}?person=${JM}`));
    expect(html).toContain("<title>Alongside</title>");
    expect(html).toMatch(/<form id="note-form"[^>]* autocomplete="off"/);
    for (const [area] of html.matchAll(/<textarea[^>]*>/g)) {
      expect(area).toContain('autocomplete="off"');
      expect(area).toContain('spellcheck="false"');
      expect(area).toContain('translate="no"');
    }
  });
});

describe("keeping", () => {
  test("an autosave keeps everything and says when", async () => {
    const html = await page(hand.post(`/app/drafts/${DRAFT}`, FORM));
    expect(html).toContain("Kept 10:41 am");
    expect(html).toContain("30 min: 2 units");
    expect(await page(hand.get(`/app/drafts/${DRAFT}`))).toContain("“I did it.”");
  });

  test("an empty body never becomes an empty note", async () => {
    await hand.post(`/app/drafts/${DRAFT}`, FORM);
    expect(await hand.post(`/app/drafts/${DRAFT}`, {})).toMatchObject({ status: 422, template: "phone/kept.html" });
    const answer = await hand.post(`/app/drafts/${DRAFT}`, { then: "check" });
    expect(answer).toMatchObject({ status: 422 });
    expect(text(answer, hand.context)).toContain("Made the call together");
    expect((await hand.memory.draft(DRAFT))?.content["did"]).toEqual(["Made the call together"]);
  });

  test.each(["quota", "storage", "timeout", "locked"] as const)(
    "a refusal (%s) keeps the words on the screen",
    async (why) => {
      hand.memory.refusal = why;
      const answer = await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, then: "check" });
      expect(answer).toMatchObject({ status: 507 });
      const html = text(answer, hand.context);
      expect(html).toContain("NOT saved");
      expect(html).toContain("Made the call together");
      expect(await page(hand.post(`/app/drafts/${DRAFT}`, FORM))).toContain("NOT kept");
    },
  );

  test("a draft opened tomorrow still means the same day", async () => {
    await hand.post(`/app/drafts/${DRAFT}`, FORM);
    hand.now = NOW + 86_400_000;
    expect(await page(hand.get(`/app/drafts/${DRAFT}`))).toContain('value="2026-11-21" checked');
    hand.now = NOW + 5 * 86_400_000;
    expect(await page(hand.get(`/app/drafts/${DRAFT}`))).toContain('type="date" value="2026-11-21"');
  });

  test("300 kB, markup and right-to-left text come back as typed", async () => {
    const did = `${"<b>&amp; ש 😀".repeat(25_000)}end`;
    const answer = await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, did, then: "check" });
    expect(answer).toMatchObject({ status: 422 });
    const html = text(answer, hand.context);
    expect(html).toContain("Nothing was cut.");
    expect(html).not.toContain("<b>");
    expect((await hand.memory.draft(DRAFT))?.content["did"]).toEqual([did]);
  });
});

describe("checking", () => {
  test("what no record could hold stops before the check, with a way to the field", async () => {
    const answer = await hand.post(`/app/drafts/${DRAFT}`, {
      ...FORM,
      minutes: "exact",
      start: "11:30",
      end: "11:45",
      then: "check",
    });
    expect(answer).toMatchObject({ status: 422 });
    const html = text(answer, hand.context);
    expect(html).toContain('<a href="#f-start">It cannot begin later than now</a>');
    expect(html).toContain('id="f-start-error"');
    expect(html).toContain("“I did it.”");
  });

  test("what is missing warns and does not block", async () => {
    await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, went: "", support: [], then: "check" });
    const html = await page(hand.get(`/app/drafts/${DRAFT}/check`));
    expect(html).toContain("Still open");
    expect(html).toContain(`/app/drafts/${DRAFT}#f-went`);
    expect(html).toContain(`/app/drafts/${DRAFT}#f-support`);
    expect(await sign({ ...FORM, went: "", support: [] })).toEqual({ redirect: `/app/notes/${noteOf(DRAFT)}` });
  });

  test("units are explained, and a place that does not pay is still a contact", async () => {
    await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, minutes: "exact", start: "09:49", end: "10:41", then: "check" });
    expect(await page(hand.get(`/app/drafts/${DRAFT}/check`))).toContain("52 min: 3 units");
    await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, person: DR, goals: [], place: "setting:jail", then: "check" });
    expect(await page(hand.get(`/app/drafts/${DRAFT}/check`))).toContain("This place does not pay.");
  });

  test("the same minutes twice are asked about", async () => {
    await sign();
    await hand.post(`/app/drafts/${id("b2")}`, { ...FORM, then: "check" });
    expect(await page(hand.get(`/app/drafts/${id("b2")}/check`))).toContain("Another note has the same time");
  });

  test("a safety flag says that nothing has been sent", async () => {
    await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, flags: ["medical"], then: "check" });
    expect(await page(hand.get(`/app/drafts/${DRAFT}/check`))).toContain("NOT sent yet: call");
  });
});

describe("signing", () => {
  test("is one bundle: create and sign, with the hash of what was read", async () => {
    expect(await sign()).toEqual({ redirect: `/app/notes/${noteOf(DRAFT)}` });
    const [bundle] = hand.memory.bundles;
    expect(bundle?.map(({ kind, type, doc, bucket }) => ({ kind, type, doc, bucket }))).toEqual([
      { kind: "create", type: "note", doc: noteOf(DRAFT), bucket: `p:${JM}` },
      { kind: "sign", type: "note", doc: noteOf(DRAFT), bucket: `p:${JM}` },
    ]);
    expect(bundle?.[1]?.content_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hand.memory.draft(DRAFT)).toBeNull();
    expect(await page(hand.get(`/app/notes/${noteOf(DRAFT)}`))).toContain("On this phone");
  });

  test("twice signs once", async () => {
    await sign();
    expect(await hand.post(`/app/drafts/${DRAFT}/sign`, { seen: "0" })).toEqual({
      redirect: `/app/notes/${noteOf(DRAFT)}`,
    });
    expect(await hand.get(`/app/drafts/${DRAFT}`)).toEqual({ redirect: `/app/notes/${noteOf(DRAFT)}` });
    expect(hand.memory.bundles.filter((bundle) => bundle.some(({ kind }) => kind === "sign"))).toHaveLength(1);
  });

  test("signs only what was read: a draft that changed since is shown again", async () => {
    await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, then: "check" });
    const seen = seenOn(await page(hand.get(`/app/drafts/${DRAFT}/check`)));
    await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, did: "Something else" });
    const answer = await hand.post(`/app/drafts/${DRAFT}/sign`, { seen });
    expect(answer).toMatchObject({ status: 409 });
    expect(text(answer, hand.context)).toContain("Something else");
    expect(hand.memory.bundles).toHaveLength(0);
  });

  test("a late autosave after signing brings no draft back", async () => {
    await sign();
    expect(await hand.post(`/app/drafts/${DRAFT}`, FORM)).toMatchObject({ status: 200 });
    expect(await hand.memory.drafts()).toHaveLength(0);
  });

  test("a refusal keeps the draft and says so", async () => {
    await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, then: "check" });
    const seen = seenOn(await page(hand.get(`/app/drafts/${DRAFT}/check`)));
    hand.memory.refusal = "quota";
    const answer = await hand.post(`/app/drafts/${DRAFT}/sign`, { seen });
    expect(answer).toMatchObject({ status: 507 });
    expect(text(answer, hand.context)).toContain("NOT saved: the phone is full");
    expect(await hand.memory.draft(DRAFT)).not.toBeNull();
  });

  test("plans the next day to look in, in a change of its own", async () => {
    await sign();
    expect(hand.memory.bundles[1]).toEqual([
      { kind: "patch", type: "participant", doc: JM, bucket: `p:${JM}`, set: { follow_up_on: "2026-11-28" } },
    ]);
  });

  test("a contact on the planned day settles the plan", async () => {
    await sign({ ...FORM, person: DR, goals: [], next_on: "" });
    expect((await hand.memory.participant(DR))?.fields.follow_up_on).toBe("");
  });
});

test("another person can be chosen, and nothing typed goes", async () => {
  expect(await hand.post(`/app/drafts/${DRAFT}`, { ...FORM, then: "person" })).toEqual({
    redirect: `/app/drafts/${DRAFT}/person`,
  });
  await hand.post(`/app/drafts/${DRAFT}/person`, { person: DR });
  const html = await page(hand.get(`/app/drafts/${DRAFT}`));
  expect(html).toContain("D. R.");
  expect(html).toContain("Made the call together");
});

test("a draft goes only after a second touch that says what it means", async () => {
  await hand.post(`/app/drafts/${DRAFT}`, FORM);
  expect(await page(hand.get(`/app/drafts/${DRAFT}`))).toMatch(/<details[^>]*>(?!.*<details).*It cannot come back\./s);
  expect(await hand.memory.draft(DRAFT)).not.toBeNull();
  await hand.post(`/app/drafts/${DRAFT}/drop`, {});
  expect(await hand.memory.draft(DRAFT)).toBeNull();
});
