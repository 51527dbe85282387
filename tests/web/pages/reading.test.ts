/** The reading view: the person reads, says what they think, and reaches nothing else. */

import { beforeEach, expect, test } from "vitest";
import { ME } from "./memory";
import { CENTER, GOAL, id, JM, learnSpanish, NOW, note, type Phone, phone, seenOn, text } from "./phone";

const DRAFT = id("b1");
const SIGNED = id("e1");
const OWN = "I called the landlord myself.";

let hand: Phone;
beforeEach(async () => {
  hand = phone();
  await hand.memory.saveDraft({
    id: DRAFT,
    form: "one_on_one@1",
    content: {
      form_ref: ["one_on_one@1"],
      person: [JM],
      place: [`site:${CENTER}`],
      day: ["2026-11-21"],
      end: ["10:30"],
      minutes: ["30"],
      support: ["emotional"],
      goals: [GOAL],
      did: ["Practised the call."],
      said: [OWN],
    },
    startedAt: NOW,
    updatedAt: NOW,
  });
  hand.memory.addNote(SIGNED, note(JM, NOW - 3_600_000, { answers: { said: OWN } }), undefined, {
    state: "signed",
    signed: { by: ME, at: NOW, hash: "h", seq: 0, received: 0 },
  });
});

const page = async (answer: ReturnType<Phone["get"]>) => text(await answer, hand.context);
const redirectOf = async (answer: ReturnType<Phone["get"]>) => {
  const said = await answer;
  return "redirect" in said ? said.redirect : `status ${said.status}`;
};
const turned = async (path: string) => {
  expect(await redirectOf(hand.post(`${path}/turn`, {}))).toBe(`${path}/show`);
  return `${path}/show`;
};

test("the person's own words come first, and no screen of the specialist's is linked", async () => {
  const html = await page(hand.get(await turned(`/app/drafts/${DRAFT}`)));
  expect(html.indexOf(OWN)).toBeLessThan(html.indexOf("Practised the call."));
  expect(html).toContain("My own place by spring");
  const links = [...html.matchAll(/<a [^>]*href="(\/app[^"]*)"/g)].map(([, href]) => href);
  expect(links).toEqual(["/app/safety"]);
  expect(html).not.toContain('class="tabs"');
  expect(html).not.toContain('class="strip"');
});

test("what they choose and write becomes part of the draft, at every pause and at the end", async () => {
  const path = await turned(`/app/drafts/${DRAFT}`);
  expect(await page(hand.post(path, { person_words: "It was har" }))).toContain("Kept");
  expect((await hand.memory.draft(DRAFT))?.content["person_words"]).toEqual(["It was har"]);
  const form = { person_view: "agree", person_words: "It was hard.", then: "say" };
  expect(await redirectOf(hand.post(path, form))).toBe(`${path}?kept=yes`);
  expect((await hand.memory.draft(DRAFT))?.content).toMatchObject({
    person_view: ["agree"],
    person_words: ["It was hard."],
    did: ["Practised the call."],
  });
  const thanks = await page(hand.get(`${path}?kept=yes`));
  expect(thanks).toContain("Thank you");
  expect(thanks).not.toContain("It was hard.");
  expect(await page(hand.get(path)), "they may change it").toMatch(/value="agree" checked/);
});

test("a form that knows the answers takes them into the note, another has them added at signing: none is lost", async () => {
  for (const [version, isAnswer] of [
    ["one_on_one@2", true],
    ["one_on_one@1", false],
  ] as const) {
    const kept = await hand.memory.draft(DRAFT);
    if (!kept) throw new Error("no draft");
    const said = { person_view: ["disagree"], person_words: ["Not so easy."] };
    const draft = { ...kept, id: id(isAnswer ? "b2" : "b4"), form: version };
    await hand.memory.saveDraft({ ...draft, content: { ...kept.content, form_ref: [version], ...said } });
    const check = await page(hand.get(`/app/drafts/${draft.id}/check`));
    const seen = seenOn(check);
    const to = await redirectOf(hand.post(`/app/drafts/${draft.id}/sign`, { seen }));
    const note = await hand.memory.note(to.slice("/app/notes/".length));
    expect(note?.fields.answers?.["person_words"]).toBe(isAnswer ? "Not so easy." : undefined);
    expect(note?.body.addenda?.map((one) => one.text) ?? []).toEqual(
      isAnswer ? [] : ["They read this note and see it differently.\n“Not so easy.”"],
    );
    expect(await page(hand.get(to))).toContain("Not so easy.");
  }
});

