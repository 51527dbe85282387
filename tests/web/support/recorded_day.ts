/**
 * A second day of a recording: every kind of record that a phone writes, with every kind of change that it makes of it,
 * in the shapes that its pages give them. What the office must hold before stands in BEFORE.
 */

import type { NewChange } from "../../../web/pocket/pages/page";
import { BUCKET, id, NOW, noteFields, PERSON, SPECIALIST, type TestPhone } from "./phone";

const MINE = `me:${SPECIALIST}`;
const TASK = id(0x701);
const DAY = "2025-11-21";
const signed = { name: "A. B.", at: NOW, how: "drawn", drawing: "M1 2L3 4" } as const;
const texts = { well: "Coffee before the phone.", off: "", early: "", hard: "Call me.", cannot: "", after: "" };
const times = { started_at: NOW, ended_at: NOW + 3_600_000, zone: "America/New_York" };

/** Changes of a supervisor, as test_recorded.py submits them first. */
export const BEFORE = [
  {
    role: "supervisor",
    kind: "create",
    type: "task",
    doc: TASK,
    bucket: MINE,
    set: { specialist: SPECIALIST, text: "Please call the clinic." },
  },
];

const goal = {
  id: id(0x801),
  words: "A door that locks.",
  dimension: "environmental",
  why: "To sleep.",
  opened_on: DAY,
  steps: [{ id: id(0x802), text: "Ask at the desk" }],
};

function* person(): Generator<NewChange[]> {
  const doc = id(0xb02);
  const about = { type: "participant", doc, bucket: `p:${doc}` } as const;
  yield [{ ...about, kind: "create", set: { name: "Bo", is_alias: true, preferred: "text", is_message_safe: "ask" } }];
  const emergency = { name: "Luz", relation: "sister", number: "555 0102", is_agreed: true };
  yield [{ ...about, kind: "patch", set: { emergency, programs: [{ name: "Harbor House", is_part2: true }] } }];
  yield [{ ...about, kind: "patch", set: { goals: [goal], vision: "A quiet place.", review_on: "2026-02-21" } }];
  const plan = { participant: doc, signed, signed_on: DAY, goals: [goal], vision: "A quiet place." };
  yield [{ kind: "create", type: "plan", doc: id(0x202), bucket: `p:${doc}`, set: plan }];
}

function* pagesOfTheirs(): Generator<NewChange[]> {
  const own = { type: "keepwell", doc: id(0x301), bucket: MINE } as const;
  yield [{ ...own, kind: "create", set: { participant: PERSON, ...texts } }];
  yield [{ ...own, kind: "patch", set: { early: "I stop answering." } }];
  const copy = { type: "keepwell_copy", doc: id(0x302), bucket: BUCKET } as const;
  yield [{ ...copy, kind: "create", set: { participant: PERSON, shared_on: DAY, ...texts } }];
  yield [{ ...copy, kind: "patch", set: { ...texts, after: "Rest.", shared_on: DAY } }];
  yield [{ ...copy, kind: "void", reason: "no longer shared" }];
}

function* agreed(): Generator<NewChange[]> {
  const consent = { type: "consent", doc: id(0x401), bucket: BUCKET } as const;
  const set = {
    participant: PERSON,
    named: "Ana B.",
    discloser: "Harbor",
    information: "that I come here",
    recipient: "Dr. Lee",
    purpose: "referral",
    ends: "date",
    expires_on: "2026-11-21",
    wording: "2024-02",
    language: "en",
    signed,
    signed_on: DAY,
  };
  yield [{ ...consent, kind: "create", set }];
  const referral = { type: "referral", doc: id(0x402), bucket: BUCKET } as const;
  const steps = [`${DAY} offered ${NOW}`];
  const told = { participant: PERSON, need: "Teeth", place: "The county clinic", is_warm: true, consent: consent.doc };
  yield [{ ...referral, kind: "create", set: { ...told, steps } }];
  yield [
    { ...referral, kind: "tags", add: { steps: [`${DAY} accepted ${NOW + 60_000}`] } },
    { ...referral, kind: "patch", set: { follow_up_on: "2025-12-01" } },
  ];
  yield [{ ...consent, kind: "patch", set: { revoked_on: DAY, revoked_at: NOW, revoked_how: "spoken" } }];
  const checkin = { participant: PERSON, taken_at: NOW, answers: { mood: 6, hope: 7 }, good: "The sun came out." };
  yield [{ kind: "create", type: "checkin", doc: id(0x403), bucket: BUCKET, set: checkin }];
}

