/** When the office has been restored or has lost sight of a phone: what was decided once is offered again, unchanged. */

import type { Database } from "../storage/database";
import { getFact, putFact } from "../storage/meta";
import { beginAnew, holdsGeneration } from "./apply";

/**
 * The office's database was restored to `forkSeq`. Own changes decided above it are queued again (same n, same
 * bytes), rows above it are forgotten, and every bucket is asked for from its beginning. Own work whose row is
 * forgotten shows from the outbox again until the office's row has come back.
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
    await beginAnew(transaction, generation, Object.keys((await getFact(transaction, "cursors")) ?? {}));
    await putFact(transaction, "head", 0);
    const forgotten = new Set<string>();
    await transaction.objectStore("records").walk((row, cursor) => {
      if (row.seq <= forkSeq) return;
      forgotten.add(row.doc);
      cursor.delete();
    });
    await transaction.objectStore("outbox").walk((row, cursor) => {
      if (row.state === "queued") return;
      if (row.seq > forkSeq) cursor.update({ ...row, ...UNDECIDED });
      else if (forgotten.has(row.doc)) cursor.update({ ...row, state: "decided" });
    });
  });
}

const UNDECIDED = { state: "queued", seq: 0, day: 0, receipt: null } as const;

/** Queues kept changes from n on again; false when there is nothing to queue, or n is no longer here. */
export async function requeueFrom(database: Database, generation: number, n: number): Promise<boolean> {
  const here = await database.read(["outbox"], (transaction) => transaction.objectStore("outbox").get(n));
  if (!here || here.state === "queued") return false;
  await database.write(["meta", "outbox"], "strict", async (transaction) => {
    await holdsGeneration(transaction, generation);
    await transaction.objectStore("outbox").walk((row, cursor) => {
      if (row.state !== "queued") cursor.update({ ...row, ...UNDECIDED });
    }, IDBKeyRange.lowerBound(n));
  });
  return true;
}
