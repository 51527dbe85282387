/**
 * What an answer of the office does to this phone: rows, cursors, drops, receipts and outbox in ONE transaction.
 * Everything is encrypted before it opens. It is guarded by a fencing token, so that of two exchanges only the
 * later one may write, and a batch is only applied to the cursors it was asked for.
 */

import type { Body, OrganisationFields, PullAnswer, Receipt, Row } from "../generated/schema";
import { type Database, Undone, type Writing } from "../storage/database";
import { type Facts, getFact, putFact } from "../storage/meta";
import { receiptLabel } from "../storage/outbox";
import { closeRecord, dayOf } from "../storage/records";
import type { OutboxRow, RecordRow } from "../storage/rows";
import { type Box, close } from "../vault/box";

/** Another exchange has taken over; whatever this one has learnt will be learnt again. */
export class Fenced extends Undone {}

/** No verified backup tells us what is safe: keep own decided work this long, and no more than so many. */
const KEEP_DAYS = 14;
const KEEP_LIMIT = 2000;
const LAST = "\uffff";
const DAY_MS = 86_400_000;

export async function takeGeneration(database: Database): Promise<number> {
  return database.write(["meta"], "strict", async (transaction) => {
    const generation = ((await getFact(transaction, "generation")) ?? 0) + 1;
    await putFact(transaction, "generation", generation);
    return generation;
  });
}

export async function holdsGeneration(transaction: Writing, generation: number): Promise<void> {
  if ((await getFact(transaction, "generation")) !== generation) throw new Fenced();
}

/** What both kinds of answers tell beside receipts. `shownUpTo`: the snapshot holds all that was decided up to here. */
export interface Told {
  readonly shownUpTo: number;
  readonly safeSeq: number;
  readonly serverTime: number;
}

interface BoxedReceipt {
  readonly receipt: Receipt;
  readonly box: Box;
}

export async function applyReceipts(
  database: Database,
  key: CryptoKey,
  generation: number,
  receipts: readonly Receipt[],
  told: Told,
): Promise<void> {
  const boxed = await boxReceipts(key, receipts);
  await database.write(["meta", "records", "outbox"], "strict", async (transaction) => {
    await holdsGeneration(transaction, generation);
    await settle(transaction, boxed, told);
  });
}

/**
 * Applies one batch of a pull that was asked for with the cursors `since`. Receipts are only taken from a push, where
 * the office has compared the bytes; a pull never settles a change.
 */
export async function applyBatch(
  database: Database,
  key: CryptoKey,
  generation: number,
  since: Readonly<Record<string, number>>,
  batch: PullAnswer,
): Promise<void> {
  const rows = await boxRows(key, batch.rows);
  await database.write(["meta", "records", "outbox"], "relaxed", async (transaction) => {
    await holdsGeneration(transaction, generation);
    if (!isSame((await getFact(transaction, "cursors")) ?? {}, since)) throw new Fenced();
    const dropped = batch.drop.map(({ b }) => b);
    for (const bucket of [...dropped, ...batch.reset]) await forgetBucket(transaction, bucket);
    await Promise.all(rows.map((row) => writeRow(transaction, row)));
    await putFact(transaction, "cursors", moved(since, batch));
    const organisation = organisationFacts(batch.rows);
    if (organisation) await putFact(transaction, "organisation", organisation);
    const shownUpTo = batch.more ? 0 : batch.head;
    await settle(transaction, [], { shownUpTo, safeSeq: batch.safe_seq, serverTime: batch.server_time }, dropped);
  });
}

type ReadyRow = RecordRow | { readonly gone: string };

async function boxRows(key: CryptoKey, rows: readonly Row[]): Promise<ReadyRow[]> {
  return Promise.all(
    rows.map(async ({ b: bucket, doc, type: kind, seq, body }) => {
      if (!body) return { gone: doc };
      const whole = body as Body;
      return { doc, kind, bucket, seq, day: dayOf(kind, whole), box: await closeRecord(key, kind, doc, whole) };
    }),
  );
}

