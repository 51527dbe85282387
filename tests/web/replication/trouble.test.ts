import { describe, expect, test, vi } from "vitest";
import { pace } from "../../../web/pocket/replication/pace";
import { transport } from "../../../web/pocket/replication/transport";
import { clearStatus } from "../../../web/pocket/status";
import { facts, keepFact } from "../../../web/pocket/storage/meta";
import { exchangeOf, synced } from "../support/exchange";
import { Office, rowOf } from "../support/office";
import {
  BUCKET,
  enrolledPhone,
  id,
  NOW,
  newNote,
  noteFields,
  PERSON,
  SPECIALIST,
  type TestPhone,
} from "../support/phone";

const DAY_MS = 86_400_000;

const setting = async () => {
  const phone = await enrolledPhone();
  const office = new Office();
  return { phone, office, run: () => synced(phone, office) };
};

const theirs = (doc: string, did: string, bucket = BUCKET) =>
  rowOf({ bucket, doc, type: "note", author: SPECIALIST, captured: { wall: NOW }, set: noteFields(did) }, 0);

const outboxOf = (phone: TestPhone) =>
  phone.store.read(["outbox"], (transaction) => transaction.objectStore("outbox").getAll());
const stateOf = async (phone: TestPhone) => (await facts(phone.store, "device")).device?.state;

describe("an answer that was lost", () => {
  test("is asked for by number, and its hash settles the change: the bytes travel once", async () => {
    const { phone, office, run } = await setting();
    await run();
    await phone.memory.capture([newNote(id(1), "we walked")]);
    office.troubles.push("lose_answer");
    expect(await run()).toBe("offline");
    office.pushed.length = 0;
    await phone.restart();
    expect(await run()).toBe("ok");
    expect(office.pushed).toEqual([]);
    expect((await phone.memory.note(id(1)))?.standing).toMatchObject({ at: "received", code: "0001" });
  });

  test("whose request never came is sent again after asking", async () => {
    const { phone, office, run } = await setting();
    await run();
    await phone.memory.capture([newNote(id(1), "we walked")]);
    office.troubles.push("drop_request");
    await run();
    office.pushed.length = 0;
    expect(await run()).toBe("ok");
    expect(office.pushed).toEqual([1]);
  });

  test("with a receipt for other bytes is a fork: nothing changes, the phone locks", async () => {
    const { phone, office, run } = await setting();
    await run();
    await phone.memory.capture([newNote(id(1), "mine")]);
    await keepFact(phone.store, "sentTo", 1);
    const receipt = { n: 1, outcome: "applied", seq: ++office.head, doc: id(7), at: NOW } as const;
    office.decided.set(1, { raw: '{"n":1,"doc":"another"}', receipt });
    expect(await run()).toBe("forked");
    expect(await stateOf(phone)).toBe("forked");
    expect((await outboxOf(phone))[0]?.state).toBe("queued");
    expect(await run()).toBe("forked");
  });

  test("an old app may not pull, but its work is taken", async () => {
    const { phone, office, run } = await setting();
    await run();
    await phone.memory.capture([newNote(id(1), "x")]);
    office.troubles.push("drop_request");
    await run();
    office.needsUpdate = true;
    expect(await run()).toBe("update");
    expect(office.decided.size).toBe(1);
  });
});

describe("a storage that has gone back", () => {
  test("is noticed by a counter above its own", async () => {
    const { phone, office, run } = await setting();
    office.decided.set(1, { raw: "{}", receipt: { n: 1, outcome: "applied", seq: 1, doc: id(1), at: NOW } });
    expect(await run()).toBe("forked");
    expect(await stateOf(phone)).toBe("forked");
  });

  test("is noticed when its number was given to other bytes", async () => {
    const { phone, office, run } = await setting();
    await phone.memory.capture([newNote(id(1), "mine")]);
    const receipt = { n: 1, outcome: "applied", seq: 1, doc: id(9), at: NOW } as const;
    office.decided.set(1, { raw: '{"n":1}', receipt });
    expect(await run()).toBe("forked");
  });

  test("an office that went back in its own epoch is offered everything again", async () => {
    const { phone, office, run } = await setting();
    await phone.memory.capture([newNote(id(1), "x")]);
    await run();
    await phone.memory.capture([newNote(id(2), "y")]);
    await run();
    office.decided.delete(2);
    office.rows.delete(id(2));
    expect(await run()).toBe("ok");
    expect(office.decided.size).toBe(2);
  });
});

