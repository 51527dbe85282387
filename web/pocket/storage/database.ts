/**
 * The one connection to IndexedDB, and what may go wrong with it.
 *
 * A connection can die under us (phones drop it on resume): it is let go, opened once more, and the work is done
 * again, which its ids make harmless. Nothing is waited for without an end: work that does not complete in time is
 * aborted and reported as not done; a full disk says so by name. Inside a transaction nothing is awaited but
 * IndexedDB itself.
 */

import { NotSaved } from "../pages/page";
import type { Indexes, Rows, StoreName } from "./rows";
import { upgrade, VERSION } from "./upgrade";

const NAME = "pocket";
const PATIENCE_MS = 3000;
/** A read may be long, and undoes nothing: it only must not wait for ever. */
const READING_PATIENCES = 5;

type Range = IDBValidKey | IDBKeyRange;

/** Rows of one store or index, by promises. */
export interface Source<Row> {
  get(key: Range): Promise<Row | undefined>;
  getAll(range?: Range): Promise<Row[]>;
  getAllKeys(range?: Range): Promise<IDBValidKey[]>;
  count(range?: Range): Promise<number>;
  /** Row by row until `step` says false; the cursor may update and delete. */
  walk(step: Step<Row>, range?: Range, direction?: IDBCursorDirection): Promise<void>;
}

export type Step<Row> = (row: Row, cursor: IDBCursorWithValue) => unknown;

export interface Store<Row, Index extends string = string> extends Source<Row> {
  put(row: Row, key?: IDBValidKey): Promise<IDBValidKey>;
  add(row: Row): Promise<IDBValidKey>;
  delete(key: Range): Promise<undefined>;
  clear(): Promise<undefined>;
  index(name: Index): Source<Row>;
}

export interface Reading {
  objectStore<Name extends StoreName>(name: Name): Store<Rows[Name], Indexes[Name]>;
}
/**
 * `last`: nothing more will be asked, so it need not wait for our word to complete. It cannot be undone from then on: only
 * for what may be on the disk although it was reported as not saved.
 */
export type Writing = Reading & { last(): void };
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
  /** How often a store may have changed: what was read at another count has to be read again. */
  written(store: StoreName): number;
  close(): Promise<void>;
}

export function database(name: string = NAME, patienceMs: number = PATIENCE_MS): Database {
  let opening: Promise<IDBDatabase> | null = null;
  const writes = new Map<StoreName, number>();

  const letGo = (): void => {
    const lost = opening;
    opening = null;
    lost?.then((handle) => handle.close()).catch(() => undefined);
  };
  const handle = (): Promise<IDBDatabase> => {
    opening ??= open(name, letGo);
    opening.catch(letGo);
    return opening;
  };
  /** Once, and a second time over a fresh connection. */
  const run = async <T>(patience: number, start: (db: IDBDatabase) => Running<T>): Promise<T> => {
    const attempt = (): Promise<T> => within(patience, handle, start);
    try {
      return await attempt().catch((error: unknown) => {
        if (isTimeout(error)) letGo();
        if (isFinal(error)) throw error;
        letGo();
        return attempt();
      });
    } catch (error) {
      throw error instanceof Undone ? error : notSaved(error);
    }
  };

  return {
    read: (stores, work) => run(READING_PATIENCES * patienceMs, (db) => begin(db, stores, "readonly", "relaxed", work)),
    async write(stores, durability, work) {
      try {
        return await run(patienceMs, (db) => begin(db, stores, "readwrite", durability, work));
      } finally {
        for (const name of stores) writes.set(name, (writes.get(name) ?? 0) + 1);
      }
    },
    written: (name) => writes.get(name) ?? 0,
    async close() {
      const open = opening;
      opening = null;
      (await open)?.close();
    },
  };
}

function open(name: string, letGo: () => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = ({ oldVersion }) => {
    if (request.transaction) upgrade(request.result, request.transaction, oldVersion);
  };
  return done(request).then((db) => {
    // Another version of the app wants the database, or the browser has taken the connection away.
    db.onversionchange = letGo;
    db.onclose = letGo;
    return db;
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  const result = new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  // Of several requests in one transaction only the first to fail is waited for.
  result.catch(() => undefined);
  return result;
}

function source<Row>(of: IDBObjectStore | IDBIndex): Source<Row> {
  return {
    get: (key) => done(of.get(key)),
    getAll: (range) => done(of.getAll(range)),
    getAllKeys: (range) => done(of.getAllKeys(range)),
    count: (range) => done(of.count(range)),
    walk: (step, range, direction) =>
      new Promise((resolve, reject) => {
        const request = of.openCursor(range, direction);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const cursor = request.result;
          try {
            if (cursor && step(cursor.value as Row, cursor) !== false) cursor.continue();
            else resolve();
          } catch (error) {
            reject(error);
          }
        };
      }),
  };
}

function store<Row>(of: IDBObjectStore): Store<Row> {
  return {
    ...source<Row>(of),
    put: (row, key) => done(of.put(row, key)),
    add: (row) => done(of.add(row)),
    delete: (key) => done(of.delete(key)),
    clear: () => done(of.clear()),
    index: (name) => source<Row>(of.index(name)),
  };
}

/** A transaction and the way to stop it from outside. */
interface Running<T> {
  readonly result: Promise<T>;
  abort(): void;
}

function begin<T>(
  db: IDBDatabase,
  stores: readonly StoreName[],
  mode: "readonly" | "readwrite",
  durability: Durability,
  work: (transaction: Writing) => Promise<T>,
): Running<T> {
  const transaction = db.transaction([...stores], mode, { durability });
  const complete = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
  complete.catch(() => undefined);
  const abort = (): void => {
    try {
      transaction.abort();
    } catch {
      // Already complete: then it is saved, and `result` says so.
    }
  };
  const result = (async () => {
    try {
      const value = await work({
        objectStore: (name) => store(transaction.objectStore(name)),
        last: () => transaction.commit(),
      });
      if (mode === "readwrite") await complete;
      return value;
    } catch (error) {
      abort();
      throw transaction.error ?? error;
    }
  })();
  return { result, abort };
}

/** Runs work against the clock. Aborting makes the answer certain: after it the work is either done or undone. */
async function within<T>(
  patienceMs: number,
  handle: () => Promise<IDBDatabase>,
  start: (db: IDBDatabase) => Running<T>,
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

const isTimeout = (error: unknown): boolean => error instanceof NotSaved && error.why === "timeout";
const isQuota = (error: unknown): boolean =>
  error instanceof Error && (error.name === "QuotaExceededError" || /quota/i.test(error.message));
const isFinal = (error: unknown): boolean => error instanceof NotSaved || error instanceof Undone || isQuota(error);

function notSaved(error: unknown): NotSaved {
  if (error instanceof NotSaved) return error;
  return new NotSaved(isQuota(error) ? "quota" : "storage");
}
