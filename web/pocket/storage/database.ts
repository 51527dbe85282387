/**
 * The one connection to IndexedDB, and what may go wrong with it.
 *
 * A connection can die under us (phones drop it on resume): it is let go, opened once more, and the work is done
 * again, which its ids make harmless. A write that does not complete within three seconds is aborted and reported as
 * not saved; a full disk says so by name. Inside a transaction nothing is awaited but IndexedDB itself.
 */

import { type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { NotSaved } from "../pages/page";
import type { PocketSchema, StoreName } from "./rows";

const NAME = "pocket";
const VERSION = 1;
const PATIENCE_MS = 3000;

type Handle = IDBPDatabase<PocketSchema>;
export type Reading = IDBPTransaction<PocketSchema, StoreName[], "readonly">;
export type Writing = IDBPTransaction<PocketSchema, StoreName[], "readwrite">;
export type Durability = "strict" | "relaxed";

/** Thrown inside a transaction to undo it on purpose; never retried. */
export class Undone extends Error {}

export interface Database {
  read<T>(stores: readonly StoreName[], work: (transaction: Reading) => Promise<T>): Promise<T>;
  /** Resolves once the transaction is complete; throws NotSaved, or the Undone of `work`. */
  write<T>(
    stores: readonly StoreName[],
    durability: Durability,
    work: (transaction: Writing) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

export function database(name: string = NAME, patienceMs: number = PATIENCE_MS): Database {
  let opening: Promise<Handle> | null = null;

  const letGo = (): void => {
    const lost = opening;
    opening = null;
    lost?.then((handle) => handle.close()).catch(() => undefined);
  };
  const handle = (): Promise<Handle> => {
    opening ??= open(name, letGo);
    opening.catch(letGo);
    return opening;
  };
  const twice = async <T>(attempt: () => Promise<T>): Promise<T> => {
    try {
      return await attempt();
    } catch (error) {
      if (isFinal(error)) throw error;
      letGo();
      return attempt();
    }
  };

  return {
    read: (stores, work) => twice(async () => reading(await handle(), stores, work)),
    async write(stores, durability, work) {
      try {
        return await twice(async () => within(patienceMs, handle, (db) => writing(db, stores, durability, work)));
      } catch (error) {
        throw error instanceof Undone ? error : notSaved(error);
      }
    },
    async close() {
      const open = opening;
      opening = null;
      (await open)?.close();
    },
  };
}

function open(name: string, letGo: () => void): Promise<Handle> {
  return openDB<PocketSchema>(name, VERSION, {
    upgrade(db) {
      db.createObjectStore("meta");
      const records = db.createObjectStore("records", { keyPath: "doc" });
      records.createIndex("place", ["bucket", "kind", "day", "doc"]);
      records.createIndex("kind", ["kind", "day", "doc"]);
      const outbox = db.createObjectStore("outbox", { keyPath: "n" });
      outbox.createIndex("state", ["state", "seq"]);
      outbox.createIndex("doc", "doc");
      db.createObjectStore("drafts", { keyPath: "id" });
      db.createObjectStore("salvage", { keyPath: ["device", "n"] });
    },
    blocking: letGo,
    terminated: letGo,
  });
}

async function reading<T>(
  db: Handle,
  stores: readonly StoreName[],
  work: (transaction: Reading) => Promise<T>,
): Promise<T> {
  const transaction = db.transaction([...stores], "readonly");
  transaction.done.catch(() => undefined);
  return work(transaction);
}

/** A transaction and the way to stop it from outside. */
interface Running<T> {
  readonly result: Promise<T>;
  abort(): void;
}

function writing<T>(
  db: Handle,
  stores: readonly StoreName[],
  durability: Durability,
  work: (transaction: Writing) => Promise<T>,
): Running<T> {
  const transaction = db.transaction([...stores], "readwrite", { durability });
  transaction.done.catch(() => undefined);
  const abort = (): void => {
    try {
      transaction.abort();
    } catch {
      // Already complete: then it is saved, and `result` says so.
    }
  };
  const result = (async () => {
    try {
      const value = await work(transaction);
      await transaction.done;
      return value;
    } catch (error) {
      abort();
      throw transaction.error ?? error;
    }
  })();
  return { result, abort };
}

/** Runs a write against the clock. Aborting makes the answer certain: after it the work is either done or undone. */
async function within<T>(
  patienceMs: number,
  handle: () => Promise<Handle>,
  start: (db: Handle) => Running<T>,
): Promise<T> {
  let running: Running<T> | null = null;
  let isLate = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      running?.abort();
      reject(new NotSaved("timeout"));
    }, patienceMs);
  });
  const work = handle().then((db) => {
    if (isLate) throw new NotSaved("timeout");
    running = start(db);
    return running.result;
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

const isQuota = (error: unknown): boolean =>
  error instanceof Error && (error.name === "QuotaExceededError" || /quota/i.test(error.message));
const isFinal = (error: unknown): boolean => error instanceof NotSaved || error instanceof Undone || isQuota(error);

function notSaved(error: unknown): NotSaved {
  if (error instanceof NotSaved) return error;
  return new NotSaved(isQuota(error) ? "quota" : "storage");
}