describe("how much at a time", () => {
  test("a quarter after a failure, twice as much after a quick answer, never less than one", () => {
    const clock = { wall: () => 0, read: () => ({ wall: 0, mono: 0, boot: "b" }) };
    const rhythm = pace(clock, () => 0.5);
    for (let each = 0; each < 5; each++) rhythm.answered(false, 45_000);
    expect(rhythm.changes).toBe(1);
    rhythm.answered(true, 100);
    expect(rhythm.changes).toBe(2);
    rhythm.answered(true, 9000);
    expect(rhythm.changes).toBe(2);
    for (let each = 0; each < 12; each++) rhythm.answered(true, 100);
    expect(rhythm.changes).toBe(500);
  });
});

describe("when to try", () => {
  test("a clock that jumps delays nothing, forward or back", async () => {
    let mono = 0;
    const clock = { wall: () => NOW, read: () => ({ wall: NOW, mono, boot: "b" }) };
    const rhythm = pace(clock, () => 0.99);
    const restMs = rhythm.ended(true, 0);
    expect(restMs).toBeGreaterThan(1000);
    expect(rhythm.restLeftMs("routine", undefined)).toBeGreaterThan(0);
    mono += restMs;
    expect(rhythm.restLeftMs("routine", undefined)).toBe(0);
  });

  test("a worker that was stopped goes on resting, but not because the clock was set back", () => {
    const last = { at: null, triedAt: NOW, outcome: "offline", offset: null, safeSeq: 0, remaining: 0, restMs: 60_000 };
    const at = (wall: number) => ({ wall: () => wall, read: () => ({ wall, mono: 5, boot: "b" }) });
    expect(pace(at(NOW + 30_000), () => 0.5).restLeftMs("routine", last)).toBeGreaterThan(0);
    expect(pace(at(NOW + 61_000), () => 0.5).restLeftMs("routine", last)).toBe(0);
    expect(pace(at(NOW - DAY_MS), () => 0.5).restLeftMs("routine", last)).toBe(0);
  });

  test("somebody who opens the app is asked for, when the last try is a while ago", () => {
    const last = {
      at: null,
      triedAt: NOW,
      outcome: "offline",
      offset: null,
      safeSeq: 0,
      remaining: 0,
      restMs: 200_000,
    };
    const at = (wall: number) => ({ wall: () => wall, read: () => ({ wall, mono: 5, boot: "b" }) });
    expect(pace(at(NOW + 10_000), () => 0.5).restLeftMs("opened", last)).toBeGreaterThan(0);
    expect(pace(at(NOW + 21_000), () => 0.5).restLeftMs("opened", last)).toBe(0);
    expect(pace(at(NOW + 21_000), () => 0.5).restLeftMs("routine", last)).toBeGreaterThan(0);
    expect(pace(at(NOW + 1000), () => 0.5).restLeftMs("asked", last)).toBe(0);
  });

  test("an exchange that hangs is given up, and writes nothing when it comes back", async () => {
    const { phone, office } = await setting();
    await phone.memory.capture([newNote(id(1), "x")]);
    let release = (): void => undefined;
    const hung = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isFirst = true;
    const send: typeof fetch = async (input, init) => {
      if (isFirst && office.decided.size > 0) {
        isFirst = false;
        await hung;
      }
      return office.fetch(input, init);
    };
    const one = exchangeOf(phone, transport(send));
    const stuck = one.run("asked");
    await vi.waitFor(() => expect(isFirst).toBe(false));
    phone.clock.now += 200_000;
    expect(await one.run("asked")).toBe("ok");
    release();
    expect(await stuck).toBe("busy");
    expect((await outboxOf(phone)).map((row) => row.state)).toEqual(["visible"]);
  });
});

