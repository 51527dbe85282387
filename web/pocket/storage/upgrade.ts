/**
 * The shape of the disk, version by version. An upgrade only adds: a phone may hold unsent work and open drafts of
 * any earlier version. A version that an older app cannot understand gets a number, so that the older one fails
 * closed instead of reading it wrongly.
 */

import type { OutboxRow } from "./rows";

export const VERSION = 3;

export function upgrade(db: IDBDatabase, transaction: IDBTransaction, from: number): void {
  if (from < 1) {
    db.createObjectStore("meta");
    const records = db.createObjectStore("records", { keyPath: "doc" });
    records.createIndex("place", ["bucket", "kind", "day", "doc"]);
    records.createIndex("kind", ["kind", "day", "doc"]);
    const outbox = db.createObjectStore("outbox", { keyPath: "n" });
    outbox.createIndex("state", ["state", "seq"]);
    outbox.createIndex("doc", "doc");
    db.createObjectStore("drafts", { keyPath: "id" });
    db.createObjectStore("salvage", { keyPath: ["device", "n"] });
  } else if (from < 2) {
    // The signature of a sealed copy now stands outside of it; the next unlock makes it (storage/unlocked.ts).
    transaction.objectStore("outbox").openCursor().onsuccess = ({ target }) => {
      const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
      if (!cursor) return;
      cursor.update({ ...(cursor.value as OutboxRow), sig: "" });
      cursor.continue();
    };
  }
  if (from < 3) {
    db.createObjectStore("attachments", { keyPath: "id" });
    db.createObjectStore("papers");
  }
}
