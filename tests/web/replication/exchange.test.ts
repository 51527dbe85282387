import { describe, expect, test } from "vitest";
import { opening } from "../../../web/pocket/replication/exchange";
import type { Kick } from "../../../web/pocket/replication/pace";
import { transport } from "../../../web/pocket/replication/transport";
import { facts } from "../../../web/pocket/storage/meta";
import { exchangeOf, synced } from "../support/exchange";
import { Office, rowOf, type Trouble } from "../support/office";
import {
  BUCKET,
  EPOCH,
  enrolledPhone,
  id,
  NOW,
  newNote,
  noteFields,
  SPECIALIST,
  type TestPhone,
} from "../support/phone";

const theirs = (doc: string, did: string, startedAt = NOW) =>
  rowOf(
    { bucket: BUCKET, doc, type: "note", author: SPECIALIST, captured: { wall: NOW }, set: noteFields(did, startedAt) },
    0,
  );

const setting = async () => {
  const phone = await enrolledPhone();
  const office = new Office();
  return { phone, office, run: (kick: Kick = "asked") => exchangeOf(phone, transport(office.fetch)).run(kick) };
};

const states = async (phone: TestPhone): Promise<string[]> =>
  (await phone.store.read(["outbox"], (transaction) => transaction.objectStore("outbox").getAll())).map(
    (row) => row.state,
  );

describe("an exchange", () => {
  test("delivers what was captured and shows it as received, without flickering away", async () => {
    const { phone, run } = await setting();
    await phone.memory.capture([newNote(id(1), "we walked")]);
    expect(await run()).toBe("ok");
    expect(await phone.memory.note(id(1))).toMatchObject({ seq: 1, standing: { at: "received", code: "0001" } });
    expect(await states(phone)).toEqual(["visible"]);
    expect((await facts(phone.store, "exchange")).exchange).toMatchObject({ outcome: "ok", at: NOW });
  });

  test("brings what others wrote, in as many batches as it takes", async () => {
    const { phone, office, run } = await setting();
    office.batch = 7;
    for (let each = 1; each <= 30; each++) office.put(theirs(id(each), `note ${each}`, NOW + each));
    expect(await run()).toBe("ok");
    const { notes, total, next } = await phone.memory.notesOf(BUCKET.slice(2), 10);
    expect(total).toBe(30);
    expect(notes.map((note) => note.fields.answers?.["did"])).toContain("note 30");
    const second = await phone.memory.notesOf(BUCKET.slice(2), 20, next ?? "");
    expect(new Set([...notes, ...second.notes].map((note) => note.doc)).size).toBe(30);
    expect(second.next).toBeNull();
  });

  test("whose answer was lost sends the same bytes again and is decided once", async () => {
    const { phone, office, run } = await setting();
    await phone.memory.capture([newNote(id(1), "we walked")]);
    await run();
    await phone.memory.capture([newNote(id(2), "we talked")]);
    office.troubles.push("lose_answer");
    expect(await run()).toBe("offline");
    expect((await phone.memory.note(id(2)))?.standing).toMatchObject({ at: "phone" });
    await phone.restart();
    expect(await run()).toBe("ok");
    expect((await phone.memory.note(id(2)))?.standing).toMatchObject({ at: "received" });
    expect(office.decided.size).toBe(2);
  });

  test("with a change that came back says so, and shows the office's version", async () => {
    const { phone, office, run } = await setting();
    office.put(theirs(id(1), "theirs"));
    await run();
    office.outcome = () => "rejected";
    await phone.memory.capture([
      { kind: "patch", type: "note", doc: id(1), bucket: BUCKET, set: { answers: { did: "mine" } } },
    ]);
    expect((await phone.memory.note(id(1)))?.fields.answers).toEqual({ did: "mine" });
    await run();
    expect(await phone.memory.note(id(1))).toMatchObject({
      fields: { answers: { did: "theirs" } },
      standing: { at: "came_back", code: "NOTE_SIGNED" },
    });
  });

  test("with a change nobody could read says that it is with the supervisor", async () => {
    const { phone, office, run } = await setting();
    office.put(theirs(id(1), "theirs"));
    await run();
    office.outcome = () => "quarantined";
    await phone.memory.capture([{ kind: "patch", type: "note", doc: id(1), bucket: BUCKET, set: { mode: "phone" } }]);
    await run();
    expect((await phone.memory.note(id(1)))?.standing).toMatchObject({ at: "supervisor" });
  });

  test("cuts what is too large into halves", async () => {
    const { phone, office, run } = await setting();
    for (let each = 1; each <= 6; each++) await phone.memory.capture([newNote(id(each), "x")]);
    await run();
    for (let each = 7; each <= 12; each++) await phone.memory.capture([newNote(id(each), "x")]);
    office.troubles.push(...Array<Trouble>(3).fill("too_large"));
    office.pushed.length = 0;
    expect(await run()).toBe("ok");
    expect(office.pushed).toEqual([4, 2]);
  });

  test("forgets a bucket that was taken away, and keeps its own work", async () => {
    const { phone, office, run } = await setting();
    office.put(theirs(id(1), "theirs"));
    await run();
    await phone.memory.capture([newNote(id(2), "mine")]);
    office.troubles.push("drop_request");
    await run();
    office.dropped = [BUCKET];
    await run();
    expect(await phone.memory.note(id(1))).toBeNull();
    expect(await phone.memory.receipts(id(2))).toHaveLength(1);
    expect((await facts(phone.store, "cursors")).cursors).toEqual({});
  });
});