describe("an answer that comes twice", () => {
  test("belongs to another request, and is none", async () => {
    const { phone } = await setting();
    const signer = { device: phone.author.device.device, signingKey: phone.author.signingKey };
    const isAny = (body: unknown): body is object => body !== null;
    const answered = (answers: string) => async () => {
      const headers = { "Content-Type": "application/json", "Alongside-Nonce": "n1", "Alongside-Answers": answers };
      return new Response("{}", { headers });
    };
    const ask = (answers: string) => transport(answered(answers)).post("/sync/v1/pull", "{}", isAny, signer);
    expect(await ask("another")).toEqual({ is: "nothing", why: "captive" });
    expect(await ask("")).toMatchObject({ is: "answer" });
  });

  test("is none where it does not say what it answers, but for a proxy's own refusals", async () => {
    const { phone } = await setting();
    const signer = { device: phone.author.device.device, signingKey: phone.author.signingKey };
    const isAny = (body: unknown): body is object => body !== null;
    const ask = (status: number, body: object) => {
      const send = async () => Response.json(body, { status, headers: { "Alongside-Nonce": "n1" } });
      return transport(send).post("/sync/v1/pull", "{}", isAny, signer);
    };
    expect(await ask(200, {})).toEqual({ is: "nothing", why: "captive" });
    expect(await ask(403, { code: "DEVICE_REVOKED" })).toEqual({ is: "nothing", why: "captive" });
    expect(await ask(429, {})).toMatchObject({ problem: { code: "BUSY" } });
  });

  test("takes nothing back", async () => {
    const { phone, office, run } = await setting();
    office.put(theirs(id(1), "old"));
    await run();
    office.put(theirs(id(1), "new"));
    await run();
    office.troubles.push("again");
    await run();
    const { cursors } = await facts(phone.store, "cursors");
    expect([cursors, (await phone.memory.note(id(1)))?.seq]).toEqual([{ [BUCKET]: 2 }, 2]);
  });
});

describe("a restored office", () => {
  test("that does not know this phone any more is told apart from one that is silent", async () => {
    const { phone, office, run } = await setting();
    await phone.memory.capture([newNote(id(1), "written after that backup")]);
    office.isUnknown = true;
    expect(await run()).toBe("unknown");
    expect((await outboxOf(phone)).map((row) => row.state)).toEqual(["queued"]);
    office.isUnknown = false;
    expect(await run()).toBe("ok");
  });

  test("own work stays on the screen from the first moment to the last", async () => {
    const { phone, office, run } = await setting();
    await phone.memory.capture([newNote(id(1), "before the backup")]);
    await run();
    const backup = office.backup();
    await phone.memory.capture([
      { kind: "patch", type: "note", doc: id(1), bucket: BUCKET, set: { answers: { did: "after" } } },
    ]);
    await phone.memory.capture([newNote(id(2), "after the backup")]);
    await run();
    office.restore(backup, id(99));
    const one = exchangeOf(
      phone,
      transport(async (input, init) => {
        phone.memory.forget();
        expect((await phone.memory.note(id(1)))?.fields.answers).toEqual({ did: "after" });
        expect(await phone.memory.note(id(2))).not.toBeNull();
        return office.fetch(input, init);
      }),
    );
    expect(await one.run("asked")).toBe("ok");
    expect(office.decided.size).toBe(3);
    expect((await facts(phone.store, "device")).device?.epoch).toBe(id(99));
  });

  test("that lacks what was said to be safe is told, not waited for in a circle", async () => {
    const { phone, office, run } = await setting();
    const empty = office.backup();
    await phone.memory.capture([newNote(id(1), "x")]);
    await run();
    office.safeSeq = office.head;
    await run();
    expect(await outboxOf(phone)).toEqual([]);
    office.restore(empty, id(98));
    await phone.memory.capture([newNote(id(2), "y")]);
    expect(await run()).toBe("ahead");
    expect((await outboxOf(phone)).map((row) => row.state)).toEqual(["queued"]);
  });
});

describe("what a backup holds", () => {
  test("leaves in order of n, however old the rest", async () => {
    const { phone, office, run } = await setting();
    for (const each of [1, 2, 3]) await phone.memory.capture([newNote(id(each), "x")]);
    await run();
    office.safeSeq = 2;
    phone.clock.now += 40 * DAY_MS;
    await run();
    expect((await outboxOf(phone)).map((row) => row.n)).toEqual([3]);
    office.safeSeq = 3;
    await run();
    expect(await outboxOf(phone)).toEqual([]);
  });
});

