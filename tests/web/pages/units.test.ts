/** What the check page, the line above the button and the note say about units. Nothing here stops a signature. */

import { beforeEach, describe, expect, test } from "vitest";
import type { NoteFields, OrganisationFields } from "../../../web/pocket/generated/schema";
import { noteOf } from "../../../web/pocket/pages/draft_note";
import { ME } from "./memory";
import { CENTER, GOAL, id, JM, NOW, type Phone, phone, seenOn, text } from "./phone";

const DRAFT = id("b0");
const AT = (clock: string, day = "2026-11-21") => Date.parse(`${day}T${clock}:00-05:00`);
const FORM = {
  form_ref: "one_on_one@1",
  person: JM,
  place: `site:${CENTER}`,
  day: "2026-11-21",
  minutes: "exact",
  start: "10:00",
  end: "10:07",
  kind: "one_on_one",
  support: ["emotional"],
  goals: [GOAL],
  did: "Made the call together",
};

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);

function rules(rules: Partial<OrganisationFields>) {
  hand.memory.rules = { name: "Harbor", zone: "America/New_York", ...hand.memory.rules, ...rules };
}

function earlier(doc: string, start: string, end: string, fields: Partial<NoteFields> = {}, author = ME) {
  const note: NoteFields = {
    participant: JM,
    contact_kind: "one_on_one",
    form: "one_on_one@1",
    started_at: AT(start),
    ended_at: AT(end),
    zone: "America/New_York",
    setting: "drop_in_center",
    mode: "in_person",
    site: CENTER,
    ...fields,
  };
  hand.memory.addNote(id(doc), note, undefined, { author, state: "signed" });
}

async function check(form: Record<string, string | readonly string[]> = FORM) {
  await hand.post(`/app/drafts/${DRAFT}`, { ...form, then: "check" });
  return page(hand.get(`/app/drafts/${DRAFT}/check`));
}

describe("before signing", () => {
  test("three short contacts are nothing apart and a unit together", async () => {
    earlier("d1", "08:00", "08:07");
    earlier("d2", "09:00", "09:07");
    expect(await check()).toContain("7 min: 0 units");
    expect(await check()).toContain("Too short for a unit. It is still a contact.");
    rules({ units: { aggregate: "per_person_day" } });
    expect(await check()).toContain("With the 2 earlier contacts today: 1 unit.");
    expect(await page(hand.post(`/app/drafts/${DRAFT}`, FORM))).toContain("With the 2 earlier contacts today: 1 unit.");
  });

  test("a limit of the day is told, and nothing is blocked", async () => {
    rules({ units: { max_per_day: 16 } });
    earlier("d1", "05:00", "09:00");
    const html = await check({ ...FORM, end: "10:15" });
    expect(html).toContain("This would be unit 17 of 16 today.");
    expect(html).toContain("None of its units can be billed.");
    const seen = seenOn(html);
    expect(await hand.post(`/app/drafts/${DRAFT}/sign`, { seen })).toEqual({ redirect: `/app/notes/${noteOf(DRAFT)}` });
    expect(await page(hand.get(`/app/notes/${noteOf(DRAFT)}`))).toContain("Not billed: past the limit for one person.");
  });

  test("a part may be within the limit", async () => {
    rules({ units: { max_per_day: 16, past_day: "no_auth" } });
    earlier("d1", "05:00", "08:45");
    const html = await check({ ...FORM, end: "10:30" });
    expect(html).toContain("1 of its 2 units can be billed.");
    expect(html).toContain("More than that needs an approval.");
  });

  test("a rolling period looks back as far as it says", async () => {
    rules({ units: { period: "rolling_months", rolling_months: 6, max_per_period: 4 } });
    earlier("d1", "08:00", "09:00", { started_at: AT("08:00", "2026-06-01"), ended_at: AT("09:00", "2026-06-01") });
    expect(await check({ ...FORM, end: "10:15" })).toContain("This would be unit 5 of 4 in 6 months.");
    rules({ units: { period: "rolling_months", rolling_months: 3, max_per_period: 4 } });
    expect(await check({ ...FORM, end: "10:15" })).not.toContain("This would be");
  });

  test("what was superseded or voided counts no more", async () => {
    rules({ units: { max_per_day: 4 } });
    earlier("d1", "07:00", "08:00");
    earlier("d2", "07:00", "07:15", { supersedes: id("d1") });
    expect(await check({ ...FORM, end: "10:15" })).not.toContain("This would be");
  });

  test.each([
    [{ billing: { unpaid_modes: ["in_person"] } }, "This way of contact is not paid."],
    [{ billing: { unpaid_kinds: ["one_on_one"] } }, "This kind of contact is not paid."],
  ] as const)("what nobody pays says so kindly: %j", async (more, words) => {
    rules({ rules: more });
    expect(await check()).toContain(words);
  });

  test("a goal would make it billable", async () => {
    rules({ rules: { billing: { is_goal_needed: true } } });
    expect(await check({ ...FORM, goals: [] })).toContain("With a goal it can be billed.");
    expect(await check()).not.toContain("With a goal it can be billed.");
  });

  test("another's note with the same person and minutes is asked about, and so is one's own with somebody else", async () => {
    earlier("d1", "10:03", "10:20", {}, id("c9"));
    expect(await check()).toContain("Somebody else saw this person then");
    earlier("d2", "10:05", "10:06", { participant: id("e5") });
    expect(await check()).toContain("Another note has the same time");
  });

  test("midnight and a change of clocks are told", async () => {
    hand.now = AT("09:00", "2026-11-22");
    expect(await check({ ...FORM, start: "23:50", end: "00:20" })).toContain("It goes past midnight");
    hand.now = AT("09:00", "2026-11-02");
    const html = await check({ ...FORM, day: "2026-11-01", start: "00:30", end: "02:30" });
    expect(html).toContain("The clocks changed meanwhile");
    expect(html).toContain("3 h");
  });
});

