/** Records as a screen sees them: a snapshot, own changes on top, and where they stand. */

import type { Seen, Standing } from "../pages/page";
import { receiptCode } from "../receipt_code";
import { type Entry, isShown, type Outbox, standing } from "./outbox";
import { type Fields, overlay, type Snapshot } from "./overlay";
import type { Records } from "./records";

export interface Sight {
  one<F>(doc: string, type: string): Promise<Seen<F> | null>;
  /** Of one bucket, or of all. */
  all<F>(type: string, bucket?: string): Promise<Seen<F>[]>;
  /** These snapshots with own changes on top, and own new records for which `isHere`. */
  list<F>(type: string, snapshots: readonly Snapshot[], isHere: (record: Snapshot) => boolean): Promise<Seen<F>[]>;
  /** Changes up to this n are under way to the office; 0: none. */
  sending(n: number): void;
}

export function sight(records: Records, outbox: Outbox): Sight {
  let sentUpTo = 0;

  const shownByDoc = async (): Promise<Map<string, Entry[]>> => grouped((await outbox.pending()).filter(isShown));

  const see = (
    snapshot: Snapshot | null,
    entries: readonly Entry[],
    ofRecord: Standing | null,
  ): Seen<Fields> | null => {
    const record = overlay(
      snapshot,
      entries.map((entry) => entry.change),
    );
    if (record === null || record.body.state === "void") return null;
    return { ...record, standing: ofRecord ?? received(record) };
  };

  const list = async <F>(
    type: string,
    snapshots: readonly Snapshot[],
    isHere: (record: Snapshot) => boolean,
  ): Promise<Seen<F>[]> => {
    const byDoc = await shownByDoc();
    const pending = grouped(await outbox.pending());
    const known = new Set(snapshots.map((snapshot) => snapshot.doc));
    const fresh = [...byDoc.entries()].filter(([doc, entries]) => !known.has(doc) && isCreateOf(entries[0], type));
    const created = await Promise.all(
      fresh.map(async ([doc, entries]) =>
        (await records.get(doc)) ? null : see(null, entries, standing(pending.get(doc) ?? [], sentUpTo)),
      ),
    );
    const seen = snapshots.map((snapshot) => {
      const entries = byDoc.get(snapshot.doc) ?? [];
      return see(snapshot, entries, standing(pending.get(snapshot.doc) ?? [], sentUpTo));
    });
    const all = [...created.filter((record) => record !== null && isHere(record)), ...seen];
    return all.filter((record) => record !== null) as Seen<unknown>[] as Seen<F>[];
  };

  const one = async <F>(doc: string, type: string): Promise<Seen<F> | null> => {
    const [snapshot, entries] = await Promise.all([records.get(doc), outbox.of(doc)]);
    const seen = see(snapshot, entries.filter(isShown), standing(entries, sentUpTo));
    return seen?.type === type ? (seen as Seen<F>) : null;
  };

  const all = async <F>(type: string, bucket?: string): Promise<Seen<F>[]> => {
    const isHere = (record: Snapshot) => bucket === undefined || record.bucket === bucket;
    return list<F>(type, (await records.ofKind(type)).filter(isHere), isHere);
  };

  return {
    one,
    all,
    list,
    sending(n) {
      sentUpTo = n;
    },
  };
}

function grouped(entries: readonly Entry[]): Map<string, Entry[]> {
  const byDoc = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { doc } = entry.change;
    byDoc.set(doc, [...(byDoc.get(doc) ?? []), entry]);
  }
  return byDoc;
}

const isCreateOf = (entry: Entry | undefined, type: string): boolean =>
  entry?.change.kind === "create" && entry.change.type === type;

/** Standing of a record whose own changes, if any, are no longer kept here. */
function received(record: Snapshot): Standing {
  const { signed, created, received: when } = record.body;
  return { at: "received", code: receiptCode(signed?.seq || created), when: signed?.received || when };
}
