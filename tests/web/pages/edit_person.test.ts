/** Details of a person: only what was changed here becomes a change, and nothing typed is lost. */

import { beforeEach, expect, test } from "vitest";
import { JM, type Phone, phone, text } from "./phone";

let hand: Phone;
let before: string;
const PATH = `/app/people/${JM}/edit`;

beforeEach(async () => {
  hand = phone();
  const person = hand.memory.people.get(JM);
  if (!person) throw new Error("no person");
  hand.memory.people.set(JM, { ...person, fields: { ...person.fields, contact: "555 0100", about: "Tea" } });
  const html = text(await hand.get(PATH), hand.context);
  before = (/name="before" value="([^"]*)"/.exec(html)?.[1] ?? "").replaceAll("&#34;", '"').replaceAll("&quot;", '"');
});

const form = (more: Record<string, string>) => {
  const { name, ...shown } = JSON.parse(before) as Record<string, string>;
  return { called: name ?? "", ...shown, before, base: "40", ...more };
};

test("only what was changed is a change, from what its author was shown", async () => {
  const person = hand.memory.people.get(JM);
  if (!person) throw new Error("no person");
  hand.memory.people.set(JM, { ...person, seq: 44, fields: { ...person.fields, about: "Coffee, says the office" } });
  expect(await hand.post(PATH, form({ contact: "555 0199" }))).toEqual({ redirect: `/app/people/${JM}` });
  expect(hand.memory.bundles).toEqual([
    [{ kind: "patch", type: "participant", doc: JM, bucket: `p:${JM}`, base: 40, set: { contact: "555 0199" } }],
  ]);
});

test("nothing changed is no change", async () => {
  await hand.post(PATH, form({}));
  expect(hand.memory.bundles).toEqual([]);
});

test("an emptied place is nowhere, an emptied text is empty", async () => {
  await hand.post(PATH, form({ site: "", contact: "" }));
  const { set } = hand.memory.bundles[0]?.[0] ?? {};
  expect(set).toMatchObject({ contact: "" });
});

test("a name is needed, long words are refused, and everything typed stays", async () => {
  for (const [more, words] of [
    [{ called: " ", contact: "555 0199" }, "555 0199"],
    [{ about: "x".repeat(4001) }, "x".repeat(4001)],
    [{ called: "y".repeat(121) }, "y".repeat(121)],
  ] as const) {
    const answer = await hand.post(PATH, form(more));
    expect(answer).toMatchObject({ status: 422 });
    expect(text(answer, hand.context)).toContain(words);
  }
  hand.memory.refusal = "quota";
  const refused = await hand.post(PATH, form({ contact: "555 0199" }));
  expect(refused).toMatchObject({ status: 507 });
  expect(text(refused, hand.context)).toContain("555 0199");
  expect(hand.memory.bundles).toEqual([]);
});

test("an empty body changes nothing", async () => {
  expect(await hand.post(PATH, {})).toMatchObject({ status: 422 });
  expect(hand.memory.bundles).toEqual([]);
});

test("how to reach them, whom to call and which programs are details like the others", async () => {
  const more = {
    is_alias: "yes",
    preferred: "text",
    part2: "yes",
    em_name: "Rosa",
    em_number: "555 0123",
    em_agreed: "yes",
    program_0: "Drop-in",
    program_1: "Evening group",
    program_1_part2: "yes",
  };
  await hand.post(PATH, form(more));
  expect(hand.memory.bundles[0]?.[0]?.set).toEqual({
    is_alias: true,
    preferred: "text",
    part2: "yes",
    emergency: { name: "Rosa", number: "555 0123", is_agreed: true, agreed_on: "2026-11-21" },
    programs: [{ name: "Drop-in" }, { name: "Evening group", is_part2: true }],
  });
  const card = text(await hand.get(`/app/people/${JM}`), hand.context);
  for (const words of ["alias", "Text", "Rosa, 555 0123", "They agreed", "Evening group", "Part 2"])
    expect(card).toContain(words);
});

test("a number without a name is asked again, another row costs nothing", async () => {
  const wrong = await hand.post(PATH, form({ em_number: "555 0123" }));
  expect(wrong).toMatchObject({ status: 422 });
  expect(text(wrong, hand.context)).toContain("555 0123");
  const more = await hand.post(PATH, form({ program_0: "Drop-in", then: "more" }));
  expect(text(more, hand.context)).toContain('name="program_1"');
  expect(hand.memory.bundles).toEqual([]);
});
