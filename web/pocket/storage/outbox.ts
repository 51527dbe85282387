/** Own changes, read back: what is undecided or not yet visible, and what became of each. */

import type { Change, Receipt } from "../generated/schema";
import type { Standing } from "../pages/page";
import { receiptCode } from "../receipt_code";
import { label, open } from "../vault/box";
import type { Database } from "./database";
import { remembering } from "./remembered";
import type { OutboxRow, OutboxState } from "./rows";

/** An own change, opened. `text` is what was captured, byte for byte. */
export interface Entry {
  readonly n: number;
  readonly state: OutboxState;
  readonly seq: number;
  readonly bundle: string;
  readonly text: string;
  readonly change: Change;
  readonly receipt: Receipt | null;
}

export const entryLabel = (n: number): string => label("outbox", "change", n);
export const receiptLabel = (n: number): string => label("outbox", "receipt", n);

export async function openEntry(key: CryptoKey, row: OutboxRow): Promise<Entry> {
  const text = await open(key, entryLabel(row.n), row.box);
  const receipt = row.receipt && (JSON.parse(await open(key, receiptLabel(row.n), row.receipt)) as Receipt);
  const { n, state, seq, bundle } = row;
  return { n, state, seq, bundle, text, change: JSON.parse(text) as Change, receipt };
}

export interface Outbox {
  /** Entries the snapshot does not show yet, in order of n. */
  pending(): Promise<readonly Entry[]>;
  /** All entries of a record that are still kept, in order of n. */
  of(doc: string): Promise<readonly Entry[]>;
  /** Something has been captured, decided or dropped: read again. */
  forget(): void;
}

export function outbox(database: Database, key: CryptoKey): Outbox {
  let known: Promise<readonly Entry[]> | null = null;
  const remembered = remembering(database, "outbox");

  const read = async (): Promise<readonly Entry[]> => {
    const rows = await database.read(["outbox"], (transaction) =>
      transaction
        .objectStore("outbox")
        .index("state")
        .getAll(IDBKeyRange.bound(["decided", 0], ["queued", Infinity])),
    );
    const entries = await Promise.all(rows.map((row) => openEntry(key, row)));
    return entries.sort((a, b) => a.n - b.n);
  };
  const readOf = async (doc: string): Promise<readonly Entry[]> => {
    const rows = await database.read(["outbox"], (transaction) =>
      transaction.objectStore("outbox").index("doc").getAll(doc),
    );
    return Promise.all(rows.map((row) => openEntry(key, row)));
  };
  return {
    pending() {
      known ??= read();
      known.catch(() => {
        known = null;
      });
      return known;
    },
    of: (doc) => remembered(doc, () => readOf(doc)),
    forget() {
      known = null;
    },
  };
}

/** Does this entry still show? Refused changes do not. */
export const isShown = (entry: Entry): boolean =>
  entry.state !== "visible" && entry.receipt?.outcome !== "rejected" && entry.receipt?.outcome !== "quarantined";

/** Where a record with own changes stands, or null when nothing is known here but the snapshot. */
export function standing(entries: readonly Entry[], sentUpTo: number): Standing | null {
  const queued = entries.filter((entry) => entry.state === "queued");
  const oldest = queued[0];
  if (oldest) {
    const at = queued.every((entry) => entry.n <= sentUpTo) ? "sent" : "phone";
    return { at, since: oldest.change.captured.wall };
  }
  const last = entries.findLast((entry) => entry.receipt !== null)?.receipt;
  if (!last) return null;
  if (last.outcome === "quarantined") return { at: "supervisor", when: last.at };
  if (last.outcome === "rejected") return { at: "came_back", code: last.code ?? "INVALID_STATE", when: last.at };
  const signed = entries.findLast((entry) => entry.change.kind === "sign" && entry.receipt)?.receipt;
  const told = signed ?? last;
  return { at: "received", code: receiptCode(told.seq), when: told.at };
}
