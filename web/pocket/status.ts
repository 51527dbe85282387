/** Where this phone stands, computed from durable rows only. */

import type { Report } from "./generated/schema";
import { waitingNotes } from "./pages/loop";
import type { PhoneStatus } from "./pages/page";
import { knownAttachments } from "./storage/attachments";
import type { Database } from "./storage/database";
import type { PocketMemory } from "./storage/memory";
import { type Delivery, type Facts, knownFacts } from "./storage/meta";
import { remembered } from "./storage/remembered";

/** More own work than a backup should ever leave waiting on a phone. */
const KEPT_TOO_MUCH = 5000;
const PATIENCE_MS = 2000;

/** What the browser says of its storage; null where it does not say. */
export interface StorageFacts {
  readonly isProtected: boolean | null;
  readonly usedBytes: number | null;
}

export async function storageFacts(storage: StorageManager | undefined): Promise<StorageFacts> {
  if (!storage) return { isProtected: null, usedBytes: null };
  // Some browsers never answer; a screen does not wait for them.
  const orNull = <T>(asked: Promise<T>): Promise<T | null> =>
    Promise.race([asked.catch(() => null), new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null))]);
  const [isProtected, estimate] = await Promise.all([orNull(storage.persisted()), orNull(storage.estimate())]);
  return { isProtected, usedBytes: estimate?.usage ?? null };
}

type Clear = "exchange" | "device" | "salvage" | "checked" | "earlier" | "ended";

/** What may be told without a key: how sealed work fares, and whether this phone may be read. */
export function clearStatus(known: { readonly [Name in Clear]?: Facts[Name] | undefined }, now: number) {
  const { exchange, device, salvage = {}, checked = null, earlier = [], ended } = known;
  const deliveries = Object.values(salvage);
  const sum = (count: (delivery: Delivery) => number) => deliveries.reduce((all, each) => all + count(each), 0);
  return {
    lastExchange: exchange?.at ?? null,
    exchange: exchange?.outcome ?? "offline",
    clockOffset: exchange?.offset ?? null,
    deviceState: ended ?? device?.state ?? "active",
    lease: exchange?.leaseUntil && now > exchange.leaseUntil ? "over" : "ok",
    safeSeq: exchange?.safeSeq ?? 0,
    remaining: exchange?.remaining ?? 0,
    salvage:
      deliveries.length > 0
        ? {
            left: sum(({ left }) => left),
            kept: sum(({ kept }) => kept),
            isDone: deliveries.every((one) => one.isDone),
          }
        : null,
    checked,
    earlier,
  } as const;
}

export const CLEAR = ["exchange", "device", "salvage", "checked", "earlier", "ended"] as const satisfies Clear[];

async function unsent(memory: PocketMemory) {
  const queued = (await memory.pending()).filter((entry) => entry.state === "queued");
  const notes = new Set(queued.filter((entry) => entry.change.type === "note").map((entry) => entry.change.doc));
  return { count: queued.length, notes: notes.size, oldest: queued[0]?.change.captured.wall ?? null };
}

export async function phoneStatus(
  database: Database,
  memory: PocketMemory,
  author: string,
  storage: StorageFacts,
  app: string,
  isUpdateWaiting: boolean,
  now: number,
): Promise<PhoneStatus> {
  const [known, waiting, returned, asked, kept, files] = await Promise.all([
    knownFacts(database, ...CLEAR),
    unsent(memory),
    memory.returned(),
    waitingNotes(memory, author),
    remembered(database, "outbox")("count", () =>
      database.read(["outbox"], (transaction) => transaction.objectStore("outbox").count()),
    ),
    knownAttachments(database),
  ]);
  return {
    ...clearStatus(known, now),
    kept: kept - waiting.count,
    isKeptTooMuch: kept - waiting.count > KEPT_TOO_MUCH,
    unsent: waiting.count,
    unsentNotes: waiting.notes,
    unsentFiles: files.filter(({ seq, device }) => seq === 0 && device === known.device?.device).length,
    oldestUnsent: waiting.oldest,
    isStorageProtected: storage.isProtected,
    usedBytes: storage.usedBytes,
    app,
    isUpdateWaiting,
    returned: returned.length,
    cameBack: new Set(returned.map(({ about }) => about)).size + asked.length,
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
