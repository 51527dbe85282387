/** Beginning anew on a phone that was another's, or this one's under a lost key; and ending for good. */

import { dropAttachments } from "./attachments";
import type { Database, Reading, Writing } from "./database";
import { type DeviceFacts, type Facts, facts, getFact } from "./meta";
import { type SalvageRow, STORES } from "./rows";

type Beginning = Pick<Facts, "device" | "signing" | "profile" | "nextN"> & Partial<Pick<Facts, "earlier">>;
/** The fencing token goes on: an answer to the phone that was must not be taken by the phone that is. */
const KEPT = ["lang", "theme", "salvage", "generation"] as const;

/**
 * Starts an enrolment on an empty memory. Sealed copies of what the office has not safely got are set aside first:
 * this phone cannot read them any more, the office's key can.
 */
export async function forgetAll(database: Database, beginning: Beginning): Promise<void> {
  await database.write(STORES, "strict", async (transaction) => {
    const salvage = transaction.objectStore("salvage");
    await Promise.all((await unsafeWork(transaction)).map((row) => salvage.put(row)));
    const { safeSeq = 0 } = (await getFact(transaction, "exchange")) ?? {};
    await dropAttachments(transaction, ({ seq }) => seq > 0 && seq <= safeSeq);
    const told = Object.entries((await getFact(transaction, "salvage")) ?? {}).filter(([, { isDone }]) => !isDone);
    await empty(transaction, { ...beginning, salvage: Object.fromEntries(told) });
  });
}

/** This phone ends: the wraps go first, with them every box is noise. `isStolen`: what others left here goes too. */
export async function wipe(database: Database, isStolen: boolean): Promise<void> {
  await database.write(STORES, "strict", async (transaction) => {
    const { device } = (await getFact(transaction, "device")) ?? {};
    if (isStolen) await transaction.objectStore("salvage").clear();
    await dropAttachments(transaction, (row) => isStolen || row.device === device);
    await empty(transaction, { ended: "wiped", ...(isStolen && { salvage: {} }) });
  });
}

/** Own work that is not decided, or decided but in no verified backup, sealed; in order of n. */
async function unsafeWork(transaction: Reading): Promise<SalvageRow[]> {
  const meta = transaction.objectStore("meta");
  const [device, exchange] = (await Promise.all([meta.get("device"), meta.get("exchange")])) as [
    DeviceFacts | undefined,
    Facts["exchange"] | undefined,
  ];
  if (!device) return [];
  const { device: id, deposit, publicKey = "" } = device;
  const isUnsafe = ({ state, seq }: { state: string; seq: number }) =>
    state === "queued" || seq > (exchange?.safeSeq ?? 0);
  const rows = await transaction.objectStore("outbox").getAll();
  return rows.filter(isUnsafe).map(({ n, sealed, sig = "" }) => ({ device: id, n, sealed, sig, deposit, publicKey }));
}

/** All sealed work on this phone that has still to come to the office: its own, and that of earlier installations. */
export async function sealedWork(database: Database): Promise<SalvageRow[]> {
  return database.read(["meta", "outbox", "salvage"], async (transaction) => [
    ...(await transaction.objectStore("salvage").getAll()),
    ...(await unsafeWork(transaction)),
  ]);
}

/** The office holds all of this device's work safely. Its own ends this phone; an earlier one's just leaves. */
export async function forgetDelivered(database: Database, device: string): Promise<void> {
  if ((await facts(database, "device")).device?.device === device) return wipe(database, false);
  await database.write(["salvage", "attachments", "papers"], "strict", async (transaction) => {
    await transaction.objectStore("salvage").delete(IDBKeyRange.bound([device, 0], [device, Infinity]));
    await dropAttachments(transaction, (row) => row.device === device);
  });
}

/** Own changes that the office has not decided, countable without a key. */
export async function unsentCount(database: Database): Promise<number> {
  return database.read(["outbox"], (transaction) =>
    transaction
      .objectStore("outbox")
      .index("state")
      .count(IDBKeyRange.bound(["queued", 0], ["queued", Infinity])),
  );
}

async function empty(transaction: Writing, next: Partial<Facts>): Promise<void> {
  const meta = transaction.objectStore("meta");
  const kept = await Promise.all(KEPT.map(async (name) => [name, await meta.get(name)] as const));
  await Promise.all(
    (["meta", "records", "outbox", "drafts"] as const).map((store) => transaction.objectStore(store).clear()),
  );
  const known = Object.entries({ ...Object.fromEntries(kept), ...next }).filter(([, value]) => value !== undefined);
  await Promise.all(known.map(([name, value]) => meta.put(value, name)));
}
