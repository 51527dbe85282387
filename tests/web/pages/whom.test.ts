/** Somebody closed, joined with another record or reassigned while work about them is unfinished: said before signing. */

import { beforeEach, describe, expect, test } from "vitest";
import { noteOf } from "../../../web/pocket/pages/draft_note";
import { DR, GOAL, id, JM, type Phone, phone, seenOn, TYPED, text } from "./phone";

const DRAFT = id("b0");
const at = `/app/drafts/${DRAFT}`;

let hand: Phone;
beforeEach(async () => {
  hand = phone();
  await hand.post(at, TYPED);
});

const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);
const notes = () => [...hand.memory.notes.values()].map(({ fields }) => fields);

async function sign(): Promise<string> {
  const html = await page(hand.get(`${at}/check`));
  const seen = seenOn(html);
  expect(await hand.post(`${at}/sign`, { seen })).toEqual({ redirect: `/app/notes/${noteOf(DRAFT)}` });
  return html;
}

test("an ordinary note says nothing of all this", async () => {
  expect(await page(hand.get(at))).not.toContain('id="whom"');
  expect(await page(hand.get(`${at}/check`))).not.toContain('id="whom"');
});

test("support has ended: form and check page say that the office sends it back, and it can be signed", async () => {
  hand.memory.addPerson(JM, { name: "J. M.", status: "closed" });
  for (const html of [await page(hand.get(at)), await sign()]) {
    expect(html).toContain("Support for J. M. has ended");
    expect(html).toContain("comes back to you with every word");
    expect(html).not.toContain("Write it about");
  }
  expect(notes()).toMatchObject([{ participant: JM, answers: { did: "Made the call together" } }]);
});

describe("two records were joined", () => {
  beforeEach(() => {
    hand.memory.addPerson(id("03"), { name: "J. Moss", status: "closed", merged_into: DR });
    hand.memory.addPerson(JM, { name: "J. M.", status: "closed", merged_into: id("03") });
  });

  test("the form and the check page say so, and lead to the record at the end", async () => {
    expect(await page(hand.get(at))).toContain("J. M. is now in one record with D. R.");
    const check = await page(hand.get(`${at}/check`));
    expect(check).toContain("Write it about D. R.");
    expect(check).toContain(`name="person" value="${DR}"`);
  });

  test("one touch on the form takes every word along, those not kept yet too; goals are chosen anew", async () => {
    expect(await hand.post(at, { ...TYPED, did: "Typed just now", then: "join" })).toEqual({ redirect: at });
    expect(hand.memory.kept.get(DRAFT)?.content).toMatchObject({ person: [DR], goals: [], did: ["Typed just now"] });
    expect(await sign()).not.toContain('id="whom"');
    expect(notes()).toMatchObject([{ participant: DR, answers: { did: "Typed just now" } }]);
    expect(notes()[0]).not.toHaveProperty("goals");
  });

  test("one touch on the check page does the same", async () => {
    await hand.post(`${at}/person`, { person: DR });
    expect(hand.memory.kept.get(DRAFT)?.content).toMatchObject({ person: [DR], did: ["Made the call together"] });
  });

  test("where the other record is not here, it is said whom to ask", async () => {
    hand.memory.people.delete(DR);
    const html = await page(hand.get(at));
    expect(html).toContain("The record of J. M. was joined with another");
    expect(html).toContain("Ask your supervisor");
    expect(html).not.toContain("Write it about");
  });

  test("records that point at each other lead nowhere, and end", async () => {
    hand.memory.addPerson(id("03"), { name: "J. Moss", status: "closed", merged_into: JM });
    expect(await page(hand.get(at))).toContain("was joined with another");
  });
});