describe("the daily comparison", () => {
  test("finds a row too many and a row too few, and puts both right without an empty screen", async () => {
    const { phone, office, run } = await setting();
    office.put(theirs(id(1), "one"));
    office.put(theirs(id(2), "two"));
    await run();
    await phone.store.write(["records"], "strict", async (transaction) => {
      const records = transaction.objectStore("records");
      const row = await records.get(id(2));
      if (row) await records.put({ ...row, doc: id(3) });
      await records.delete(id(1));
    });
    phone.clock.now += DAY_MS;
    office.batch = 1;
    const one = exchangeOf(
      phone,
      transport(async (input, init) => {
        expect(
          await phone.store.read(["records"], (transaction) => transaction.objectStore("records").count()),
        ).not.toBe(0);
        return office.fetch(input, init);
      }),
    );
    expect(await one.run("asked")).toBe("ok");
    const docs = await phone.store.read(["records"], (transaction) => transaction.objectStore("records").getAllKeys());
    expect(docs).toEqual([id(1), id(2)]);
    expect((await facts(phone.store, "checked")).checked).toEqual({ at: NOW + DAY_MS, differed: 1 });
  });

  test("is asked for once a day", async () => {
    const { phone, run } = await setting();
    await run();
    await run();
    const first = (await facts(phone.store, "checked")).checked;
    expect(first?.differed).toBe(0);
    phone.clock.now += DAY_MS - 1;
    await run();
    expect((await facts(phone.store, "checked")).checked).toEqual(first);
  });
});

test("a bucket that begins anew loses nothing from the screen and keeps nothing that is gone", async () => {
  const { phone, office, run } = await setting();
  office.put(theirs(id(1), "stays"));
  office.put(theirs(id(2), "goes"));
  await run();
  office.rows.delete(id(2));
  office.resets.add(BUCKET);
  office.put(theirs(id(3), "comes"));
  expect(await run()).toBe("ok");
  const docs = await phone.store.read(["records"], (transaction) => transaction.objectStore("records").getAllKeys());
  expect(docs).toEqual([id(1), id(3)]);
});

test("a record that moves from one person to another is there, whichever row comes first", async () => {
  const { phone, office, run } = await setting();
  const other = "p:0190a000-0000-7000-8000-00000000b002";
  office.put(theirs(id(1), "x"));
  await run();
  office.put(theirs(id(1), "x", other));
  office.gone.set("moved", { b: BUCKET, doc: id(1), type: "note", seq: office.head, gone: "moved" });
  await run();
  expect((await phone.memory.note(id(1)))?.bucket).toBe(other);
});

describe("the lease", () => {
  test("runs by the phone's own clock, is renewed by an answer, and a clock set back claims nothing", async () => {
    const { phone, office, run } = await setting();
    const lease = async () => clearStatus(await facts(phone.store, "exchange"), phone.clock.now).lease;
    await run();
    expect(await lease()).toBe("ok");
    office.leaseMs = 10 * DAY_MS;
    await run();
    phone.clock.now += 10 * DAY_MS + 1;
    expect(await lease()).toBe("over");
    phone.clock.now -= 20 * DAY_MS;
    expect(await lease()).toBe("ok");
    phone.clock.now += 30 * DAY_MS;
    await run();
    expect(await lease()).toBe("ok");
  });
});

test("an answer for the phone that was here before changes nothing of the one that is", async () => {
  const { phone, office } = await setting();
  const { forgetAll } = await import("../../../web/pocket/storage/fresh");
  const { signing, profile } = await facts(phone.store, "signing", "profile");
  if (!signing || !profile) throw new Error("not enrolled");
  let isBegun = false;
  const one = exchangeOf(
    phone,
    transport(async (input, init) => {
      const answer = await office.fetch(input, init);
      if (answer.status === 200 && !isBegun) {
        isBegun = true;
        const device = { ...phone.author.device, device: id(77) };
        await forgetAll(phone.store, { device, signing, profile, nextN: 1 });
        await keepFact(phone.store, "generation", ((await facts(phone.store, "generation")).generation ?? 0) + 1);
      }
      return answer;
    }),
  );
  office.put(theirs(id(1), "x"));
  expect(await one.run("asked")).toBe("busy");
  expect((await facts(phone.store, "cursors", "exchange")).cursors).toBeUndefined();
});

