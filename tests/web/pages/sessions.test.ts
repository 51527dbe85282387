/** Groups and visits: one description, a line each, one note a person in which nobody else is named. */

import { beforeEach, expect, test } from "vitest";
import type { NoteFields, SessionFields } from "../../../web/pocket/generated/schema";
import { namedIn } from "../../../web/pocket/pages/named";
import { hex, mixed } from "../../../web/pocket/pages/session_draft";
import { CENTER, DR, id, JM, NOW, type Phone, PRISON, phone, seenOn, text } from "./phone";

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const GROUP = id("9a0");
const at = `/app/groups/${GROUP}`;
const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);

function form(more: Record<string, string | readonly string[]> = {}): Record<string, string | readonly string[]> {
  return {
    roster_form: "1",
    title: "Morning circle",
    place: `site:${CENTER}`,
    day: "2026-11-21",
    minutes: "60",
    start: "",
    end: "10:30",
    description: "We spoke about asking for help.",
    roster: [JM, DR],
    [`line_${hex(JM)}`]: "Called the clinic himself.",
    [`line_${hex(DR)}`]: "Listened, and stayed to the end.",
    ...more,
  };
}

async function signed(path = at, typed = form()): Promise<string> {
  const checked = await hand.post(path, { ...typed, then: "check" });
  expect(checked).toEqual({ redirect: `${path}/check` });
  const html = await page(hand.get(`${path}/check`));
  const seen = seenOn(html);
  await hand.post(`${path}/sign`, { seen });
  return html;
}

const notes = (): NoteFields[] => [...hand.memory.notes.values()].map(({ fields }) => fields);
const session = (): SessionFields =>
  [...hand.memory.others.values()].find(({ type }) => type === "session")?.fields as unknown as SessionFields;

test("one description and a line each become one note a person, and a session that names nobody", async () => {
  await signed();
  expect(notes().map(({ participant, answers }) => [participant, answers])).toEqual([
    [JM, { did: "We spoke about asking for help.", went: "Called the clinic himself." }],
    [DR, { did: "We spoke about asking for help.", went: "Listened, and stayed to the end." }],
  ]);
  expect(notes().every((note) => note.contact_kind === "group")).toBe(true);
  expect(new Set(notes().map((note) => note.session)).size).toBe(1);
  expect(session().notes).toEqual([mixed(GROUP, JM), mixed(GROUP, DR)]);
  expect(JSON.stringify(session())).not.toContain("D. R.");
  expect(session().ended_at - session().started_at).toBe(3_600_000);
});

test("each note is a bundle of its own, so that one that is refused takes no other along", async () => {
  await signed();
  const kinds = hand.memory.bundles.map((bundle) => bundle.map(({ type, kind }) => `${kind} ${type}`));
  expect(kinds).toEqual([
    ["create session"],
    ["create note", "sign note"],
    ["create note", "sign note"],
    ["patch participant"],
  ]);
});

test("a name of somebody else warns before signing, in the shared words and in a line", async () => {
  const html = await signed(
    at,
    form({ description: "D. R. told how it was.", [`line_${hex(JM)}`]: "Sat beside d r and laughed." }),
  );
  expect(html).toContain("What the group did names somebody: D. R.");
  expect(html).toContain("The line about J. M. names somebody else: D. R.");
  expect(notes()).toHaveLength(2);
});

test("names are found whole, whatever their case and accents, and not one's own", () => {
  const people = [
    { id: "1", name: "José Ortega" },
    { id: "2", name: "Denise W." },
    { id: "3", name: "T. K." },
  ];
  const found = (words: string, own = "") => namedIn(words, people, own).map((one) => one.id);
  expect(found("jose came late")).toEqual(["1"]);
  expect(found("ORTEGA spoke")).toEqual(["1"]);
  expect(found("Denises idea, w was there")).toEqual([]);
  expect(found("with TK and t. k.")).toEqual(["3"]);
  expect(found("Denise sat with Denise W.", "Denise Alvarez")).toEqual(["2"]);
  expect(found("")).toEqual([]);
});

test("nobody ticked, no name and odd numbers are told, and everything typed stays", async () => {
  const html = await page(hand.post(at, { ...form({ roster: [], title: "", headcount: "many" }), then: "check" }));
  expect(html).toContain("Give the group a name");
  expect(html).toContain("Tick somebody");
  expect(html).toContain("Enter a number up to 999");
  expect(html).toContain("We spoke about asking for help.");
  expect(html).toContain("Called the clinic himself.");
  expect(notes()).toEqual([]);
});

test("a form that did not arrive whole keeps what is there", async () => {
  await hand.post(at, form());
  const html = await page(hand.post(at, { then: "check", title: "Cut" }));
  expect(html).toContain("did not arrive whole");
  expect(html).toContain("Called the clinic himself.");
  expect((await hand.memory.draft(GROUP))?.content["title"]).toEqual(["Morning circle"]);
});

