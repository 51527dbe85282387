/** Where this phone stands, computed from durable rows only. */

import type { Report } from "./generated/schema";
import type { PhoneStatus } from "./pages/page";
import type { Database } from "./storage/database";
import type { PocketMemory } from "./storage/memory";
import { facts } from "./storage/meta";

/** What the browser says of its storage; null where it does not say. */
export interface StorageFacts {
  readonly isProtected: boolean | null;
  readonly usedBytes: number | null;
}

export async function storageFacts(storage: StorageManager | undefined): Promise<StorageFacts> {
  if (!storage) return { isProtected: null, usedBytes: null };
  const [isProtected, estimate] = await Promise.all([
    storage.persisted().catch(() => null),
    storage.estimate().catch(() => null),
  ]);
  return { isProtected, usedBytes: estimate?.usage ?? null };
}

async function unsent(memory: PocketMemory) {
  const queued = (await memory.pending()).filter((entry) => entry.state === "queued");
  const notes = new Set(queued.filter((entry) => entry.change.type === "note").map((entry) => entry.change.doc));
  return { count: queued.length, notes: notes.size, oldest: queued[0]?.change.captured.wall ?? null };
}

export async function phoneStatus(
  database: Database,
  memory: PocketMemory,
  storage: StorageFacts,
  app: string,
  isUpdateWaiting: boolean,
): Promise<PhoneStatus> {
  const [{ exchange, device }, waiting, returned] = await Promise.all([
    facts(database, "exchange", "device"),
    unsent(memory),
    memory.returned(),
  ]);
  return {
    unsent: waiting.count,
    unsentNotes: waiting.notes,
    oldestUnsent: waiting.oldest,
    lastExchange: exchange?.at ?? null,
    exchange: exchange?.outcome ?? "offline",
    isStorageProtected: storage.isProtected,
    usedBytes: storage.usedBytes,
    app,
    isUpdateWaiting,
    clockOffset: exchange?.offset ?? null,
    deviceState: device?.state ?? "active",
    returned: returned.length,
  };
}

/** What a phone tells the office of itself with every request. */
export async function report(memory: PocketMemory, storage: StorageFacts, app: string): Promise<Report> {
  const [waiting, drafts] = await Promise.all([unsent(memory), memory.drafts()]);
  return {
    unsent: waiting.count,
    ...(waiting.oldest !== null && { oldest_unsent: waiting.oldest }),
    drafts: drafts.length,
    ...(storage.isProtected !== null && { is_storage_protected: storage.isProtected }),
    app,
  };
}