test("drafts that the office keeps are there on a new phone, and go on from there", async () => {
  const { phone, office, run } = await setting();
  const bucket = `me:${SPECIALIST}`;
  const content = { did: ["half a sentence"] };
  const set = { form: "one_on_one@1", content: JSON.stringify(content), started_at: NOW - 5 };
  office.put(rowOf({ bucket, doc: id(5), type: "draft", author: SPECIALIST, captured: { wall: NOW - 1 }, set }, 0));
  await run();
  const draft = { id: id(5), form: "one_on_one@1", content, startedAt: NOW - 5, updatedAt: NOW - 1 };
  expect(await phone.memory.drafts()).toEqual([draft]);
  await phone.memory.saveDraft({ ...draft, content: { did: ["a whole one"] }, updatedAt: NOW });
  expect(await phone.memory.offerDrafts(NOW, 0)).toBe(true);
  const [entry] = await phone.memory.pending();
  expect(entry?.change).toMatchObject({ kind: "patch", type: "draft", doc: id(5), base: 1 });
});

test("a draft that changed goes to the office before the phone is out of sight, and not again and again", async () => {
  const { phone } = await setting();
  const draft = { id: id(5), form: "f", content: { did: ["one"] }, startedAt: NOW, updatedAt: NOW };
  await phone.memory.saveDraft(draft);
  expect(await phone.memory.offerDrafts(NOW, 20_000)).toBe(true);
  expect(await phone.memory.offerDrafts(NOW + 30_000, 20_000)).toBe(false);
  await phone.memory.saveDraft({ ...draft, content: { did: ["two"] }, updatedAt: NOW + 31_000 });
  expect(await phone.memory.offerDrafts(NOW + 31_000)).toBe(false);
  expect(await phone.memory.offerDrafts(NOW + 31_000, 20_000)).toBe(true);
});

test("a form that was put away and is begun again is insured again: the office takes no id a second time", async () => {
  const { phone, office, run } = await setting();
  await run();
  const draft = {
    id: id(5),
    form: "plan@1",
    content: { person: [PERSON], vision: ["one"] },
    startedAt: NOW,
    updatedAt: NOW,
  };
  const life = async (words: string) => {
    const content = { person: [PERSON], vision: [words] };
    await phone.memory.saveDraft({ ...draft, content });
    expect(await phone.memory.offerDrafts(NOW, 0)).toBe(true);
    await run();
    expect([...office.rows.values()].filter(({ type }) => type === "draft")).toHaveLength(1);
    await phone.memory.dropDraft(id(5));
    await run();
  };
  await life("one");
  await life("two");
  await life("three");
  const outcomes = [...office.decided.values()].map(({ receipt }) => receipt.outcome);
  expect(outcomes).toEqual(Array.from({ length: 6 }, () => "applied"));
  expect(await phone.memory.drafts()).toEqual([]);
});

test("on another phone such a form is found by its own id, and goes on there as the same one", async () => {
  const { phone, office, run } = await setting();
  await run();
  const content = { person: [PERSON], vision: ["half"] };
  await phone.memory.saveDraft({ id: id(5), form: "plan@1", content, startedAt: NOW, updatedAt: NOW });
  await phone.memory.offerDrafts(NOW, 0);
  await run();
  const other = await enrolledPhone();
  const next = new Office();
  for (const { seq: _, ...row } of office.rows.values()) next.put(row);
  await synced(other, next);
  expect(await other.memory.draft(id(5))).toMatchObject({ id: id(5), content });
  expect((await other.memory.drafts()).map((each) => each.id)).toEqual([id(5)]);
  await other.memory.saveDraft({ id: id(5), form: "plan@1", content, startedAt: NOW, updatedAt: NOW + 1 });
  expect((await other.memory.drafts()).map((each) => each.id)).toEqual([id(5)]);
  await other.memory.offerDrafts(NOW, 0);
  const [entry] = await other.memory.pending();
  expect(entry?.change).toMatchObject({ kind: "patch", type: "draft", doc: [...next.rows.values()][0]?.doc });
});
