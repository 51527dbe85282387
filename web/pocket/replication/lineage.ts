/** When the office has been restored or has lost sight of a phone: what was decided once is offered again, unchanged. */

import type { Database, Writing } from "../storage/database";
import { getFact, putFact } from "../storage/meta";
import { holdsGeneration } from "./apply";

/**
 * The office's database was restored to `forkSeq`. Own changes decided above it are queued again (same n, same
 * bytes), rows above it are forgotten, and every bucket is asked for from its beginning.
 */
export async function adoptEpoch(
  database: Database,
  generation: number,
  epoch: string,
  forkSeq: number,
): Promise<void> {
  await database.write(["meta", "records", "outbox"], "strict", async (transaction) => {
    await holdsGeneration(transaction, generation);
    const device = await getFact(transaction, "device");
    if (device) await putFact(transaction, "device", { ...device, epoch });
    const cursors = (await getFact(transaction, "cursors")) ?? {};
    await putFact(transaction, "cursors", Object.fromEntries(Object.keys(cursors).map((bucket) => [bucket, 0])));
    await requeue(transaction, (row) => row.seq > forkSeq);
    await forgetAbove(transaction, forkSeq);
  });
}

/** Queues kept changes from n on again; false when the office wants one that is no longer here. */
export async function requeueFrom(database: Database, generation: number, n: number): Promise<boolean> {
  return database.write(["meta", "outbox"], "strict", async (transaction) => {
    await holdsGeneration(transaction, generation);
    if ((await transaction.objectStore("outbox").get(n)) === undefined) return false;
    return (await requeue(transaction, (row) => row.n >= n)) > 0;
  });
}

async function requeue(transaction: Writing, isMeant: (row: { n: number; seq: number }) => boolean): Promise<number> {
  let count = 0;
  let cursor = await transaction.objectStore("outbox").openCursor();
  while (cursor) {
    const row = cursor.value;
    if (row.state !== "queued" && isMeant(row)) {
      await cursor.update({ ...row, state: "queued", seq: 0, day: 0, receipt: null });
      count++;
    }
    cursor = await cursor.continue();
  }
  return count;
}

async function forgetAbove(transaction: Writing, forkSeq: number): Promise<void> {
  let cursor = await transaction.objectStore("records").openCursor();
  while (cursor) {
    if (cursor.value.seq > forkSeq) await cursor.delete();
    cursor = await cursor.continue();
  }
}
