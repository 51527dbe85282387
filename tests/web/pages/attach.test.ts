/** Photos and scans of a draft: added, looked at, taken away, signed with the note; nothing typed goes on the way. */

import { beforeEach, expect, test } from "vitest";
import { ATTACHMENT_LIMIT_BYTES, type Attachment } from "../../../web/pocket/generated/schema";
import { attachedIn } from "../../../web/pocket/pages/attached";
import { ME } from "./memory";
import { found, JM, NOW, note, type Phone, phone, seenOn, text } from "./phone";

const DRAFT = "0190d3e0-0000-7000-8000-00000000d4a0";
const AT = `/app/drafts/${DRAFT}/attachments`;
const PDF = "%PDF-1.4 a signed plan";

let hand: Phone;
beforeEach(async () => {
  hand = phone();
  await hand.get(`/app/drafts/${DRAFT}?person=${JM}`);
  await type({ said: "It is my plan." });
});

const typed = (more: Record<string, string>) => ({
  form_ref: "one_on_one@1",
  person: JM,
  place: "setting:community",
  day: "2026-11-20",
  start: "09:00",
  end: "09:30",
  minutes: "exact",
  did: "We signed the plan.",
  ...more,
});
const type = (more: Record<string, string>) => hand.post(`/app/drafts/${DRAFT}`, typed(more));
const add = (content: string, name = "") =>
  found("POST", AT, new URLSearchParams({ name }), hand.context, new Blob([content]));
const attached = () => attachedIn(hand.memory.kept.get(DRAFT)?.content ?? {});
const page = async (answer: ReturnType<Phone["get"]>) => text(await answer, hand.context);

test("a scan is kept with its words, shown, and named in the signed note", async () => {
  expect(await add(PDF, "Signed <plan>, page 1")).toEqual({ redirect: AT });
  const shown = await page(hand.get(AT));
  expect(shown).toContain("Signed &lt;plan&gt;, page 1");
  expect(shown).toContain("On this phone. The office does not have it yet.");
  const [one] = attached();
  expect(await found("GET", `${AT}/${one?.id}`, new URLSearchParams(), hand.context)).toMatchObject({
    media: "application/pdf",
  });
  const check = await page(hand.get(`/app/drafts/${DRAFT}/check`));
  expect(check).toContain("Signed &lt;plan&gt;, page 1");
  const seen = seenOn(check);
  const signed = await hand.post(`/app/drafts/${DRAFT}/sign`, { seen });
  const [made] = hand.memory.bundles.at(-1) ?? [];
  expect(made?.set?.["attachments"]).toEqual([one]);
  const doc = "redirect" in signed ? signed.redirect : "";
  expect(await page(hand.get(doc))).toContain("Photos and scans");
  expect(await found("GET", `${doc}/attachments/${one?.id}`, new URLSearchParams(), hand.context)).toHaveProperty(
    "bytes",
  );
});

test("an autosave of a window that knows nothing of the scan takes nothing away", async () => {
  await add(PDF);
  await type({ said: "Something else." });
  expect(attached()).toHaveLength(1);
  expect(hand.memory.kept.get(DRAFT)?.content["said"]).toEqual(["Something else."]);
  await type({ attached: '{"id":"made up"}' });
  expect(attached()).toHaveLength(1);
});

test("the form counts them and keeps what was typed on the way there", async () => {
  expect(await type({ then: "attachments", said: "On the way." })).toEqual({ redirect: AT });
  await add(PDF);
  const form = await page(hand.get(`/app/drafts/${DRAFT}`));
  expect(form).toContain("1 added");
  expect(form).toContain("On the way.");
  expect(form).not.toContain('name="attached"');
});

test("taken away it is gone from draft and phone", async () => {
  await add(PDF);
  const [one] = attached();
  expect(await hand.post(`${AT}/${one?.id}/drop`, {})).toEqual({ redirect: AT });
  expect(attached()).toEqual([]);
  expect(await hand.attachments.read(one as never)).toBeNull();
});

test.each([
  ["", "Choose a photo or a PDF first."],
  ["GIF89a", "not a photo or a PDF"],
  [PDF.padEnd(ATTACHMENT_LIMIT_BYTES + 1, "x"), "larger than 4 MB"],
])("what cannot be kept is said, and its name stays typed", async (content, words) => {
  const answer = await add(content, "A list of names");
  if (!("template" in answer)) throw new Error("no page");
  expect(answer.status).toBe(422);
  const shown = text(answer, hand.context);
  expect(shown).toContain(words);
  expect(shown).toContain("A list of names");
  expect(attached()).toEqual([]);
});

test("a full phone keeps the note and says so", async () => {
  hand.attachments.refusal = "quota";
  const answer = await add(PDF, "A list");
  expect(answer).toMatchObject({ status: 507 });
  expect(hand.memory.kept.get(DRAFT)?.content["did"]).toEqual(["We signed the plan."]);
});

