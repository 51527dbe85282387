/** The plan: goals with steps, the words around them, versions that stay as they were signed. */

import { beforeEach, expect, test } from "vitest";
import type { PageAnswer } from "../../../web/pocket/pages/page";
import { GOAL, id, JM, type Phone, phone, text } from "./phone";

let hand: Phone;
const PLAN = `/app/people/${JM}/plan`;
const EDIT = `/app/people/${JM}/goals/${GOAL}`;

const html = (answer: PageAnswer): string => text(answer, hand.context);
const goals = async () => (await hand.memory.participant(JM))?.fields.goals ?? [];
const plans = () => [...hand.memory.others.values()].filter(({ type }) => type === "plan");

beforeEach(() => {
  hand = phone();
});

async function signing(more: Record<string, string>): Promise<PageAnswer> {
  const page = html(await hand.get(`${PLAN}/sign`));
  const hidden = (name: string): string =>
    (new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? "")
      .replaceAll("&#34;", '"')
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&");
  return hand.post(`${PLAN}/sign`, { seen: hidden("seen"), plan_id: hidden("plan_id"), signed_name: "J. M.", ...more });
}

test("a goal keeps its id and gets a reason, a part of life and steps with owner and day", async () => {
  await hand.post(EDIT, {
    words: "My own place by spring",
    why: "To have my daughter over",
    dimension: "environmental",
    status: "active",
    base: "7",
    step_0_text: "Call the housing office",
    step_0_who: "both",
    step_0_due_on: "2026-12-01",
    step_1_text: "",
    step_2_text: "Save for the deposit",
  });
  expect(hand.memory.bundles).toHaveLength(1);
  expect(hand.memory.bundles[0]?.[0]).toMatchObject({ kind: "patch", type: "participant", doc: JM, base: 7 });
  expect(await goals()).toEqual([
    {
      id: GOAL,
      words: "My own place by spring",
      why: "To have my daughter over",
      dimension: "environmental",
      steps: [
        { id: id("f1"), text: "Call the housing office", who: "both", due_on: "2026-12-01" },
        { id: id("f2"), text: "Save for the deposit" },
      ],
    },
  ]);
  // The choices of the note's form are still the same goals.
  expect(html(await hand.get(`/app/drafts/${id("50")}?person=${JM}`))).toContain(`value="${GOAL}"`);
  const page = html(await hand.get(PLAN));
  expect(page).toContain("Call the housing office");
  expect(page).toContain("Home and surroundings");
});

test("a step is ticked off with one touch, and back", async () => {
  await hand.post(EDIT, { words: "My own place", status: "active", step_0_text: "Call" });
  const step = (await goals())[0]?.steps?.[0]?.id ?? "";
  await hand.post(`${EDIT}/tick`, { step });
  expect((await goals())[0]?.steps?.[0]).toMatchObject({ done_on: "2026-11-21" });
  await hand.post(`${EDIT}/tick`, { step });
  expect((await goals())[0]?.steps?.[0]).not.toHaveProperty("done_on");
});

test("a goal that is reached closes on its day and opens again without it", async () => {
  await hand.post(EDIT, { words: "My own place", status: "met" });
  expect((await goals())[0]).toMatchObject({ status: "met", closed_on: "2026-11-21" });
  expect(html(await hand.get(`/app/people/${JM}`))).toContain("1 goal is done or set aside");
  await hand.post(EDIT, { words: "My own place", status: "active" });
  expect((await goals())[0]).not.toHaveProperty("closed_on");
});

test.each([
  [{ words: "" }, "Enter the goal"],
  [{ words: "x".repeat(401) }, "400"],
  [{ words: "Fine", why: "y".repeat(1001) }, "1,000"],
  [{ words: "Fine", step_0_text: "Call", step_0_due_on: "some day" }, "real date"],
  [{ words: "Fine", step_0_text: "z".repeat(401) }, "400"],
])("a goal that is none keeps what was typed: %j", async (typed, words) => {
  const answer = await hand.post(EDIT, { why: "kept words", ...(typed as Record<string, string>) });
  expect(answer).toMatchObject({ status: 422 });
  const page = html(answer);
  expect(page).toContain(words);
  for (const value of Object.values(typed)) expect(page).toContain(value);
  expect(hand.memory.bundles).toEqual([]);
});

