/** Two versions of one thing: both shown whole, one touch keeps one, nothing is merged, a signed note stays. */

import { beforeEach, describe, expect, test } from "vitest";
import { addendumDraftOf } from "../../../web/pocket/pages/addendum_draft";
import type { Seen } from "../../../web/pocket/pages/page";
import { ME } from "./memory";
import { id, JM, NOW, note, type Phone, phone, text } from "./phone";

const OTHER = id("0b");
const NOTE = id("e1");
let hand: Phone;

const kept = (field: string, value: unknown, by = OTHER, seq = 41) => ({ field, value, by, at: NOW - 7_200_000, seq });
const page = async (path: string) => text(await hand.get(path), hand.context);

function aside(...values: ReturnType<typeof kept>[]) {
  const person = hand.memory.people.get(JM);
  if (!person) throw new Error("no person");
  hand.memory.people.set(JM, { ...person, seq: 40, body: { ...person.body, kept: values } });
}

beforeEach(() => {
  hand = phone();
  hand.memory.members = { [OTHER]: { name: "Luis Vega", title: "" } };
  const person = hand.memory.people.get(JM);
  if (!person) throw new Error("no person");
  hand.memory.people.set(JM, { ...person, fields: { ...person.fields, contact: "555 0100", about: "Likes <tea>" } });
});

describe("a person whom two people changed", () => {
  test("is listed where work comes back, and on Today", async () => {
    aside(kept("contact", "555 0199"));
    expect(await page("/app/inbox")).toContain(`/app/conflicts/${JM}`);
    expect(await page("/app/")).toContain("1 record has two versions");
    expect(await page("/app/sync")).toContain("1 record has two versions");
    expect(await page(`/app/people/${JM}`)).toContain(`/app/conflicts/${JM}`);
  });

  test("shows both versions whole, with who wrote the other and when", async () => {
    aside(kept("contact", "555 0199"), kept("about", "Likes “coffee”", ME, 42));
    const html = await page(`/app/conflicts/${JM}`);
    for (const words of ["555 0100", "555 0199", "Luis Vega wrote", "Likes &lt;tea&gt;", "Likes “coffee”", "You wrote"])
      expect(html).toContain(words);
    expect(html.match(/Keep this/g)).toHaveLength(4);
    expect(html).toContain(`/app/conflicts/${JM}/write?path=about`);
    expect(html).not.toContain("write?path=contact");
  });

  test.each([
    ["standing", "555 0100"],
    ["41", "555 0199"],
  ])("is settled by a patch of what was chosen: %s", async (choice, contact) => {
    aside(kept("contact", "555 0199"));
    await hand.post(`/app/conflicts/${JM}`, { path: "contact", choice, base: "40" });
    expect(hand.memory.bundles).toEqual([
      [{ kind: "patch", type: "participant", doc: JM, bucket: `p:${JM}`, base: 40, set: { contact } }],
    ]);
  });

  test("a choice that is not there changes nothing", async () => {
    aside(kept("contact", "555 0199"));
    for (const form of [{ path: "contact", choice: "99" }, { path: "name", choice: "standing" }, {}])
      expect(await hand.post(`/app/conflicts/${JM}`, form)).toEqual({ redirect: `/app/conflicts/${JM}` });
    expect(hand.memory.bundles).toEqual([]);
  });

  test("prose is written anew by its reader: the form begins with what stands, the other is beside it", async () => {
    aside(kept("about", "Likes “coffee”"));
    const html = await page(`/app/conflicts/${JM}/write?path=about`);
    expect(html).toMatch(/<textarea[^>]*>\s*Likes &lt;tea&gt;<\/textarea>/);
    expect(html).toContain("Likes “coffee”");
    await hand.post(`/app/conflicts/${JM}/write`, { path: "about", words: "Tea and coffee", base: "40" });
    expect(hand.memory.bundles[0]?.[0]?.set).toEqual({ about: "Tea and coffee" });
  });

  test("what was typed stays when it cannot be kept", async () => {
    aside(kept("about", "Likes “coffee”"));
    hand.memory.refusal = "quota";
    const answer = await hand.post(`/app/conflicts/${JM}/write`, { path: "about", words: "Tea and coffee" });
    expect(text(answer, hand.context)).toContain("Tea and coffee");
    expect(answer).toMatchObject({ status: 507 });
  });

  test("goals, dates and choices are shown as people know them", async () => {
    aside(
      kept("goals", [{ id: id("1"), words: "My own place" }]),
      kept("follow_up_on", "2026-12-01"),
      kept("language", "es"),
      kept("status", "closed"),
      kept("pronouns", ""),
    );
    const html = await page(`/app/conflicts/${JM}`);
    for (const words of ["My own place", "Dec 1, 2026", "Spanish", "Has ended", "Nothing"])
      expect(html).toContain(words);
  });
});

describe("a signed note", () => {
  beforeEach(() => {
    const signed = { by: ME, at: NOW, hash: "h", seq: 9, received: NOW };
    const fields = { ...note(JM, NOW - 86_400_000), answers: { did: "What stands" } };
    hand.memory.addNote(NOTE, fields, undefined, {
      state: "signed",
      signed,
      kept: [kept("answers.did", "The other words")],
    });
  });

  test("keeps its words; the other ones can be added under it", async () => {
    const html = await page(`/app/conflicts/${NOTE}`);
    expect(html).toContain("Leave it as signed");
    expect(html).toContain("The other words");
    expect(html).not.toContain("Keep this");
    expect(await hand.get(`/app/conflicts/${NOTE}/write?path=answers.did`)).toMatchObject({ status: 404 });
    const answer = await hand.post(`/app/conflicts/${NOTE}`, { path: "answers.did", choice: "41", then: "add" });
    expect(answer).toEqual({ redirect: `/app/notes/${NOTE}/addendum` });
    expect((await hand.memory.draft(addendumDraftOf(NOTE)))?.content["text"]).toEqual(["The other words"]);
    expect(hand.memory.bundles).toEqual([]);
  });

  test("is settled by its own standing words, whatever is asked", async () => {
    await hand.post(`/app/conflicts/${NOTE}`, { path: "answers.did", choice: "41" });
    expect(hand.memory.bundles[0]?.[0]?.set).toEqual({ answers: { did: "What stands" } });
  });
});

test("an unfinished note of two phones can stay as two", async () => {
  const own = { draft_id: [id("77")] };
  const content = (did: string) => JSON.stringify({ form_ref: ["one_on_one@1"], did: [did], person: [JM], ...own });
  hand.memory.officeDrafts.push({
    doc: NOTE,
    type: "draft",
    bucket: `me:${ME}`,
    seq: 50,
    fields: { form: "one_on_one@1", content: content("here"), participant: JM },
    body: {
      author: ME,
      state: "open",
      captured: NOW,
      received: NOW,
      created: 50,
      kept: [kept("content", content("there"), ME)],
    },
    standing: { at: "received", code: "003B", when: NOW },
  } as Seen<Record<string, unknown>>);
  expect(await page(`/app/conflicts/${NOTE}`)).toContain("there");
  expect(await page(`/app/conflicts/${NOTE}`)).toContain(`/app/drafts/${id("77")}`);
  await hand.post(`/app/conflicts/${NOTE}`, { path: "content", choice: "41", then: "both" });
  expect([...hand.memory.kept.values()].map((draft) => draft.content)).toEqual([
    { form_ref: ["one_on_one@1"], did: ["there"], person: [JM] },
  ]);
  expect(hand.memory.bundles[0]?.[0]?.set).toEqual({ content: content("here") });
});