test("a note of the past is counted with its own day", async () => {
  rules({ units: { aggregate: "per_person_day" } });
  earlier("d1", "08:00", "08:07");
  earlier("d2", "09:00", "09:08");
  expect(await page(hand.get(`/app/notes/${id("d2")}`))).toContain("Units that day up to here: 1");
});

describe("what else the organisation asks", () => {
  test("is said before signing, for every kind or for one, and stops nobody", async () => {
    const whole = { ...FORM, went: "Well", next: "Pay slips" };
    expect(await check(whole)).not.toContain("#f-said");
    rules({ rules: { required: { every: ["said"], group: ["went"] } } });
    const html = await check(whole);
    expect(html).toContain(`/app/drafts/${DRAFT}#f-said`);
    expect(html).toContain("You can sign without it.");
    rules({ rules: { required: { crisis: ["said"] } } });
    expect(await check(whole)).not.toContain("#f-said");
  });

  test("phones show received notes only as long as it says, and own unsent ones always", async () => {
    const [old, young] = [AT("08:00", "2026-08-01"), AT("08:00", "2026-11-20")];
    earlier("d1", "08:00", "09:00", { started_at: old, ended_at: old + 600_000 });
    earlier("d2", "08:00", "09:00", { started_at: young, ended_at: young + 600_000 });
    const received = { at: "received", code: "7K3F", when: NOW } as const;
    for (const doc of ["d1", "d2"]) {
      const seen = hand.memory.notes.get(id(doc));
      if (seen) hand.memory.notes.set(id(doc), { ...seen, standing: received });
    }
    rules({ rules: { retention_days: 30 } });
    const html = await page(hand.get(`/app/people/${JM}/history`));
    expect(html).toContain(id("d2"));
    expect(html).not.toContain(id("d1"));
    expect(html).toContain("Older notes are kept at the office.");
    expect(await hand.get(`/app/notes/${id("d1")}`)).toMatchObject({ status: 404 });
    rules({ rules: {} });
    expect(await page(hand.get(`/app/people/${JM}/history`))).toContain(id("d1"));
    earlier("d3", "08:00", "09:00", { started_at: old, ended_at: old + 600_000 });
    rules({ rules: { retention_days: 30 } });
    expect(await page(hand.get(`/app/people/${JM}/history`))).toContain(id("d3"));
  });
});
