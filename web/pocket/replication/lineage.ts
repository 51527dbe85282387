/** When the office has been restored or has lost sight of a phone: what was decided once is offered again, unchanged. */

import { unsend } from "../storage/attachments";
import type { Database } from "../storage/database";
import { getFact, putFact } from "../storage/meta";
import { beginAnew, holdsGeneration } from "./apply";

/**
 * The office's database was restored to `forkSeq`. Own changes decided above it are queued again (same n, same
 * bytes), rows above it are forgotten, and every bucket is asked for from its beginning. Where own changes are kept of
 * a record it stays, at the fork, until the office's row has come back: nobody's own work leaves the screen meanwhile.
 */
export async function adoptEpoch(
  database: Database,
  generation: number,
  epoch: string,
  forkSeq: number,
): Promise<void> {
  await database.write(["meta", "records", "outbox", "attachments"], "strict", async (transaction) => {
    await holdsGeneration(transaction, generation);
    const device = await getFact(transaction, "device");
    if (device) await putFact(transaction, "device", { ...device, epoch });
    await putFact(transaction, "head", 0);
    await beginAnew(transaction, generation, Object.keys((await getFact(transaction, "cursors")) ?? {}));
    const own = new Set<string>();
    await transaction.objectStore("outbox").walk((row, cursor) => {
      own.add(row.doc);
      if (row.seq > forkSeq) cursor.update({ ...row, ...UNDECIDED });
    });
    await unsend(transaction, forkSeq);
    await transaction.objectStore("records").walk((row, cursor) => {
      if (row.seq <= forkSeq) return;
      if (own.has(row.doc)) cursor.update({ ...row, seq: forkSeq });
      else cursor.delete();
    });
  });
}

const UNDECIDED = { state: "queued", seq: 0, day: 0, receipt: null } as const;

/** Queues kept changes from n on again; false when there is nothing to queue, or n is no longer here. */
export async function requeueFrom(database: Database, generation: number, n: number): Promise<boolean> {
  const here = await database.read(["outbox"], (transaction) => transaction.objectStore("outbox").get(n));
  if (!here || here.state === "queued") return false;
  await database.write(["meta", "outbox", "attachments"], "strict", async (transaction) => {
    await holdsGeneration(transaction, generation);
    await unsend(transaction, 0);
    await transaction.objectStore("outbox").walk((row, cursor) => {
      if (row.state !== "queued") cursor.update({ ...row, ...UNDECIDED });
    }, IDBKeyRange.lowerBound(n));
  });
  return true;
}
