/**
 * What an answer of the office does to this phone: rows, cursors, drops, receipts and outbox in ONE transaction.
 * Everything is encrypted before it opens. It is guarded by a fencing token, so that of two exchanges only the
 * later one may write, and a batch is only applied to the cursors it was asked for.
 */

import type { Body, OrganisationFields, PullAnswer, Receipt, Row } from "../generated/schema";
import { type Database, Undone, type Writing } from "../storage/database";
import { keepLoop } from "../storage/loop";
import { type Facts, getFact, putFact } from "../storage/meta";
import { receiptLabel } from "../storage/outbox";
import { closeRecord, dayOf } from "../storage/records";
import type { OutboxRow, RecordRow } from "../storage/rows";
import { type Box, close } from "../vault/box";

/** Another exchange has taken over; whatever this one has learnt will be learnt again. */
export class Fenced extends Undone {}

/** The office decided other bytes under one of our numbers: this storage has a twin, or has lost pages. */
export class Forked extends Undone {}

/** No verified backup tells us what is safe: keep own decided work this long, and no more than so many. */
const KEEP_DAYS = 14;
const KEEP_LIMIT = 2000;
const LAST = "\uffff";
const DAY_MS = 86_400_000;

export async function takeGeneration(database: Database): Promise<number> {
  return database.write(["meta"], "strict", async (transaction) => {
    if (((await getFact(transaction, "device"))?.state ?? "active") !== "active") throw new Fenced();
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
 * Applies one batch of a pull that was asked for with the cursors `since`. A receipt settles a change only where the
 * office has compared the bytes: in a push, or here by the hash of our own bytes in `open` (by n, hex).
 */
export async function applyBatch(
  database: Database,
  key: CryptoKey,
  generation: number,
  since: Readonly<Record<string, number>>,
  batch: PullAnswer,
  open: ReadonlyMap<number, string> = new Map(),
): Promise<void> {
  const receipts = batch.receipts.filter(({ n, hash }) => hash !== undefined && open.has(n));
  if (receipts.some(({ n, hash }) => open.get(n) !== hash)) throw new Forked();
  const [rows, boxed] = await Promise.all([boxRows(key, batch.rows), boxReceipts(key, receipts)]);
  const durability = boxed.length > 0 ? "strict" : "relaxed";
  await database.write(["meta", "records", "outbox"], durability, async (transaction) => {
    await holdsGeneration(transaction, generation);
    await mustFollow(transaction, since, batch.head);
    const dropped = batch.drop.map(({ b }) => b);
    for (const bucket of dropped) await forgetRows(transaction, bucket);
    const anew = await turns(transaction, generation, batch);
    // What leaves first: a record that has moved stands in a batch twice.
    for (const part of [rows.filter((row) => "gone" in row), rows.filter((row) => !("gone" in row))])
      await Promise.all(part.map((row) => writeRow(transaction, row, anew)));
    if (!batch.more) await sweep(transaction, anew);
    await keepLoop(transaction, batch.rows);
    await putFact(transaction, "cursors", moved(since, batch));
    const organisation = organisationFacts(batch.rows);
    if (organisation) await putFact(transaction, "organisation", organisation);
    // Whoever was asked for and has no receipt is undecided, and so are all after it.
    if (boxed.length < open.size) await putFact(transaction, "sentTo", 0);
    const shownUpTo = batch.more ? 0 : batch.head;
    await settle(transaction, boxed, { shownUpTo, safeSeq: batch.safe_seq, serverTime: batch.server_time }, dropped);
  });
}

/** Fails when the cursors have moved on, or when this is an old answer that has come a second time. */
async function mustFollow(transaction: Writing, since: Turns, head: number): Promise<void> {
  const cursors = (await getFact(transaction, "cursors")) ?? {};
  if (!isSame(cursors, since) || head < ((await getFact(transaction, "head")) ?? 0)) throw new Fenced();
  await putFact(transaction, "head", head);
}

/** Reads these buckets from their beginning; what they hold stays on the screen until the reading is complete. */
export async function readAnew(database: Database, generation: number, buckets: readonly string[]): Promise<void> {
  await database.write(["meta"], "strict", async (transaction) => {
    await holdsGeneration(transaction, generation);
    await beginAnew(transaction, generation, buckets);
  });
}

export async function beginAnew(transaction: Writing, turn: number, buckets: readonly string[]): Promise<void> {
  const cursors = (await getFact(transaction, "cursors")) ?? {};
  const anew = (await getFact(transaction, "anew")) ?? {};
  const all = (value: number) => Object.fromEntries(buckets.map((bucket) => [bucket, value]));
  await putFact(transaction, "cursors", { ...cursors, ...all(0) });
  await putFact(transaction, "anew", { ...anew, ...all(turn) });
}

type Turns = Readonly<Record<string, number>>;

/** The buckets that are being read from their beginning: also those where the office has swept away what this phone missed. */
async function turns(transaction: Writing, turn: number, batch: PullAnswer): Promise<Turns> {
  const before = (await getFact(transaction, "anew")) ?? {};
  const dropped = new Set(batch.drop.map(({ b }) => b));
  const anew = Object.fromEntries([
    ...Object.entries(before).filter(([bucket]) => !dropped.has(bucket)),
    ...batch.reset.map((bucket) => [bucket, turn] as const),
  ]);
  if (batch.more) await putFact(transaction, "anew", anew);
  else if (Object.keys(before).length > 0) await putFact(transaction, "anew", {});
  return anew;
}

/** The reading is complete: what it has not brought is no longer there. */
async function sweep(transaction: Writing, anew: Turns): Promise<void> {
  for (const [bucket, turn] of Object.entries(anew)) await forgetRows(transaction, bucket, turn);
}

type ReadyRow = RecordRow | { readonly gone: string; readonly bucket: string; readonly seq: number };

async function boxRows(key: CryptoKey, rows: readonly Row[]): Promise<ReadyRow[]> {
  return Promise.all(
    rows.map(async ({ b: bucket, doc, type: kind, seq, body }) => {
      if (!body) return { gone: doc, bucket, seq };
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

/** A record never goes back, and leaving one bucket does not take it out of the one it went to. */
async function writeRow(transaction: Writing, row: ReadyRow, anew: Turns): Promise<unknown> {
  const records = transaction.objectStore("records");
  const before = await records.get("gone" in row ? row.gone : row.doc);
  if ("gone" in row) return before?.bucket === row.bucket && before.seq <= row.seq && records.delete(row.gone);
  const round = anew[row.bucket];
  if (before && before.seq > row.seq && round === undefined) return;
  return records.put(round === undefined ? row : { ...row, round });
}

/** Rows of a bucket, but those that `turn` has brought. */
async function forgetRows(transaction: Writing, bucket: string, turn?: number): Promise<void> {
  const range = IDBKeyRange.bound([bucket, "", -Infinity, ""], [bucket, LAST, Infinity, LAST]);
  const index = transaction.objectStore("records").index("place");
  await index.walk((row, cursor) => {
    if (turn === undefined || row.round !== turn) cursor.delete();
  }, range);
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

/** Refused changes show nothing any more: their text is back in the inbox of their specialist. Nor does what changed nothing. */
function decide(row: OutboxRow, { receipt, box }: BoxedReceipt): OutboxRow {
  const isShown = receipt.outcome === "applied" || receipt.outcome === "merged";
  const day = Math.floor(receipt.at / DAY_MS);
  return { ...row, state: isShown ? "decided" : "visible", seq: receipt.seq, day, receipt: box };
}

/**
 * Own work that is in a verified backup leaves the phone. Where a backup is configured nothing leaves before, however
 * old; where none is, what the office has held for long leaves. In order of n, so that a restore leaves no hole in what
 * is queued again.
 */
async function release(transaction: Writing, { safeSeq, serverTime }: Told): Promise<void> {
  const outbox = transaction.objectStore("outbox");
  let surplus = safeSeq ? 0 : (await outbox.count()) - KEEP_LIMIT;
  const oldDay = safeSeq ? 0 : Math.floor(serverTime / DAY_MS) - KEEP_DAYS;
  await outbox.walk((row, cursor) => {
    if (row.state !== "visible" || (row.seq > safeSeq && row.day >= oldDay && surplus <= 0)) return false;
    surplus--;
    cursor.delete();
    return true;
  });
}

const isSame = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([bucket, seq]) => b[bucket] === seq);