describe("the person went to a colleague", () => {
  beforeEach(() => {
    hand.memory.people.delete(JM);
  });

  test("the note keeps their name and all its words, and is finished and signed: it happened", async () => {
    expect(await page(hand.get("/app/"))).toContain("J. M.");
    // The page stood open all the time and knows nothing of a name.
    await hand.post(at, { ...TYPED, did: "The last words" });
    for (const html of [await page(hand.get(at)), await sign()]) {
      expect(html).toContain("J. M. is no longer on your list");
      expect(html).toContain("you can finish and sign");
    }
    expect(hand.memory.bundles[0]?.[0]).toMatchObject({ kind: "create", bucket: `p:${JM}` });
    expect(notes()).toMatchObject([{ participant: JM, goals: [GOAL], answers: { did: "The last words" } }]);
    expect(hand.memory.bundles).toHaveLength(1);
  });

  test("a note about another one after all forgets the name", async () => {
    await hand.post(`${at}/person`, { person: DR });
    expect(hand.memory.kept.get(DRAFT)?.content["person_name"]).toEqual(["D. R."]);
  });

  test("somebody who never was on this phone is nobody: it cannot be signed about them", async () => {
    const html = await page(hand.post(`/app/drafts/${id("b1")}`, { ...TYPED, person: id("99"), then: "check" }));
    expect(html).toContain("Choose who this is about");
  });

  test("a form that cannot go on without the record shows every word, until it is thrown away on purpose", async () => {
    hand.memory.addPerson(JM, { name: "J. M." });
    const edit = {
      vision: "A room of my own",
      strengths: "Patience",
      supports: "",
      review_on: "",
      base: "7",
      before: "{}",
    };
    await hand.post(`/app/people/${JM}/plan/keep`, edit);
    hand.memory.people.delete(JM);
    const [draft] = (await hand.memory.drafts()).filter(({ form }) => form === "plan@1");
    const left = `/app/drafts/${draft?.id}/left`;
    expect(await page(hand.get("/app/"))).toContain(left);
    expect(await hand.get(`/app/drafts/${draft?.id}`)).toEqual({ redirect: left });
    const html = await page(hand.get(left));
    for (const words of ["J. M.", "Plan not finished", "A room of my own", "Patience", "Throw away"])
      expect(html).toContain(words);
    expect(html).not.toContain("{}");
    hand.memory.addPerson(JM, { name: "J. M." });
    expect(await hand.get(left)).toMatchObject({ status: 404 });
    expect(await page(hand.get(`/app/people/${JM}/plan/edit`))).toContain("A room of my own");
  });

  test("words under a note that has gone are shown too", async () => {
    const content = { form_ref: ["addendum@1"], note: [id("d9")], person: [JM], text: ["Also, the bus was late"] };
    const stamp = { startedAt: hand.now, updatedAt: hand.now };
    await hand.memory.saveDraft({ id: id("d8"), form: "addendum@1", content, ...stamp });
    expect(await page(hand.get(`/app/drafts/${id("d8")}/left`))).toContain("Also, the bus was late");
  });
});

test("a check-in begun before support ended can be finished, a new one cannot begin", async () => {
  const answers = { checkin_id: id("60"), q_mood: "7", good: "" };
  await hand.post(`/app/people/${JM}/checkins/keep`, answers);
  hand.memory.addPerson(JM, { name: "J. M.", status: "closed" });
  expect(await hand.get(`/app/people/${JM}/checkins/new?draft=${id("60")}`)).toMatchObject({ status: 200 });
  expect(await hand.get(`/app/people/${JM}/checkins/new`)).toMatchObject({ status: 404 });
  expect(await hand.post(`/app/people/${JM}/checkins/new`, answers)).toEqual({ redirect: `/app/checkins/${id("60")}` });
});

describe("goals that a note can name", () => {
  const goal = (end: string, words: string, status: "active" | "paused" | "met" | "changed" | "dropped") => ({
    id: id(end),
    words,
    status,
  });
  const chips = async () => {
    const html = await page(hand.get(at));
    return [...html.matchAll(/name="goals" value="([^"]+)"( checked)?[^>]*><span>([^<]*)/g)].map(
      ([, value, checked, words]) => [value, Boolean(checked), words],
    );
  };

  beforeEach(() => {
    const goals = [
      goal("a1", "My own place", "met"),
      goal("a2", "Work again", "active"),
      goal("a3", "See my son", "paused"),
      goal("a4", "Quit", "dropped"),
      goal("a5", "Run", "changed"),
    ];
    hand.memory.addPerson(JM, { name: "J. M.", goals });
  });

  test("are those that are worked on; one chosen before stays, with what became of it", async () => {
    expect(await chips()).toEqual([
      [GOAL, true, "“My own place” · Reached"],
      [id("a2"), false, "“Work again”"],
      [id("a3"), false, "“See my son” · Paused"],
    ]);
    await sign();
    expect(notes()[0]?.goals).toEqual([GOAL]);
  });

  test("once it is taken out it is offered no more", async () => {
    await hand.post(at, { ...TYPED, goals: [id("a2")] });
    expect((await chips()).map(([value]) => value)).toEqual([id("a2"), id("a3")]);
  });

  test("where none is worked on, goals are not asked", async () => {
    hand.memory.addPerson(JM, { name: "J. M.", goals: [goal("a4", "Quit", "dropped")] });
    await hand.post(at, { ...TYPED, goals: [] });
    expect(await page(hand.get(at))).not.toContain('id="f-goals"');
  });
});
