/** Every form that keeps what is typed can be thrown away: asked first, with what is lost, and nothing else changes. */

import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { ME } from "./memory";
import { GOAL, id, JM, NOW, note, type Phone, phone, text } from "./phone";

const TEMPLATES = "web/templates/phone";
/** Keeps a draft of a note, which has the way on its own page. */
const ELSEWHERE = ["capture.html", "reading.html"];
const NOTE = id("91");
const NEW_GOAL = id("77");
const REFERRAL = id("50");

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const page = async (path: string) => text(await hand.get(path), hand.context);
const action = (html: string): string => /action="([^"]+\/drop)" data-drop/.exec(html)?.[1] ?? "";

test("no template that keeps what is typed lacks the way", () => {
  const kept = readdirSync(TEMPLATES).filter((name) =>
    readFileSync(`${TEMPLATES}/${name}`, "utf-8").includes("data-autosave="),
  );
  expect(kept.length).toBeGreaterThanOrEqual(12);
  const without = kept.filter((name) => !readFileSync(`${TEMPLATES}/${name}`, "utf-8").includes("{{ throw_away("));
  expect(without.sort()).toEqual(ELSEWHERE);
});

const person = `/app/people/${JM}`;
const FORMS = [
  {
    form: `${person}/plan/edit`,
    keep: `${person}/plan/keep`,
    typed: { vision: "A garden" },
    means: "The plan stays as it is",
    home: `${person}/plan`,
  },
  {
    form: `${person}/goals/${GOAL}`,
    keep: `${person}/goals/${GOAL}/keep`,
    typed: { words: "Something else" },
    means: "The goal stays as it is",
    home: `${person}/plan`,
  },
  {
    form: `${person}/goals/${NEW_GOAL}`,
    keep: `${person}/goals/${NEW_GOAL}/keep`,
    typed: { words: "A bicycle" },
    means: "This goal is not in the plan yet",
    home: `${person}/plan`,
  },
  {
    form: `${person}/keepwell/edit`,
    keep: `${person}/keepwell/keep`,
    typed: { well: "The river" },
    means: "The pages stay as they are",
    home: `${person}/keepwell`,
  },
  {
    form: `/app/referrals/new?draft=${REFERRAL}`,
    keep: "/app/referrals/keep",
    typed: { referral_id: REFERRAL, person: JM, need: "A bed" },
    means: "Nobody was told of it yet",
    home: `${person}/referrals`,
  },
] as const;

test.each(FORMS)("$form: what was typed goes, what stood before stays", async ({ form, keep, typed, means, home }) => {
  const before = await hand.memory.participant(JM);
  await hand.post(keep, typed);
  expect(await hand.memory.drafts()).toHaveLength(1);
  const html = await page(form);
  expect(html).toContain(means);
  expect(await hand.post(action(html), {})).toEqual({ redirect: home });
  expect(await hand.memory.drafts()).toEqual([]);
  expect(await hand.memory.participant(JM)).toEqual(before);
  expect(hand.memory.bundles).toEqual([]);
  expect(await page(home)).not.toContain(Object.values(typed).at(-1));
  // A second touch finds nothing more to throw away.
  expect(await hand.post(action(html), {})).toEqual({ redirect: "/app/" });
});

const ANSWERED = { shared: ["attends"], purpose: ["care"], named: ["J. M."], discloser: ["Harbor"] };

test("a draft of a form that this phone does not know can be thrown away", async () => {
  const draft = {
    id: REFERRAL,
    form: "yesterday@9",
    content: { form_ref: ["yesterday@9"], person: [JM], did: ["A walk"] },
  };
  await hand.memory.saveDraft({ ...draft, startedAt: NOW, updatedAt: NOW });
  const html = await page(`/app/drafts/${REFERRAL}`);
  expect(html).toContain("A walk");
  expect(await hand.post(action(html), {})).toEqual({ redirect: "/app/" });
  expect(await hand.memory.drafts()).toEqual([]);
});

test("a consent that is being asked is thrown away from any of its questions, and is no consent", async () => {
  const begun = await hand.post(`${person}/consents`, {});
  const ask = "redirect" in begun ? begun.redirect : "";
  await hand.post(ask.split("?")[0] ?? "", { step: "recipient", recipient: "Harbor Housing" });
  const html = await page(`${ask.split("?")[0]}?step=purpose`);
  expect(html).toContain("Nothing is signed yet");
  const typed = (await hand.memory.drafts())[0];
  if (typed) await hand.memory.saveDraft({ ...typed, content: { ...typed.content, ...ANSWERED } });
  expect(action(await page(`${ask.split("?")[0]}?step=sign`))).toBe(action(html));
  expect(await hand.post(action(html), {})).toEqual({ redirect: `${person}/consents` });
  expect(await hand.memory.drafts()).toEqual([]);
  expect(await page(`${person}/consents`)).not.toContain("Harbor Housing");
  expect(hand.memory.bundles).toEqual([]);
});

test("words for a signed note, the specialist's or the person's, are thrown away and the note stays", async () => {
  hand.memory.addNote(NOTE, note(JM, NOW - 3_600_000), undefined, {
    state: "signed",
    signed: { by: ME, at: NOW, hash: "h", seq: 0, received: 0 },
  });
  const addendum = await page(`/app/notes/${NOTE}/addendum`);
  const keep = /data-autosave="([^"]+)"/.exec(addendum)?.[1] ?? "";
  await hand.post(keep, { form_ref: "addendum@1", note: NOTE, person: JM, reason: "left_out", text: "One more" });
  expect(await hand.memory.drafts()).toHaveLength(1);
  expect(addendum).toContain("These words cannot come back");
  expect(await hand.post(action(addendum), {})).toEqual({ redirect: `/app/notes/${NOTE}` });
  expect(await hand.memory.drafts()).toEqual([]);

  expect(action(await page(`/app/notes/${NOTE}`))).toBe("");
  await hand.post(`/app/notes/${NOTE}/turn`, {});
  await hand.post(`/app/notes/${NOTE}/show`, { person_view: "", person_words: "Not quite what I" });
  await hand.post("/app/turned/back", {});
  const signed = await page(`/app/notes/${NOTE}`);
  expect(signed).toContain("What they typed here cannot come back");
  expect(await hand.post(action(signed), {})).toEqual({ redirect: `/app/notes/${NOTE}` });
  expect(await hand.memory.drafts()).toEqual([]);
  expect(action(await page(`/app/notes/${NOTE}`))).toBe("");
});

test("a form about somebody who is not here any more leads back to Today", async () => {
  await hand.post(`${person}/plan/keep`, { vision: "A garden" });
  hand.memory.people.delete(JM);
  const [draft] = await hand.memory.drafts();
  const html = await page(`/app/drafts/${draft?.id}/left`);
  expect(html).toContain("A garden");
  expect(await hand.post(action(html), {})).toEqual({ redirect: "/app/" });
  expect(await hand.memory.drafts()).toEqual([]);
});
