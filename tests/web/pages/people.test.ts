/** People: found, added offline, read, and never named in an address. */

import { beforeEach, expect, test } from "vitest";
import { CENTER, DR, GOAL, id, JM, NOW, note, type Phone, phone, text } from "./phone";

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);

test.each([
  ["j. m", ["J. M."]],
  ["  M.   j ", ["J. M."]],
  ["joSE", ["José Núñez"]],
  ["nunez jose", ["José Núñez"]],
  ["CG-7", ["José Núñez"]],
  ["", ["D. R.", "J. M.", "José Núñez"]],
])("looking for %j finds %j", async (q, names) => {
  hand.memory.addPerson(id("03"), { name: "José Núñez", code: "CG-77" });
  const answer = await hand.post("/app/people", { q });
  expect("view" in answer && (answer.view["people"] as { name: string }[]).map(({ name }) => name)).toEqual(names);
});

test("a search that finds nobody says so and keeps the words", async () => {
  const html = await page(hand.post("/app/people", { q: "Zoë <x>" }));
  expect(html).toContain("Nobody by that name");
  expect(html).toContain('value="Zoë &lt;x&gt;"');
});

test("a name is enough to add somebody", async () => {
  const form = { person_id: id("30"), called: "  Big\n Mike ", goal: "Sleep inside", contact: "", site: CENTER };
  expect(await hand.post("/app/people/new", form)).toEqual({ redirect: `/app/people/${id("30")}` });
  expect(hand.memory.bundles[0]).toEqual([
    {
      kind: "create",
      type: "participant",
      doc: id("30"),
      bucket: `p:${id("30")}`,
      set: { name: "Big Mike", site: CENTER, goals: [{ id: id("f1"), words: "Sleep inside" }] },
    },
  ]);
});

test("adding twice adds once", async () => {
  const form = { person_id: id("30"), called: "Rosa" };
  await hand.post("/app/people/new", form);
  expect(await hand.post("/app/people/new", form)).toEqual({ redirect: `/app/people/${id("30")}` });
  expect(hand.memory.bundles).toHaveLength(1);
});

test.each([
  ["no name", { called: " " }, "Enter a name or an alias"],
  ["a name of 121 characters", { called: "x".repeat(121) }, "Use 120 characters or fewer"],
  ["somebody already here", { called: "j. m." }, "Somebody by this name is here already"],
])("%s is told, and what was typed stays", async (_about, more, words) => {
  const answer = await hand.post("/app/people/new", { person_id: id("30"), pronouns: "they", ...more });
  expect(answer).toMatchObject({ status: 422 });
  expect(text(answer, hand.context)).toContain(words);
  expect(text(answer, hand.context)).toContain('value="they"');
});

test("the same name again, on purpose, is another person", async () => {
  const form = { person_id: id("30"), called: "J. M.", same: "yes" };
  expect(await hand.post("/app/people/new", form)).toEqual({ redirect: `/app/people/${id("30")}` });
});

test("a body without its fields adds nobody", async () => {
  expect(await hand.post("/app/people/new", {})).toMatchObject({ status: 422 });
  expect(await hand.post("/app/people/new", { person_id: "../../x", called: "Rosa" })).toMatchObject({ status: 422 });
  expect(hand.memory.bundles).toHaveLength(0);
});

test("a person's page shows the last notes, their history 20 at a time", async () => {
  for (let day = 0; day < 45; day++) hand.memory.addNote(id(`d${day}`), note(JM, NOW - day * 86_400_000));
  const html = await page(hand.get(`/app/people/${JM}`));
  expect(html.match(/class="history-note"/g)).toHaveLength(3);
  expect(html).toContain("45 notes, last today");
  expect(html).toContain("All 45 notes");
  const newest = await page(hand.get(`/app/people/${JM}/history`));
  expect(newest.match(/class="history-note"/g)).toHaveLength(20);
  expect(newest).toContain("Older notes");
  const older = await page(hand.get(`/app/people/${JM}/history?before=40`));
  expect(older.match(/class="history-note"/g)).toHaveLength(5);
  expect(older).not.toContain("Older notes");
});

test("a long first line is cut between letters, never inside an emoji", async () => {
  hand.memory.addNote(id("d1"), note(JM, NOW, { answers: { did: "👩".repeat(400) } }));
  expect(await page(hand.get(`/app/people/${JM}`))).toMatch(/>(👩){140}…</u);
});

test("a goal is added in the person's own words, once", async () => {
  await hand.post(`/app/people/${JM}/goals`, { words: "See my daughter" });
  await hand.post(`/app/people/${JM}/goals`, { words: "See my daughter" });
  expect((await hand.memory.participant(JM))?.fields.goals).toEqual([
    { id: GOAL, words: "My own place by spring" },
    { id: id("f1"), words: "See my daughter", opened_on: "2026-11-21" },
  ]);
  expect(await hand.post(`/app/people/${JM}/goals`, { words: " " })).toMatchObject({ status: 422 });
});

test("somebody who is not on this phone looks like an address that does not exist", async () => {
  expect(await hand.get(`/app/people/${id("99")}`)).toEqual(await hand.get("/app/nowhere"));
});

test("somebody whose support ended can be read, not written about", async () => {
  hand.memory.addPerson(DR, { name: "D. R.", status: "closed" });
  const html = await page(hand.get(`/app/people/${DR}`));
  expect(html).toContain("Support has ended");
  expect(html).not.toContain("/app/notes/new");
  expect(await page(hand.get("/app/people"))).toContain("1 closed");
});

test("a record that was joined with another leads there, and takes no new note", async () => {
  hand.memory.addPerson(DR, { name: "D. R.", status: "closed", merged_into: JM });
  const html = await page(hand.get(`/app/people/${DR}`));
  expect(html).toContain("joined with J. M.");
  expect(html).toContain(`href="/app/people/${JM}"`);
  expect(html).not.toContain("/app/notes/new");
  hand.memory.addPerson(DR, { name: "D. R.", status: "closed", merged_into: id("77") });
  expect(await page(hand.get(`/app/people/${DR}`))).toContain("The other record is not on this phone");
});