test("when each person was last seen counts what the office knows and what it does not", async () => {
  const { phone, office, run } = await setting();
  const person = { name: "Lena" };
  office.put(
    rowOf(
      {
        bucket: BUCKET,
        doc: BUCKET.slice(2),
        type: "participant",
        author: SPECIALIST,
        captured: { wall: NOW },
        set: person,
      },
      0,
    ),
  );
  for (let each = 1; each <= 3; each++) office.put(theirs(id(each), "x", NOW - each * 86_400_000));
  await run();
  expect(await phone.memory.lastSeen()).toEqual({ [BUCKET.slice(2)]: { at: NOW - 86_400_000, notes: 3 } });
  await phone.memory.capture([newNote(id(9), "today", NOW)]);
  expect(await phone.memory.lastSeen()).toEqual({ [BUCKET.slice(2)]: { at: NOW, notes: 4 } });
});

describe("what stands in the way has a name", () => {
  test.each([
    ["drop_request", "offline"],
    ["captive", "captive"],
    ["server", "server"],
    ["busy", "busy"],
  ] as const)("%s is %s, and nothing is lost", async (trouble, outcome) => {
    const { phone, office, run } = await setting();
    await phone.memory.capture([newNote(id(1), "x")]);
    office.troubles.push(trouble);
    expect(await run()).toBe(outcome);
    expect((await facts(phone.store, "exchange")).exchange).toMatchObject({ outcome, at: null });
    expect(await states(phone)).toEqual(["queued"]);
    expect(await run()).toBe("ok");
    expect(await states(phone)).toEqual(["visible"]);
  });

  test("a revoked phone stops asking", async () => {
    const { phone, office, run } = await setting();
    office.revoked = true;
    expect(await run()).toBe("revoked");
    expect((await facts(phone.store, "device")).device?.state).toBe("revoked");
    const before = office.requests;
    expect(await run()).toBe("revoked");
    expect(office.requests).toBe(before);
  });

  test("after a failure it waits, unless a person asks", async () => {
    const { phone, office } = await setting();
    const one = exchangeOf(phone, transport(office.fetch));
    office.troubles.push("busy");
    expect(await one.run("asked")).toBe("busy");
    expect(await one.run("routine")).toBe("waiting");
    phone.clock.now += 7001;
    expect(await one.run("routine")).toBe("ok");
  });

  test("an app that is opened too soon after a failure is answered when the rest is over, once", async () => {
    const { phone, office } = await setting();
    const one = exchangeOf(phone, transport(office.fetch));
    const said: string[] = [];
    const rests: (() => void)[] = [];
    const rest = (ms: number): Promise<void> =>
      new Promise((end) => {
        rests.push(() => {
          phone.clock.now += ms;
          end();
        });
      });
    const open = opening(async (kick) => void said.push(await one.run(kick)), one.comeBackMs, rest);
    office.troubles.push("busy", "busy");
    await one.run("asked");
    phone.clock.now += 1000;
    // Nobody is held up by the rest: an update of the app waits for every event that is still open.
    await Promise.all([open(), open()]);
    expect(said).toEqual(["waiting", "waiting"]);
    const before = phone.clock.now;
    rests[0]?.();
    await expect.poll(() => said.slice(2)).toEqual(["busy"]);
    // "busy" asked for seven seconds, one of them was over
    expect(phone.clock.now - before).toBeGreaterThanOrEqual(6000);
    expect(phone.clock.now - before).toBeLessThan(6100);
    await expect.poll(() => one.comeBackMs()).toBeGreaterThan(0);
    await open();
    await expect.poll(() => rests.length).toBe(2);
    rests[1]?.();
    await expect.poll(() => said.slice(3)).toEqual(["waiting", "ok"]);
    await open();
    expect([said.length, rests.length]).toEqual([6, 2]);
  });

  test("two at once are one", async () => {
    const { phone, office } = await setting();
    const one = exchangeOf(phone, transport(office.fetch));
    await phone.memory.capture([newNote(id(1), "x")]);
    expect(await Promise.all([one.run("asked"), one.run("asked"), one.run("routine")])).toEqual(["ok", "ok", "ok"]);
    expect(office.pushed).toEqual([1]);
  });
});

describe("a restored office", () => {
  test("is offered again what it has forgotten, with the same numbers and bytes", async () => {
    const { phone, office, run } = await setting();
    await phone.memory.capture([newNote(id(1), "kept by the backup")]);
    await run();
    await phone.memory.capture([newNote(id(2), "after the backup")]);
    await run();
    const restored = new Office();
    restored.epoch = id(99);
    restored.head = 1;
    const [first] = [...office.decided.values()];
    if (first) restored.decided.set(1, first);
    for (const row of office.rows.values()) if (row.seq <= 1) restored.rows.set(row.doc, row);
    expect(EPOCH).not.toBe(restored.epoch);
    expect(await synced(phone, restored)).toBe("ok");
    expect(restored.decided.get(2)?.raw).toBe(office.decided.get(2)?.raw);
    expect((await phone.memory.note(id(2)))?.standing).toMatchObject({ at: "received" });
    expect((await phone.memory.note(id(1)))?.seq).toBe(1);
  });
});

describe("what is kept of own work", () => {
  test("leaves when a backup covers it", async () => {
    const { phone, office, run } = await setting();
    await phone.memory.capture([newNote(id(1), "x")]);
    await run();
    office.safeSeq = 1;
    await run();
    expect(await states(phone)).toEqual([]);
    expect((await phone.memory.note(id(1)))?.standing).toEqual({ at: "received", code: "0001", when: NOW });
  });
});
