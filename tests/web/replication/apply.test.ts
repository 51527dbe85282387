import { describe, expect, test } from "vitest";
import type { PullAnswer } from "../../../web/pocket/generated/schema";
import { applyBatch, applyReceipts, Fenced, takeGeneration } from "../../../web/pocket/replication/apply";
import { backoffMs } from "../../../web/pocket/replication/backoff";
import { cut } from "../../../web/pocket/replication/push";
import { facts } from "../../../web/pocket/storage/meta";
import type { Entry } from "../../../web/pocket/storage/outbox";
import { rowOf } from "../support/office";
import { BUCKET, EPOCH, enrolledPhone, id, NOW, newNote, noteFields, SPECIALIST } from "../support/phone";

const batch = (seq: number, more: Partial<PullAnswer> = {}): PullAnswer => ({
  epoch: EPOCH,
  head: seq,
  safe_seq: 0,
  server_time: NOW,
  rows: [
    rowOf(
      { bucket: BUCKET, doc: id(seq), type: "note", author: SPECIALIST, captured: { wall: NOW }, set: noteFields("x") },
      seq,
    ),
  ],
  next: { [BUCKET]: seq },
  grant: [],
  drop: [],
  reset: [],
  receipts: [],
  remaining: 0,
  more: false,
  next_n: 1,
  ...more,
});

describe("one batch is one transaction", () => {
  test("rows and cursor come together or not at all", async () => {
    const phone = await enrolledPhone();
    const generation = await takeGeneration(phone.store);
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function failing(this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (key === "cursors") throw new DOMException("full", "QuotaExceededError");
      return put.call(this, value, key);
    };
    try {
      await expect(applyBatch(phone.store, phone.key, generation, {}, batch(3))).rejects.toMatchObject({
        why: "quota",
      });
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    expect(await phone.memory.note(id(3))).toBeNull();
    expect((await facts(phone.store, "cursors")).cursors).toBeUndefined();
    await applyBatch(phone.store, phone.key, generation, {}, batch(3));
    expect((await phone.memory.note(id(3)))?.seq).toBe(3);
    expect((await facts(phone.store, "cursors")).cursors).toEqual({ [BUCKET]: 3 });
  });

  test("applying the same batch twice changes nothing", async () => {
    const phone = await enrolledPhone();
    const generation = await takeGeneration(phone.store);
    await applyBatch(phone.store, phone.key, generation, {}, batch(3));
    await expect(applyBatch(phone.store, phone.key, generation, {}, batch(3))).rejects.toBeInstanceOf(Fenced);
    expect((await phone.memory.notesOf(BUCKET.slice(2), 10)).total).toBe(1);
  });

  test("an exchange that was overtaken writes nothing", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "x")]);
    const old = await takeGeneration(phone.store);
    await takeGeneration(phone.store);
    const receipt = { n: 1, outcome: "applied", seq: 4, doc: id(1), at: NOW } as const;
    await expect(applyBatch(phone.store, phone.key, old, {}, batch(3))).rejects.toBeInstanceOf(Fenced);
    await expect(
      applyReceipts(phone.store, phone.key, old, [receipt], { shownUpTo: 0, safeSeq: 0, serverTime: NOW }),
    ).rejects.toBeInstanceOf(Fenced);
    phone.memory.forget();
    expect((await phone.memory.pending())[0]?.state).toBe("queued");
  });

  test("a bucket that begins anew is emptied first", async () => {
    const phone = await enrolledPhone();
    const generation = await takeGeneration(phone.store);
    await applyBatch(phone.store, phone.key, generation, {}, batch(3));
    await applyBatch(phone.store, phone.key, generation, { [BUCKET]: 3 }, batch(5, { reset: [BUCKET] }));
    const { notes } = await phone.memory.notesOf(BUCKET.slice(2), 10);
    expect(notes.map((note) => note.seq)).toEqual([5]);
  });

  test("what is gone from the office is gone here", async () => {
    const phone = await enrolledPhone();
    const generation = await takeGeneration(phone.store);
    await applyBatch(phone.store, phone.key, generation, {}, batch(3));
    const rows = [{ b: BUCKET, doc: id(3), type: "note", seq: 4, gone: "moved" }] as const;
    await applyBatch(phone.store, phone.key, generation, { [BUCKET]: 3 }, batch(4, { rows }));
    expect(await phone.memory.note(id(3))).toBeNull();
  });
});

