/** The loop on the phone: returned notes on top of Today, revised or answered, their difference, steps and marks. */

import { beforeEach, expect, test } from "vitest";
import type { Body, NoteFields } from "../../../web/pocket/generated/schema";
import { contentHash } from "../../../web/pocket/storage/content_hash";
import { ME } from "./memory";
import { DR, GOAL, id, JM, learnSpanish, NOW, note, type Phone, phone, seenOn, text } from "./phone";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MARTA = id("bb");
const OLD = id("e1");
const RECEIVED = { at: "received", code: "007K", when: NOW - DAY } as const;

let hand: Phone;
beforeEach(() => {
  hand = phone();
  hand.memory.members[MARTA] = { name: "Marta O'Hara", title: "" };
});

const page = async (answer: ReturnType<Phone["get"]>) => text(await answer, hand.context);
const redirectOf = async (answer: ReturnType<Phone["get"]>) => {
  const said = await answer;
  return "redirect" in said ? said.redirect : `status ${said.status}`;
};

const question = (seq: number, at: number, comment = "Which form was it?", more = {}) => ({
  by: MARTA,
  at,
  seq,
  comment,
  ...more,
});

/** A signed note of mine, two days old, as the office holds it. */
function signed(doc: string, body: Partial<Body> = {}, fields: Partial<NoteFields> = {}): NoteFields {
  const at = NOW - 2 * DAY - 20_000;
  const made = note(JM, at, {
    answers: { said: "I did it myself.", did: "Filled in the red form." },
    goals: [GOAL],
    support: ["emotional"],
    ...fields,
  });
  const seal = { by: ME, at: at + 3 * HOUR, hash: "h", seq: 5, received: NOW - DAY };
  hand.memory.addNote(doc, made, RECEIVED, { state: "signed", captured: at + 3 * HOUR, signed: seal, ...body });
  return made;
}

test("a returned note stands on top of Today: who asked what, about which words, how long ago", async () => {
  signed(OLD, {
    returned: [question(9, NOW - 5 * HOUR, "Which form?", { passage: "the red form", field: "answers.did" })],
  });
  const html = await page(hand.get("/app/"));
  expect(html.indexOf("Asked to revise")).toBeGreaterThan(0);
  expect(html.indexOf("Asked to revise")).toBeLessThan(html.indexOf("Follow up"));
  for (const words of ["J. M., Thursday", "Marta O&#39;Hara", "asked 5 h ago", "the red form", "Which form?"])
    expect(html).toContain(words);
  expect(html).toContain(`href="/app/notes/${OLD}/revise"`);
});

test("what was asked first comes first, and a colleague's note is not asked of me", async () => {
  signed(OLD, { returned: [question(9, NOW - HOUR, "The younger question")] });
  signed(id("e2"), { returned: [question(8, NOW - 9 * HOUR, "The older question")] });
  signed(id("e3"), { author: id("ee"), returned: [question(7, NOW - 9 * HOUR, "Not for me")] });
  const html = await page(hand.get("/app/"));
  expect(html.indexOf("The older question")).toBeLessThan(html.indexOf("The younger question"));
  expect(html).not.toContain("Not for me");
  expect(html).toContain("2 notes");
});

test("words of the author after the return answer it, words before it do not, and a new return asks anew", async () => {
  const added = (seq: number) => [{ by: ME, at: NOW, text: "It was the housing form.", seq, reason: "narrative" }];
  for (const [returns, words, isAsked] of [
    [[9], 8, true],
    [[9], 10, false],
    [[9], 0, false],
    [[9, 12], 10, true],
  ] as const) {
    signed(OLD, { returned: returns.map((seq) => question(seq, NOW - HOUR)), addenda: added(words) });
    expect((await page(hand.get("/app/"))).includes("Which form was it?"), `${returns} ${words}`).toBe(isAsked);
  }
  signed(OLD, { returned: [question(9, NOW)], addenda: [{ by: MARTA, at: NOW, text: "Still?", seq: 11 }] });
  expect(await page(hand.get("/app/")), "a supervisor's words are no answer").toContain("Which form was it?");
});

