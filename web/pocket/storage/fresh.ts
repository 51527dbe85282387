/** Beginning anew on a phone that was another's, or this one's under a lost key; and ending for good. */

import type { Database, Writing } from "./database";
import { type DeviceFacts, type Facts, getFact, putFact } from "./meta";
import { STORES } from "./rows";

type Beginning = Pick<Facts, "device" | "signing" | "profile" | "nextN">;

/**
 * Starts an enrolment on an empty memory. Sealed copies of what the office has not decided are set aside first:
 * this phone cannot read them any more, the office's key can.
 */
export async function forgetAll(database: Database, beginning: Beginning): Promise<void> {
  await database.write(STORES, "strict", async (transaction) => {
    const before = await getFact(transaction, "device");
    const kept = { lang: await getFact(transaction, "lang"), theme: await getFact(transaction, "theme") };
    if (before) await setAside(transaction, before);
    await empty(transaction);
    await putFact(transaction, "device", beginning.device);
    await putFact(transaction, "signing", beginning.signing);
    await putFact(transaction, "profile", beginning.profile);
    await putFact(transaction, "nextN", beginning.nextN);
    if (kept.lang) await putFact(transaction, "lang", kept.lang);
    if (kept.theme) await putFact(transaction, "theme", kept.theme);
  });
}

/** A stolen phone, by the office's explicit order: the wraps go first, with them every box is noise. */
export async function wipe(database: Database): Promise<void> {
  await database.write(STORES, "strict", async (transaction) => {
    const device = await getFact(transaction, "device");
    await empty(transaction);
    await transaction.objectStore("salvage").clear();
    if (device) await putFact(transaction, "device", { ...device, deposit: "", state: "revoked" });
  });
}

async function setAside(transaction: Writing, { device }: DeviceFacts): Promise<void> {
  const queued = IDBKeyRange.bound(["queued", 0], ["queued", Infinity]);
  const salvage = transaction.objectStore("salvage");
  for (const row of await transaction.objectStore("outbox").index("state").getAll(queued)) {
    await salvage.put({ device, n: row.n, sealed: row.sealed });
  }
}

async function empty(transaction: Writing): Promise<void> {
  await Promise.all(
    (["meta", "records", "outbox", "drafts"] as const).map((store) => transaction.objectStore(store).clear()),
  );
}