test("what the phone cannot keep stays on the screen, and nothing is signed", async () => {
  await hand.post(at, form());
  const html = await page(hand.get(`${at}/check`));
  const seen = seenOn(html);
  hand.memory.refusal = "quota";
  expect(await page(hand.post(`${at}/sign`, { seen }))).toContain("Sign 2 notes");
  expect(notes()).toEqual([]);
  hand.memory.refusal = null;
  await hand.post(`${at}/sign`, { seen });
  expect(notes()).toHaveLength(2);
});

test("what was not read is not signed: a line changed in another window shows the page again", async () => {
  await hand.post(at, form());
  const seen = seenOn(await page(hand.get(`${at}/check`)));
  await hand.post(at, form({ [`line_${hex(JM)}`]: "Another line." }));
  expect(await page(hand.post(`${at}/sign`, { seen }))).toContain("Another line.");
  expect(notes()).toEqual([]);
});

test("signed twice, in two windows, it is one session", async () => {
  await hand.post(at, form());
  const seen = seenOn(await page(hand.get(`${at}/check`)));
  const [first, second] = [await hand.post(`${at}/sign`, { seen }), await hand.post(`${at}/sign`, { seen })];
  expect(second).toEqual(first);
  expect(notes()).toHaveLength(2);
  expect(await hand.post(at, { ...form(), then: "check" })).toEqual(first);
});

test("a group of forty: forty notes, forty-one records, one transaction", async () => {
  const people = Array.from({ length: 40 }, (_, n) => id(`e${n.toString(16).padStart(2, "0")}`));
  for (const [n, person] of people.entries()) hand.memory.addPerson(person, { name: `Person ${n}` });
  await signed(at, form({ roster: people }));
  expect(notes()).toHaveLength(40);
  expect(new Set([...hand.memory.notes.keys()]).size).toBe(40);
  expect(session().notes).toHaveLength(40);
});

test("over the organisation's group size it warns and signs", async () => {
  expect(await signed()).toContain("1 h: 4 units");
  hand = phone();
  hand.memory.rules = { ...hand.memory.rules, rules: { billing: { group_max: 1 } } } as never;
  const html = await signed();
  expect(html).toContain("2 people; your organization counts groups up to 1");
  expect(html.match(/The group was larger than what is paid\./g)).toHaveLength(2);
  expect(notes()).toHaveLength(2);
});

test("somebody closed while the roster was open is told of, and their note is written all the same", async () => {
  await hand.post(at, form());
  hand.memory.addPerson(DR, { name: "D. R.", status: "closed" });
  expect(await signed()).toContain("Their record is closed: D. R.");
  expect(notes()).toHaveLength(2);
});

test("somebody reassigned meanwhile is still on the roster by name, and their note goes to the office", async () => {
  await hand.post(at, form());
  hand.memory.people.delete(DR);
  const html = await page(hand.get(at));
  expect(html).toContain("No longer on your list");
  expect(html).toContain("D. R.");
  const check = await signed(at, form({ [`name_${hex(DR)}`]: "D. R." }));
  expect(check).toContain("1 person is no longer on your list");
  expect(notes().map(({ participant }) => participant)).toEqual([JM, DR]);
});

test("who came later has their own start; a time outside the session is refused and kept", async () => {
  const wrong = await page(hand.post(at, { ...form({ [`from_${hex(JM)}`]: "08:00" }), then: "check" }));
  expect(wrong).toContain("must lie within the session");
  expect(wrong).toContain('value="08:00"');
  await signed(at, form({ [`from_${hex(JM)}`]: "10:00" }));
  expect(notes().map((note) => (note.ended_at - note.started_at) / 60_000)).toEqual([30, 60]);
});

test("a group over midnight is one span, and who left after midnight left within it", async () => {
  hand.now = Date.UTC(2026, 10, 21, 6, 30);
  await signed(
    at,
    form({ day: "2026-11-20", minutes: "exact", start: "23:30", end: "00:30", [`to_${hex(DR)}`]: "00:10" }),
  );
  expect(notes().map((note) => (note.ended_at - note.started_at) / 60_000)).toEqual([60, 40]);
  expect(session().ended_at - session().started_at).toBe(3_600_000);
});

test("the clocks going back in the night make the group an hour longer", async () => {
  hand.now = Date.UTC(2026, 10, 1, 12);
  await signed(at, form({ day: "2026-10-31", minutes: "exact", start: "23:00", end: "03:00" }));
  expect((session().ended_at - session().started_at) / 3_600_000).toBe(5);
});