test("the note says who asked what, and offers both ways to answer", async () => {
  signed(OLD, { returned: [question(9, NOW - 5 * HOUR), question(11, NOW - 4 * HOUR, "And when?")] });
  const html = await page(hand.get(`/app/notes/${OLD}`));
  expect(html).toContain("Asked to revise 4 h ago");
  expect(html.indexOf("And when?"), "the last word first").toBeLessThan(html.indexOf("Which form was it?"));
  expect(html).toContain(`href="/app/notes/${OLD}/revise"`);
  expect(html).toContain(`href="/app/notes/${OLD}/addendum"`);
});

async function revise(reason = "narrative"): Promise<string> {
  const to = await redirectOf(hand.post(`/app/notes/${OLD}/revise`, { reason }));
  expect(to).toMatch(/^\/app\/drafts\//);
  return to.slice("/app/drafts/".length);
}

async function retype(draft: string, more: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const kept = await hand.memory.draft(draft);
  if (!kept) throw new Error("no draft");
  await hand.memory.saveDraft({ ...kept, content: { ...kept.content, ...more } });
}

test("a revision begins with the old words, its form and a reason, and replaces the old note when signed", async () => {
  const old = signed(OLD, { returned: [question(9, NOW - HOUR)] });
  const draft = await revise();
  const form = await page(hand.get(`/app/drafts/${draft}`));
  for (const words of [
    "Filled in the red form.",
    "I did it myself.",
    "Which form was it?",
    `value="${OLD}"`,
    'value="narrative"',
  ])
    expect(form).toContain(words);
  await retype(draft, { did: ["Filled in the blue housing form."] });
  const check = await page(hand.get(`/app/drafts/${draft}/check`));
  expect(check).toContain('<del><span class="visually-hidden">Taken out: </span>red</del>');
  expect(check).toContain('<ins><span class="visually-hidden">New: </span>blue housing</ins>');
  expect(check).toContain("The words were wrong or not enough");
  const seen = seenOn(check);
  const to = await redirectOf(hand.post(`/app/drafts/${draft}/sign`, { seen }));
  const [made] = await hand.memory.revisionsOf(OLD);
  if (!made) throw new Error("no revision");
  expect(to).toBe(`/app/notes/${made.doc}`);
  expect(made.fields).toEqual({
    ...old,
    answers: { ...old.answers, did: "Filled in the blue housing form." },
    supersedes: OLD,
    reason: "narrative",
  });
  expect(made.body.signed?.hash).toBe(await contentHash({ ...made.fields }));
  expect(hand.memory.notes.get(OLD)?.fields, "the old one is as it was").toEqual(old);

  const newer = await page(hand.get(`/app/notes/${made.doc}`));
  expect(newer).toContain("This note replaces an earlier one");
  expect(newer).toContain(`href="/app/notes/${OLD}"`);
  expect(newer).toContain("What changed");
  const older = await page(hand.get(`/app/notes/${OLD}`));
  expect(older).toContain("There is a newer version");
  expect(older).toContain(`href="/app/notes/${made.doc}"`);
  expect(older).toContain("Returned, and answered");
  expect(older).toContain("Replaced by a new version");
  expect(await page(hand.get("/app/"))).not.toContain("Which form was it?");
});

test("no reason, no revision: the page says so, and nothing is written", async () => {
  signed(OLD, { returned: [question(9, NOW - HOUR)] });
  for (const reason of ["", "because", "__proto__"]) {
    const answer = await hand.post(`/app/notes/${OLD}/revise`, { reason });
    expect("status" in answer && answer.status).toBe(422);
    expect(text(answer, hand.context)).toContain("Choose why");
  }
  expect(await hand.memory.drafts()).toEqual([]);
});

test("a full phone keeps the choice on the screen", async () => {
  signed(OLD);
  hand.memory.refusal = "quota";
  const answer = await hand.post(`/app/notes/${OLD}/revise`, { reason: "wrong_date" });
  expect("status" in answer && answer.status).toBe(507);
  expect(text(answer, hand.context)).toMatch(/value="wrong_date" checked/);
});

test("a note is revised in one draft: beginning twice goes on with the first", async () => {
  signed(OLD, { returned: [question(9, NOW - HOUR)] });
  const draft = await revise();
  expect(await redirectOf(hand.get(`/app/notes/${OLD}/revise`))).toBe(`/app/drafts/${draft}`);
  expect(await revise("other")).toBe(draft);
  expect(await page(hand.get("/app/"))).toContain(`href="/app/drafts/${draft}"`);
});

test("what has been replaced meanwhile is shown instead of begun again", async () => {
  const old = signed(OLD, { returned: [question(9, NOW - HOUR)] });
  signed(id("e9"), {}, { ...old, supersedes: OLD });
  expect(await redirectOf(hand.post(`/app/notes/${OLD}/revise`, { reason: "other" }))).toBe(`/app/notes/${id("e9")}`);
});

test("a second phone has revised it, or the supervisor has co-signed it: the check says so, and signing stays possible", async () => {
  const old = signed(OLD, { returned: [question(9, NOW - HOUR)] });
  const draft = await revise();
  signed(id("e9"), {}, { ...old, supersedes: OLD });
  signed(OLD, { cosigned: { by: MARTA, at: NOW, hash: "h", seq: 14 } });
  const check = await page(hand.get(`/app/drafts/${draft}/check`));
  expect(check).toContain("A newer version was signed meanwhile");
  expect(check).toContain("The old note was co-signed meanwhile");
  const seen = seenOn(check);
  await hand.post(`/app/drafts/${draft}/sign`, { seen });
  expect(await hand.memory.revisionsOf(OLD)).toHaveLength(2);
  const older = await page(hand.get(`/app/notes/${OLD}`));
  expect(older.split("There is a newer version")).toHaveLength(3);
});

test("the person went to a colleague: the return leaves Today with the note, a draft begun stays with all its words", async () => {
  signed(OLD, { returned: [question(9, NOW - HOUR)] });
  const draft = await revise();
  hand.memory.notes.delete(OLD);
  hand.memory.people.delete(JM);
  const today = await page(hand.get("/app/"));
  expect(today).not.toContain("Which form was it?");
  expect(today).toContain(`href="/app/drafts/${draft}"`);
  const form = await page(hand.get(`/app/drafts/${draft}`));
  expect(form).toContain("Filled in the red form.");
  expect(form).toContain("A new version of a note that is no longer on this phone");
});

test("a revision about somebody else shows both names", async () => {
  signed(OLD);
  const draft = await revise("wrong_person");
  await retype(draft, { person: [DR], goals: [] });
  const check = await page(hand.get(`/app/drafts/${draft}/check`));
  expect(check).toMatch(/<del>.*J\. M\..*<\/del>/);
  expect(check).toMatch(/<ins>.*D\. R\..*<\/ins>/);
});

test("only its author revises a note, and only a signed one", async () => {
  signed(OLD, { author: id("ee") });
  expect(await redirectOf(hand.get(`/app/notes/${OLD}/revise`))).toBe("status 404");
  signed(OLD, { state: "open", signed: null });
  expect(await redirectOf(hand.post(`/app/notes/${OLD}/revise`, { reason: "other" }))).toBe("status 404");
  expect(await redirectOf(hand.get(`/app/notes/${id("999")}/revise`))).toBe("status 404");
});

test("co-signed shows on the note, on Today and among the person's notes; so do the others' marks", async () => {
  const old = signed(OLD, { cosigned: { by: MARTA, at: NOW - HOUR, hash: "h", seq: 14 } });
  expect(await page(hand.get(`/app/notes/${OLD}`))).toContain("Co-signed by Marta O&#39;Hara");
  expect(await page(hand.get("/app/"))).toContain("Co-signed");
  expect(await page(hand.get(`/app/people/${JM}`))).toContain("Co-signed");
  signed(id("e2"), { returned: [question(9, NOW)] });
  expect(await page(hand.get(`/app/people/${JM}`))).toContain("Asked to revise");
  signed(id("e9"), {}, { ...old, supersedes: OLD });
  expect(await page(hand.get(`/app/people/${JM}`))).toContain("Replaced by a newer note");
});

test("every step has its time, counted from the end of the contact", async () => {
  signed(OLD, { returned: [question(9, NOW)], cosigned: { by: MARTA, at: NOW, hash: "h", seq: 14 } });
  const html = await page(hand.get(`/app/notes/${OLD}`));
  const steps = html.slice(html.indexOf('<ol class="steps">'));
  for (const words of [
    "The contact ended",
    "Written and signed",
    "2 hours later",
    "Received by the office",
    "Returned with a comment",
    "Co-signed",
  ])
    expect(steps).toContain(words);
  expect(steps).not.toMatch(/\b(too )?late\b/i);
});

test("the loop speaks Spanish", async () => {
  await learnSpanish();
  hand = phone({}, "es");
  signed(OLD, { returned: [question(9, NOW - HOUR)] });
  expect(await page(hand.get("/app/"))).toContain("Por revisar");
  expect(await page(hand.get(`/app/notes/${OLD}`))).toContain("Paso a paso");
  expect(await page(hand.get(`/app/notes/${OLD}/revise`))).toContain("¿Por qué una versión nueva?");
});

const TASK = id("t1".replace("t", "7"));
function task(doc: string, fields: Record<string, unknown>): void {
  const body = { author: MARTA, state: "open" as const, captured: NOW - HOUR, received: NOW, created: 3 };
  const bucket = `me:${ME}`;
  hand.memory.others.set(doc, {
    doc,
    type: "task",
    bucket,
    seq: 3,
    fields: { specialist: ME, ...fields },
    body,
    standing: RECEIVED,
  });
}

test("tasks stand on Today and are ticked off with no signal; a slip is taken back", async () => {
  task(TASK, { text: "Call the housing office <today>", due_on: "2026-11-23", participant: JM });
  task(id("72"), { text: "For a colleague", specialist: id("ee") });
  const today = await page(hand.get("/app/"));
  expect(today).toContain("Call the housing office &lt;today&gt;");
  expect(today).toContain(`href="/app/people/${JM}"`);
  expect(today).not.toContain("For a colleague");

  const form = { done: "yes", from: "today" };
  expect(await redirectOf(hand.post(`/app/tasks/${TASK}`, form))).toBe("/app/");
  expect(await redirectOf(hand.post(`/app/tasks/${TASK}`, form)), "a second touch").toBe("/app/");
  expect(hand.memory.bundles).toEqual([
    [{ kind: "patch", type: "task", doc: TASK, bucket: `me:${ME}`, set: { is_done: true } }],
  ]);
  expect(await page(hand.get("/app/"))).not.toContain("Call the housing office");
  expect(await page(hand.get("/app/tasks"))).toContain("Not done after all");
  await hand.post(`/app/tasks/${TASK}`, { done: "no", from: "tasks" });
  expect(await page(hand.get("/app/"))).toContain("Call the housing office");
});

test("a tick that could not be kept says so, and the task stays open", async () => {
  task(TASK, { text: "Call the housing office" });
  hand.memory.refusal = "storage";
  const answer = await hand.post(`/app/tasks/${TASK}`, { done: "yes" });
  expect("status" in answer && answer.status).toBe(507);
  expect(text(answer, hand.context)).toContain("NOT saved");
  expect(await redirectOf(hand.post(`/app/tasks/${id("72")}`, { done: "yes" }))).toBe("status 404");
});
