/** What the phone remembers of the loop comes with the rows, and own unsent revisions count at once. */

import { expect, test } from "vitest";
import type { Row } from "../../../web/pocket/generated/schema";
import { applyBatch, takeGeneration } from "../../../web/pocket/replication/apply";
import { phoneStatus } from "../../../web/pocket/status";
import { facts } from "../../../web/pocket/storage/meta";
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

const returned = [{ by: id(99), at: NOW, seq: 8, comment: "Which form?" }];

function row(doc: string, seq: number, set = {}, more = {}): Row {
  const fields = { ...noteFields("x"), ...set };
  const body = {
    author: SPECIALIST,
    state: "signed",
    captured: NOW,
    received: NOW,
    created: seq,
    set: fields,
    ...more,
  };
  return { b: BUCKET, doc, type: "note", seq, body };
}

async function pull(phone: TestPhone, since: number, seq: number, rows: Row[]): Promise<void> {
  const generation = await takeGeneration(phone.store);
  const told = { epoch: EPOCH, head: seq, safe_seq: 0, server_time: NOW, grant: [], drop: [], reset: [], receipts: [] };
  const batch = { ...told, rows, next: { [BUCKET]: seq }, remaining: 0, more: false, next_n: 1 };
  await applyBatch(phone.store, phone.key, generation, since ? { [BUCKET]: since } : {}, batch);
}

test("returned notes are found without opening the others, after a restart too", async () => {
  const phone = await enrolledPhone();
  await pull(phone, 0, 9, [row(id(1), 8, {}, { returned }), row(id(2), 9)]);
  expect((await phone.memory.returns()).map((note) => note.doc)).toEqual([id(1)]);
  await phone.restart();
  expect((await phone.memory.returns()).map((note) => note.doc)).toEqual([id(1)]);
  await pull(phone, 9, 10, [row(id(1), 10, {}, { returned })]);
  expect(await phone.memory.returns()).toHaveLength(1);
});

test("a note that leaves the phone takes its return along", async () => {
  const phone = await enrolledPhone();
  await pull(phone, 0, 9, [row(id(1), 8, {}, { returned }), row(id(2), 9, { supersedes: id(1) })]);
  await pull(phone, 9, 10, [
    { b: BUCKET, doc: id(1), type: "note", seq: 10, gone: "moved" },
    { b: BUCKET, doc: id(2), type: "note", seq: 10, gone: "moved" },
  ]);
  expect(await phone.memory.returns()).toEqual([]);
  expect((await facts(phone.store, "loop")).loop).toEqual({ returned: [], revised: {} });
});

test("a revision counts from the moment it is captured, offline, and still when it comes back from the office", async () => {
  const phone = await enrolledPhone();
  await pull(phone, 0, 8, [row(id(1), 8, {}, { returned })]);
  const { set, ...change } = newNote(id(3), "put right");
  await phone.memory.capture([{ ...change, set: { ...set, supersedes: id(1), reason: "narrative" } }]);
  expect((await phone.memory.revisionsOf(id(1))).map((note) => note.doc)).toEqual([id(3)]);
  await phone.restart();
  expect([...((await phone.memory.revised()).get(id(1)) ?? [])]).toEqual([id(3)]);
  await pull(phone, 8, 12, [row(id(3), 12, { supersedes: id(1) }), row(id(4), 12, { supersedes: id(1) })]);
  expect(new Set((await phone.memory.revisionsOf(id(1))).map((note) => note.doc))).toEqual(new Set([id(3), id(4)]));
  expect(await phone.memory.revisionsOf(id(3))).toEqual([]);
});

test("what came back is counted for every screen, offline: refused work once, returned notes until they are answered", async () => {
  const phone = await enrolledPhone();
  const storage = { isProtected: null, usedBytes: null };
  const counted = async () =>
    (await phoneStatus(phone.store, phone.memory, SPECIALIST, storage, "test", false, NOW)).cameBack;
  const back = (doc: string, n: number, kind: string): Row => ({
    ...row(doc, 9),
    type: "returned",
    body: {
      author: SPECIALIST,
      state: "open",
      captured: NOW,
      received: NOW,
      created: 9,
      set: { code: "BUNDLE_FAILED", about: id(50), change: JSON.stringify({ n, kind, type: "note", doc: id(50) }) },
    },
  });
  expect(await counted()).toBe(0);
  const theirs = { author: id(98), returned };
  await pull(phone, 0, 9, [row(id(1), 8, {}, { returned }), row(id(2), 9), row(id(3), 9, {}, theirs)]);
  expect(await counted()).toBe(1);
  await pull(phone, 9, 10, [back(id(60), 1, "create"), back(id(61), 2, "sign")]);
  await phone.restart();
  expect(await counted()).toBe(2);
  await phone.memory.capture([
    { kind: "addendum", type: "note", doc: id(1), bucket: BUCKET, set: { text: "It was the rent form." } },
  ]);
  expect(await counted()).toBe(1);
});