async function boxReceipts(key: CryptoKey, receipts: readonly Receipt[]): Promise<BoxedReceipt[]> {
  return Promise.all(
    receipts.map(async (receipt) => ({
      receipt,
      box: await close(key, receiptLabel(receipt.n), JSON.stringify(receipt)),
    })),
  );
}

async function writeRow(transaction: Writing, row: ReadyRow): Promise<unknown> {
  const records = transaction.objectStore("records");
  return "gone" in row ? records.delete(row.gone) : records.put(row);
}

async function forgetBucket(transaction: Writing, bucket: string): Promise<void> {
  const range = IDBKeyRange.bound([bucket, "", -Infinity, ""], [bucket, LAST, Infinity, LAST]);
  const records = transaction.objectStore("records");
  const docs = await records.index("place").getAllKeys(range);
  await Promise.all(docs.map((doc) => records.delete(doc)));
}

function moved(since: Readonly<Record<string, number>>, batch: PullAnswer): Record<string, number> {
  const cursors: Record<string, number> = { ...since };
  for (const { b } of batch.drop) delete cursors[b];
  for (const bucket of [...batch.reset, ...batch.grant]) cursors[bucket] = 0;
  return { ...cursors, ...batch.next };
}

/** What the lock and the safety card need while the vault is closed. */
function organisationFacts(rows: readonly Row[]): Facts["organisation"] | null {
  const row = rows.findLast((each) => each.type === "organisation" && each.body);
  if (!row) return null;
  const { on_call: onCall = [], lock_after_s: lockAfterS = 120 } = (row.body as Body)
    .set as unknown as OrganisationFields;
  return { onCall, lockAfterS };
}

/** Writes receipts, then moves every entry on: decided, visible, gone when it is safe or old. */
async function settle(
  transaction: Writing,
  boxed: readonly BoxedReceipt[],
  told: Told,
  dropped: readonly string[] = [],
): Promise<void> {
  const outbox = transaction.objectStore("outbox");
  const decisions = new Map(boxed.map((each) => [each.receipt.n, each]));
  // By the record, not by a cursor: a record that was changed again lies ahead of a bucket half read.
  const isVisible = async (row: OutboxRow): Promise<boolean> =>
    dropped.includes(row.bucket) ||
    row.seq <= told.shownUpTo ||
    ((await transaction.objectStore("records").get(row.doc))?.seq ?? -1) >= row.seq;
  for (const row of await outbox.index("state").getAll(IDBKeyRange.bound(["decided", 0], ["queued", Infinity]))) {
    const decision = decisions.get(row.n);
    const decided = row.state === "queued" && decision ? decide(row, decision) : row;
    const isShown = decided.state === "decided" && (await isVisible(decided));
    const next = isShown ? { ...decided, state: "visible" as const } : decided;
    if (next !== row) await outbox.put(next);
  }
  await release(transaction, told);
}

/** Refused changes show nothing any more: their text is back in the inbox of their specialist. */
function decide(row: OutboxRow, { receipt, box }: BoxedReceipt): OutboxRow {
  const isRefused = receipt.outcome === "rejected" || receipt.outcome === "quarantined";
  const day = Math.floor(receipt.at / DAY_MS);
  return { ...row, state: isRefused ? "visible" : "decided", seq: receipt.seq, day, receipt: box };
}

/** Own work the office holds safely, or has held for long, leaves the phone; oldest first. */
async function release(transaction: Writing, told: Told): Promise<void> {
  const visible = IDBKeyRange.bound(["visible", 0], ["visible", Infinity]);
  const index = transaction.objectStore("outbox").index("state");
  let surplus = (await index.count(visible)) - KEEP_LIMIT;
  const oldDay = Math.floor(told.serverTime / DAY_MS) - KEEP_DAYS;
  let cursor = await index.openCursor(visible);
  while (cursor && (cursor.value.seq <= told.safeSeq || cursor.value.day < oldDay || surplus > 0)) {
    surplus--;
    await cursor.delete();
    cursor = await cursor.continue();
  }
}

const isSame = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([bucket, seq]) => b[bucket] === seq);
