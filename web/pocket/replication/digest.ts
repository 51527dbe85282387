/** The daily comparison: does this phone hold what the office believes it holds? */

import { hex, sha256, utf8 } from "../bytes";
import type { Database } from "../storage/database";
import { facts } from "../storage/meta";

const DAY_MS = 86_400_000;

/** A day since the last time, whichever way the clock was moved. */
export const isDigestDue = (at: number, now: number): boolean => Math.abs(now - at) >= DAY_MS;

/** Held buckets whose rows are not the office's. A bucket that the office does not name is empty there. */
export async function differing(database: Database, theirs: Readonly<Record<string, string>>): Promise<string[]> {
  const { cursors = {} } = await facts(database, "cursors");
  const differ: string[] = [];
  for (const bucket of Object.keys(cursors)) {
    const lines = await database.read(["records"], async (transaction) => {
      const range = IDBKeyRange.bound([bucket, "", -Infinity, ""], [bucket, "\uffff", Infinity, "\uffff"]);
      const rows = await transaction.objectStore("records").index("place").getAll(range);
      return rows.map(({ doc, seq }) => `${doc} ${seq}\n`);
    });
    const digest = async (all: string): Promise<string> => hex(await sha256(utf8(all)));
    if ((await digest(lines.sort().join(""))) !== (theirs[bucket] ?? (await digest("")))) differ.push(bucket);
  }
  return differ;
}