describe("own work between decision and sight", () => {
  test("is shown from the outbox until the cursor has passed it", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "mine")]);
    const generation = await takeGeneration(phone.store);
    const receipt = { n: 1, outcome: "applied", seq: 4, doc: id(1), at: NOW } as const;
    await applyReceipts(phone.store, phone.key, generation, [receipt], { shownUpTo: 0, safeSeq: 0, serverTime: NOW });
    phone.memory.forget();
    expect(await phone.memory.note(id(1))).toMatchObject({ seq: 0, standing: { at: "received", code: "0004" } });
    expect((await phone.memory.recentNotes(5)).map((note) => note.doc)).toEqual([id(1)]);
  });

  test("is shown until its record has come, even when the cursor has passed it in a half-read bucket", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "mine")]);
    const generation = await takeGeneration(phone.store);
    const receipt = { n: 1, outcome: "applied", seq: 4, doc: id(1), at: NOW } as const;
    await applyReceipts(phone.store, phone.key, generation, [receipt], { shownUpTo: 0, safeSeq: 0, serverTime: NOW });
    await applyBatch(phone.store, phone.key, generation, {}, batch(7, { head: 9, more: true }));
    phone.memory.forget();
    expect(await phone.memory.note(id(1))).not.toBeNull();
    await applyBatch(phone.store, phone.key, generation, { [BUCKET]: 7 }, batch(9));
    phone.memory.forget();
    expect(await phone.memory.note(id(1))).toBeNull();
  });

  test("a receipt in a pull settles nothing", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "mine")]);
    const generation = await takeGeneration(phone.store);
    const receipts = [{ n: 1, outcome: "applied", seq: 4, doc: id(1), at: NOW }] as const;
    await applyBatch(phone.store, phone.key, generation, {}, batch(5, { receipts }));
    phone.memory.forget();
    expect((await phone.memory.pending())[0]?.state).toBe("queued");
  });

  test("old decided work leaves after fourteen days of the office's clock", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "mine")]);
    const generation = await takeGeneration(phone.store);
    const receipt = { n: 1, outcome: "rejected", seq: 4, doc: id(1), at: NOW } as const;
    const days = (count: number) => ({ shownUpTo: 0, safeSeq: 0, serverTime: NOW + count * 86_400_000 });
    await applyReceipts(phone.store, phone.key, generation, [receipt], days(13));
    expect(await phone.memory.receipts(id(1))).toHaveLength(1);
    await applyReceipts(phone.store, phone.key, generation, [], days(16));
    expect(await phone.memory.receipts(id(1))).toHaveLength(0);
  });
});

describe("cutting the queue", () => {
  const entry = (n: number, bundle: string, size = 10) => ({ n, bundle, text: "x".repeat(size) }) as Entry;

  test("never tears a bundle, and always moves on", () => {
    const queue = [entry(1, ""), entry(2, "a"), entry(3, "a"), entry(4, "a"), entry(5, "")];
    expect(cut(queue, 3).map(({ n }) => n)).toEqual([1]);
    expect(cut(queue.slice(1), 1).map(({ n }) => n)).toEqual([2, 3, 4]);
    expect(cut(queue, 4).map(({ n }) => n)).toEqual([1, 2, 3, 4]);
  });

  test("stays under 900 kB", () => {
    const queue = [1, 2, 3, 4, 5].map((n) => entry(n, "", 250_000));
    expect(cut(queue)).toHaveLength(3);
  });
});

test("waiting has full jitter, a ceiling, and respects what the office asks", () => {
  expect(backoffMs(0, 0, () => 0.999)).toBeLessThan(2000);
  expect(backoffMs(40, 0, () => 0.999)).toBeLessThan(300_000);
  expect(backoffMs(3, 0, () => 0)).toBe(0);
  expect(backoffMs(1, 7, () => 0.5)).toBe(7000);
});