function* ownWork(): Generator<NewChange[]> {
  const time = { type: "work_time", doc: id(0x501), bucket: MINE } as const;
  const set = { form: "own_time@1", activity: "supervision", ...times, words: "Hard week." };
  yield [{ ...time, kind: "create", set }];
  yield [{ ...time, kind: "void" }];
  const course = { specialist: SPECIALIST, sort: "education", name: "Ethics", minutes: 360, ends_on: "2026-09-01" };
  const credential = { type: "credential", doc: id(0x502), bucket: MINE } as const;
  yield [{ ...credential, kind: "create", set: course }];
  yield [{ ...credential, kind: "patch", set: { is_over: true } }];
  yield [{ kind: "patch", type: "task", doc: TASK, bucket: MINE, set: { is_done: true } }];
  const proposal = { type: "proposal", doc: id(0x503), bucket: BUCKET } as const;
  const event = { participant: PERSON, schedule: "release", event_on: DAY, day: 3, status: "moved", on: "2025-11-25" };
  yield [{ ...proposal, kind: "create", set: event }];
  yield [{ ...proposal, kind: "patch", set: { status: "done" } }];
}

/** Every change of the day, in the bundles in which they were made. */
export async function aDay({ memory }: TestPhone): Promise<void> {
  for (const part of [person, pagesOfTheirs, agreed, ownWork])
    for (const bundle of part()) await memory.capture(bundle);
  await withMany(memory);
  await aNotesWay(memory);
}

async function withMany(memory: TestPhone["memory"]): Promise<void> {
  const [doc, session] = [id(0x601), id(0x602)];
  const note = {
    ...noteFields("Said that mornings are hard."),
    contact_kind: "group" as const,
    form: "group@1",
    session,
    support: ["emotional" as const, "affiliational" as const],
  };
  const group = { sort: "group", title: "Morning circle", ...times, setting: "community", mode: "in_person" };
  const about = { type: "session", doc: session, bucket: MINE } as const;
  await memory.capture([
    { kind: "create", type: "note", doc, bucket: BUCKET, set: note },
    { kind: "sign", type: "note", doc, bucket: BUCKET, content_hash: await memory.contentHash(note) },
    { ...about, kind: "create", set: { ...group, headcount: 3, notes: [doc], beside: ["peer"] } },
  ]);
  await memory.capture([{ ...about, kind: "patch", set: { headcount: 4, description: "We talked about sleep." } }]);
}

/** Open, tagged, signed with a safety flag, added to, revised by another; and one that was never meant. */
async function aNotesWay(memory: TestPhone["memory"]): Promise<void> {
  const about = (number: number) => ({ type: "note", doc: id(number), bucket: BUCKET }) as const;
  const first = {
    ...noteFields("", NOW - 7_200_000),
    answers: { crisis_what: "Stayed until it was calmer." },
    contact_kind: "crisis" as const,
    form: "crisis@1",
    flags: ["self_harm_thoughts" as const],
  };
  await memory.capture([{ ...about(0x101), kind: "create", set: first }]);
  await memory.capture([{ ...about(0x101), kind: "tags", add: { support: ["emotional"] } }]);
  const content_hash = await memory.contentHash({ ...first, support: ["emotional"] });
  await memory.capture([{ ...about(0x101), kind: "sign", content_hash }]);
  await memory.capture([
    { ...about(0x101), kind: "addendum", set: { text: "Called back at nine.", reason: "left_out" } },
  ]);
  const second = { ...first, support: ["emotional" as const], supersedes: id(0x101), reason: "wrong_date" as const };
  await memory.capture([
    { ...about(0x102), kind: "create", set: second },
    { ...about(0x102), kind: "sign", content_hash: await memory.contentHash(second) },
  ]);
  await memory.capture([{ ...about(0x103), kind: "create", set: noteFields("Not this one.") }]);
  await memory.capture([{ ...about(0x103), kind: "void", reason: "wrong person" }]);
}