test("ten are enough", async () => {
  for (let at = 0; at < 10; at++) await add(PDF);
  expect(await add(PDF)).toMatchObject({ status: 422 });
  expect(attached()).toHaveLength(10);
  expect(await page(hand.get(AT))).not.toContain('type="file"');
});

test("a draft from another phone says what is not here, and may be signed", async () => {
  await add(PDF);
  hand.attachments.kept.clear();
  expect(await page(hand.get(AT))).toContain("Not on this phone. If it was sent before, the office has it.");
  expect(await page(hand.get(`/app/drafts/${DRAFT}/check`))).toContain("Not on this phone.");
});

test("the sync page never says that all is received while a photo waits", async () => {
  const waiting = phone({ exchange: "ok", unsentFiles: 2 });
  const shown = text(await waiting.get("/app/sync"), waiting.context);
  expect(shown).toContain("Photos only on this phone: 2");
  expect(shown).not.toContain("Everything is received");
});

/** A signed note that names what is attached by now, and the draft that is to replace it. */
async function revision(): Promise<{ attachments: Attachment[]; draft: string }> {
  await add(PDF);
  const attachments = attached();
  const SIGNED = "0190d3e0-0000-7000-8000-00000000d4b1";
  const seal = { by: ME, at: NOW, hash: "h", seq: 0, received: 0 };
  hand.memory.addNote(SIGNED, note(JM, NOW - 3_600_000, { attachments }), undefined, { state: "signed", signed: seal });
  const answer = await hand.post(`/app/notes/${SIGNED}/revise`, { reason: "narrative" });
  return { attachments, draft: "redirect" in answer ? (answer.redirect.split("/").at(-1) ?? "") : "" };
}

const attachedTo = (draft: string) => attachedIn(hand.memory.kept.get(draft)?.content ?? {});

test("a revision carries the photos of the note along", async () => {
  const { attachments, draft } = await revision();
  expect(attachedTo(draft)).toEqual(attachments);
});

test("left out of a revision, the signed note's photo stays on this phone; one just added goes", async () => {
  const { attachments, draft } = await revision();
  const at = `/app/drafts/${draft}/attachments`;
  await found("POST", at, new URLSearchParams({ name: "new" }), hand.context, new Blob([PDF]));
  const all = attachedTo(draft);
  for (const { id } of all) await hand.post(`${at}/${id}/drop`, {});
  expect(attachedTo(draft)).toEqual([]);
  expect([...hand.attachments.kept.keys()]).toEqual(attachments.map(({ id }) => id));
});

test("a revision thrown away leaves the signed note its photo", async () => {
  const { attachments, draft } = await revision();
  await hand.post(`/app/drafts/${draft}/drop`, {});
  expect(hand.memory.kept.has(draft)).toBe(false);
  expect([...hand.attachments.kept.keys()]).toEqual(attachments.map(({ id }) => id));
});

test("a draft thrown away takes its photos off the phone", async () => {
  await add(PDF);
  await hand.post(`/app/drafts/${DRAFT}/drop`, {});
  expect([...hand.attachments.kept.keys()]).toEqual([]);
});

test("a photo whose draft was thrown away while it was drawn leaves nothing behind", async () => {
  const { keep } = hand.attachments;
  hand.attachments.keep = async (file) => {
    await hand.memory.dropDraft(DRAFT);
    return keep.call(hand.attachments, file);
  };
  expect(await add(PDF)).toEqual({ redirect: AT });
  expect(hand.memory.kept.has(DRAFT)).toBe(false);
  expect([...hand.attachments.kept.keys()]).toEqual([]);
});

test("what is typed while a photo is drawn stays", async () => {
  const { keep } = hand.attachments;
  hand.attachments.keep = async (file) => {
    await type({ said: "Typed meanwhile." });
    return keep.call(hand.attachments, file);
  };
  await add(PDF);
  expect(attached()).toHaveLength(1);
  expect(hand.memory.kept.get(DRAFT)?.content["said"]).toEqual(["Typed meanwhile."]);
});

test("an unfinished form of another kind takes no photos", async () => {
  const plan = "0190d3e0-0000-7000-8000-00000000d4c0";
  await hand.memory.saveDraft({ id: plan, form: "plan", content: {}, startedAt: NOW, updatedAt: NOW });
  expect(await hand.get(`/app/drafts/${plan}/attachments`)).toMatchObject({ status: 404 });
});

test.each(["0".repeat(64), "f".repeat(64)])("only what the draft or note names is given", async (hash) => {
  await hand.attachments.keep(new Blob([PDF]));
  expect(await found("GET", `${AT}/${hash}`, new URLSearchParams(), hand.context)).toMatchObject({ status: 404 });
});