test("the next group begins with the last one's people, place and length", async () => {
  await signed();
  const [doc] = [...hand.memory.others.keys()];
  const begun = (await hand.get(`/app/groups/new?like=${doc}`)) as { redirect: string };
  const html = await page(hand.get(begun.redirect));
  expect(html).toContain('value="Morning circle"');
  expect(html.match(/name="roster" value="[^"]+" checked/g)).toHaveLength(2);
});

test("an unfinished group stands on Today under its own name and goes on where it was", async () => {
  await hand.post(at, form());
  const html = await page(hand.get("/app/"));
  expect(html).toContain("Morning circle");
  expect(html).toContain(`href="${at}"`);
  expect(await hand.get(`/app/drafts/${GROUP}`)).toEqual({ redirect: at });
  expect((await hand.memory.draft(GROUP))?.content[`line_${hex(JM)}`]).toEqual(["Called the clinic himself."]);
});

test("a thrown away draft is gone", async () => {
  await hand.post(at, form());
  await hand.post(`${at}/drop`, {});
  expect(await hand.memory.draft(GROUP)).toBeNull();
});

const VISIT = id("9b0");
const inside = `/app/visits/${VISIT}`;
const visit = (more: Record<string, string | readonly string[]> = {}) =>
  form({ title: "", description: "", place: `site:${PRISON}`, minutes: "60", share: "shared", ...more });

test("a visit shared out gives whole minutes one after the other, which together are the visit", async () => {
  await signed(inside, visit());
  const spans = notes().map((note) => [note.started_at, note.ended_at]);
  expect(spans[0]?.[1]).toBe(spans[1]?.[0]);
  expect((spans[1]?.[1] ?? 0) - (spans[0]?.[0] ?? 0)).toBe(3_600_000);
  expect(notes().map(({ contact_kind }) => contact_kind)).toEqual(["in_reach", "in_reach"]);
  expect(notes().map(({ answers }) => answers?.["did"])).toEqual([
    "Called the clinic himself.",
    "Listened, and stayed to the end.",
  ]);
  expect(session()).toMatchObject({ sort: "visit", is_shared_out: true });
});

test("each person's own times are asked for, and written three hours later says so", async () => {
  const missing = await page(hand.post(inside, { ...visit({ share: "each" }), then: "check" }));
  expect(missing).toContain("must lie within the session");
  hand.now = NOW + 3 * 3_600_000;
  const times = {
    [`from_${hex(JM)}`]: "09:30",
    [`to_${hex(JM)}`]: "10:00",
    [`from_${hex(DR)}`]: "10:00",
    [`to_${hex(DR)}`]: "10:30",
  };
  await signed(inside, visit({ share: "each", ...times }));
  const html = await page(hand.get(`/app/notes/${mixed(VISIT, JM)}`));
  expect(html).toContain("Written 3 hours later");
  expect(html).not.toMatch(/\blate\b/);
});

test("the jot sheet has codes and no name, and the batch knows afterwards who each code is", async () => {
  const made = await hand.post(inside, { ...visit(), then: "sheet" });
  expect(made).toEqual({ redirect: `${inside}/sheet` });
  const sheet = await page(hand.get(`${inside}/sheet`));
  expect(sheet).toMatch(/<th scope="row">A<\/th>.*<th scope="row">B<\/th>/s);
  expect(sheet).not.toContain("J. M.");
  expect(sheet).not.toContain("D. R.");
  const batch = await page(hand.get(inside));
  expect(batch).toMatch(
    /<span class="code">A<\/span><span class="name" translate="no">J\. M\.|<span class="code">A<\/span><span class="name" translate="no">D\. R\./,
  );
  const draft = (await hand.memory.draft(VISIT))?.content ?? {};
  expect([draft[`code_${hex(JM)}`], draft[`code_${hex(DR)}`]]).toEqual([["A"], ["B"]]);
});

test("a code that was given stays when people come and go; the organisation's own code may stand instead", async () => {
  await hand.post(inside, { ...visit(), then: "sheet" });
  await hand.post(inside, { ...visit({ roster: [DR], [`code_${hex(DR)}`]: "B" }), then: "sheet" });
  expect((await hand.memory.draft(VISIT))?.content[`code_${hex(DR)}`]).toEqual(["B"]);
  hand.memory.addPerson(JM, { name: "J. M.", code: "HB-1001" });
  await hand.post(inside, { ...visit({ codes: "own", [`code_${hex(DR)}`]: "B" }), then: "sheet" });
  const draft = (await hand.memory.draft(VISIT))?.content ?? {};
  expect([draft[`code_${hex(JM)}`], draft[`code_${hex(DR)}`]]).toEqual([["HB-1001"], ["B"]]);
});

test("the gate sheet counts and names nobody that is supported", async () => {
  const html = await page(hand.get("/app/gate-sheet"));
  expect(html).toContain("People whose records it holds");
  expect(html).toContain("+1 555 0100");
  expect(html).not.toContain("J. M.");
});

test("somebody whose record was joined with another is told with whose, on the roster and before signing", async () => {
  hand.memory.addPerson(id("03"), { name: "D. Ross" });
  await hand.post(at, form());
  hand.memory.addPerson(DR, { name: "D. R.", status: "closed", merged_into: id("03") });
  expect(await page(hand.get(at))).toContain("Tick D. Ross instead");
  const check = await signed();
  expect(check).toContain("D. R. is now in one record with D. Ross");
  expect(check).not.toContain("Their record is closed");
});