test("under a signed note their words become an addendum, once", async () => {
  const path = await turned(`/app/notes/${SIGNED}`);
  await hand.post(path, { person_words: "Not quite" });
  expect(await page(hand.get("/app/"))).toContain("Their own words on a note");
  const form = { person_view: "disagree", person_words: "It was not easy.", then: "say" };
  await hand.post(path, form);
  await hand.post(path, form);
  const set = { text: "They read this note and see it differently.\n“It was not easy.”", reason: "person_view" };
  expect(hand.memory.bundles).toEqual([[{ kind: "addendum", type: "note", doc: SIGNED, bucket: `p:${JM}`, set }]]);
  expect((await hand.memory.drafts()).map((draft) => draft.id)).toEqual([DRAFT]);
  const shown = await page(hand.get(`/app/notes/${SIGNED}`));
  expect(shown).toContain("It was not easy.");
  expect(shown).toContain("They read the note");
});

test("not wanting to say is an answer; nothing at all is asked for once more, and kept as typed", async () => {
  const path = await turned(`/app/notes/${SIGNED}`);
  const nothing = await hand.post(path, { person_words: "  ", then: "say" });
  expect("status" in nothing && nothing.status).toBe(422);
  expect(text(nothing, hand.context)).toContain("Choose an answer or write something");
  const long = await hand.post(path, { person_words: "x".repeat(4001), person_view: "agree", then: "say" });
  expect("status" in long && long.status).toBe(422);
  expect(text(long, hand.context)).toContain("x".repeat(4001));
  expect(hand.memory.bundles).toEqual([]);
  await hand.post(path, { person_view: "declined", then: "say" });
  expect(hand.memory.bundles[0]?.[0]?.set?.["text"]).toBe("They were shown this note and would rather not say.");
});

test("a full phone says that the answer is not kept, and keeps it on the screen", async () => {
  for (const path of [await turned(`/app/drafts/${DRAFT}`), await turned(`/app/notes/${SIGNED}`)]) {
    hand.memory.refusal = "quota";
    const answer = await hand.post(path, { person_view: "agree", person_words: OWN, then: "say" });
    expect("status" in answer && answer.status).toBe(507);
    expect(text(answer, hand.context)).toContain("NOT saved");
    expect(text(answer, hand.context)).toMatch(/value="agree" checked/);
    const pause = await hand.post(path, { person_words: OWN });
    expect("status" in pause && pause.status).toBe(507);
    hand.memory.refusal = null;
  }
});

test("handing the phone back ends the view and goes on where it began", async () => {
  const path = await turned(`/app/drafts/${DRAFT}`);
  expect(await redirectOf(hand.post("/app/turned/back", {}))).toBe(`/app/drafts/${DRAFT}/check`);
  expect(await redirectOf(hand.get(path)), "the view is over").toBe(`/app/drafts/${DRAFT}/check`);
  await turned(`/app/notes/${SIGNED}`);
  expect(await redirectOf(hand.post("/app/turned/back", {}))).toBe(`/app/notes/${SIGNED}`);
  expect(await redirectOf(hand.post("/app/turned/back", {})), "a second touch").toBe("/app/");
});

test("the view speaks the person's language, and the record its author's", async () => {
  await learnSpanish();
  hand.memory.addPerson(JM, { name: "J. M.", language: "es" });
  const path = await turned(`/app/notes/${SIGNED}`);
  expect(await page(hand.get(path))).toContain("En sus palabras");
  await hand.post(path, { person_view: "agree", then: "say" });
  expect(await page(hand.get(`${path}?kept=yes`))).toContain("Gracias");
  expect(hand.memory.bundles[0]?.[0]?.set?.["text"]).toBe("They read this note and agree.");
});

test("what cannot be shown is not turned round", async () => {
  for (const path of [`/app/drafts/${id("999")}`, `/app/notes/${id("999")}`])
    expect(await redirectOf(hand.post(`${path}/turn`, {}))).toBe("status 404");
  expect(hand.memory.settings.get("turned")).toBeUndefined();
});
