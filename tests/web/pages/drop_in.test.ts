/** The drop-in log: a touch for the person, a touch for the reason, one touch signs the day. */

import { beforeEach, expect, test } from "vitest";
import type { SessionFields } from "../../../web/pocket/generated/schema";
import { DR, id, JM, NOW, type Phone, phone, text } from "./phone";

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const LOG = id("9c0");
const at = `/app/drop-in/${LOG}`;
type Typed = Record<string, string | readonly string[]>;
const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);

/** What stands in the form after a page was shown: the draft as the phone kept it. */
async function kept(): Promise<Typed> {
  return { ...((await hand.memory.draft(LOG))?.content ?? {}) };
}

async function touch(then: string, more: Typed = {}): Promise<string> {
  const standing = await kept();
  const base: Typed = Object.keys(standing).length > 0 ? standing : await begun();
  const answer = await hand.post(at, { ...base, ...more, then });
  return "redirect" in answer ? answer.redirect : text(answer, hand.context);
}

async function begun(): Promise<Typed> {
  const html = await page(hand.get(at));
  const place = /name="place" value="([^"]+)" checked/.exec(html)?.[1] ?? "";
  return { roster_form: "1", day: "2026-11-21", headcount: "0", place };
}

const notes = () => [...hand.memory.notes.values()].map(({ fields }) => fields);

test("a name writes somebody down at once, with the time; the newest is asked why", async () => {
  const html = await touch(`add:${JM}`);
  expect(html).toContain("Just now: J. M.");
  expect(html).toContain('value="10:41"');
  const again = await touch(`add:${DR}`);
  expect(again).toContain("Just now: D. R.");
  expect(again).toContain("10:41 am · J. M.");
});

test("one touch signs them all: a note each with its reasons, and a session with the anonymous count", async () => {
  await touch(`add:${JM}`);
  const [entry] = ((await kept())["entry"] as string[]) ?? [];
  await touch("plus", { [`reason_${entry?.replaceAll("-", "")}`]: ["meal", "talk", "nonsense"] });
  await touch("plus");
  await touch("minus");
  hand.now = NOW + 60_000;
  await touch(`add:${DR}`);
  expect(await touch("sign")).toMatch(/^\/app\/sessions\//);
  expect(notes().map(({ participant, answers }) => [participant, answers?.["reasons"]])).toEqual([
    [DR, undefined],
    [JM, ["meal", "talk"]],
  ]);
  expect(notes().every(({ contact_kind, form }) => contact_kind === "drop_in" && form === "drop_in@1")).toBe(true);
  const session = [...hand.memory.others.values()][0]?.fields as unknown as SessionFields;
  expect(session).toMatchObject({ sort: "drop_in", headcount: 1, title: "2026-11-21" });
  expect(session.notes).toHaveLength(2);
  expect(await hand.memory.draft(LOG)).toBeNull();
});

test("the same person may come twice in a day", async () => {
  await touch(`add:${JM}`);
  await touch(`add:${JM}`);
  await touch("sign");
  expect(notes().map(({ participant }) => participant)).toEqual([JM, JM]);
});

test("a slip is taken off the list until it is signed", async () => {
  await touch(`add:${JM}`);
  await touch(`add:${DR}`);
  const [newest] = (await kept())["entry"] as string[];
  const html = await touch(`remove:${newest}`);
  expect(html).toContain("Just now: J. M.");
  expect(Object.keys(await kept()).some((name) => name.endsWith(`${newest}`.replaceAll("-", "")))).toBe(false);
});

test("a time that is not over yet is refused, and everything stays", async () => {
  await touch(`add:${JM}`);
  const [entry] = (await kept())["entry"] as string[];
  const html = await touch("sign", { [`at_${`${entry}`.replaceAll("-", "")}`]: "23:50" });
  expect(html).toContain("It cannot begin later than now");
  expect(html).toContain('value="23:50"');
  expect(notes()).toEqual([]);
});

test("nobody written down and nobody counted is no day", async () => {
  expect(await touch("sign")).toContain("Tick somebody, or count the people without a name");
});

test("the search finds by name and by code, and leaves no word in an address", async () => {
  hand.memory.addPerson(JM, { name: "J. M.", code: "HB-7" });
  const html = await touch("find", { q: "hb-7" });
  expect(html).toContain(`value="add:${JM}"`);
  expect(html).not.toContain(`value="add:${DR}"`);
});

test("the log of today goes on; another day begins a new one", async () => {
  await touch(`add:${JM}`);
  expect(await hand.get("/app/drop-in")).toEqual({ redirect: at });
  hand.now = NOW + 86_400_000;
  expect(await hand.get("/app/drop-in")).not.toEqual({ redirect: at });
  expect(await page(hand.get("/app/"))).toContain("Drop-in log");
});

test("after midnight an entry belongs to the new day, whatever day the log began", async () => {
  await touch(`add:${JM}`);
  hand.now = Date.UTC(2026, 10, 22, 5, 10);
  await touch(`add:${DR}`);
  await touch("sign");
  const [late, early] = notes();
  expect((late?.started_at ?? 0) - (early?.started_at ?? 0)).toBe(
    Date.UTC(2026, 10, 22, 5, 10) - Date.UTC(2026, 10, 21, 15, 41),
  );
});

test("somebody who left the caseload since the touch is signed by name all the same", async () => {
  await touch(`add:${DR}`);
  hand.memory.people.delete(DR);
  expect(await page(hand.get(at))).toContain("Just now: D. R.");
  await touch("sign");
  expect(notes().map(({ participant }) => participant)).toEqual([DR]);
});

test("somebody closed, joined or reassigned while the log was open is told of before the touch that signs", async () => {
  await touch(`add:${JM}`);
  await touch(`add:${DR}`);
  hand.memory.addPerson(id("03"), { name: "J. Moss" });
  hand.memory.addPerson(JM, { name: "J. M.", status: "closed", merged_into: id("03") });
  hand.memory.people.delete(DR);
  const html = await page(hand.get(at));
  expect(html).toContain("J. M. is now in one record with J. Moss");
  expect(html).toContain("1 person is no longer on your list");
  hand.memory.addPerson(JM, { name: "J. M.", status: "closed" });
  expect(await page(hand.get(at))).toContain("Their record is closed: J. M.");
  await touch("sign");
  expect(notes().map(({ participant }) => participant)).toEqual([DR, JM]);
});