test("more rows for steps never lose a word, and nothing is captured by it", async () => {
  const answer = await hand.post(EDIT, {
    words: "Mine",
    step_0_text: "One",
    step_1_text: "Two",
    base: "7",
    then: "more",
  });
  expect(answer).toMatchObject({ status: 200 });
  const page = html(answer);
  for (const part of ["Mine", "One", "Two", 'name="step_3_text"']) expect(page).toContain(part);
  expect(hand.memory.bundles).toEqual([]);
});

test("a goal is autosaved as a draft that Today leads back to, and gone when kept", async () => {
  expect(await hand.post(`${EDIT}/keep`, { words: "My own pl" })).toMatchObject({ status: 200, isFragment: true });
  expect(html(await hand.get("/app/"))).toContain(`href="${EDIT}"`);
  expect(html(await hand.get(EDIT))).toContain("My own pl");
  await hand.post(EDIT, { words: "My own place", status: "active" });
  expect(await hand.memory.drafts()).toEqual([]);
  expect(await hand.post(`${EDIT}/keep`, {})).toMatchObject({ status: 422 });
});

test("the words of the plan change only what was changed, from what was shown", async () => {
  await hand.post(`${PLAN}/edit`, {
    vision: "Quiet mornings",
    strengths: "",
    supports: "",
    review_on: "2027-02-01",
    before: "{}",
    base: "5",
  });
  expect(hand.memory.bundles[0]?.[0]).toMatchObject({
    base: 5,
    set: { vision: "Quiet mornings", review_on: "2027-02-01" },
  });
  const wrong = await hand.post(`${PLAN}/edit`, { vision: "v".repeat(4001), strengths: "kept" });
  expect(wrong).toMatchObject({ status: 422 });
  expect(html(wrong)).toContain("kept");
  expect(await hand.post(`${PLAN}/edit`, { vision: "", review_on: "soon" })).toMatchObject({ status: 422 });
  expect(await hand.post(`${PLAN}/edit`, {})).toMatchObject({ status: 422 });
  hand.memory.refusal = "quota";
  const full = await hand.post(`${PLAN}/edit`, { vision: "On a full disk", before: "{}" });
  expect(full).toMatchObject({ status: 507 });
  expect(html(full)).toContain("On a full disk");
});

test("a signed version stays as it was, and the plan says that it has changed since", async () => {
  await hand.post(EDIT, { words: "My own place", status: "active", step_0_text: "Call" });
  expect(await signing({})).toMatchObject({ status: 422 });
  const answer = await signing({ agree: "yes" });
  const [plan] = plans();
  expect(answer).toEqual({ redirect: `/app/plans/${plan?.doc}` });
  expect(plan?.fields).toMatchObject({
    participant: JM,
    signed: { name: "J. M.", how: "typed" },
    signed_on: "2026-11-21",
  });
  expect(html(await hand.get(`/app/people/${JM}`))).toContain("Signed Nov 21, 2026");
  // A step done is no change of what was agreed.
  await hand.post(`${EDIT}/tick`, { step: (await goals())[0]?.steps?.[0]?.id ?? "" });
  expect(html(await hand.get(PLAN))).not.toContain("Changed since it was signed");
  await hand.post(EDIT, { words: "A place for two", status: "active" });
  expect(html(await hand.get(PLAN))).toContain("Changed since it was signed");
  const version = html(await hand.get(`/app/plans/${plan?.doc}`));
  expect(version).toContain("My own place");
  expect(version).not.toContain("A place for two");
  expect(version).toContain("Written together with Ana Ruiz");
});

test("not wishing to sign is an answer, and what changed meanwhile is read again", async () => {
  await signing({ declined: "yes" });
  expect(plans()[0]?.fields["signed"]).toMatchObject({ how: "declined" });
  expect(html(await hand.get(PLAN))).toContain("Kept without a signature");
  const other = { seen: "{}", plan_id: id("70"), signed_name: "J. M.", agree: "yes" };
  expect(await hand.post(`${PLAN}/sign`, other)).toMatchObject({ status: 409 });
  expect(await hand.post(`${PLAN}/sign`, {})).toMatchObject({ status: 422 });
  expect(plans()).toHaveLength(1);
});
