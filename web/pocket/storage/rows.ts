/**
 * What stands on the disk. In clear are only ids, kinds, buckets, positions and day numbers, which the indexes
 * need; everything a person wrote is in a box.
 */

import type { DBSchema } from "idb";
import type { Box } from "../vault/box";
import type { Envelope } from "../vault/seal";

/** A record of the office's snapshot. `day`: days since 1970 of the service, 0 where there is none. */
export interface RecordRow {
  readonly doc: string;
  readonly kind: string;
  readonly bucket: string;
  readonly seq: number;
  readonly day: number;
  readonly box: Box;
}

/** queued: not decided. decided(seq): the snapshot does not show it yet. visible: it does, or it was refused. */
export type OutboxState = "queued" | "decided" | "visible";

/**
 * One own change. `box` holds its JSON text, sent verbatim; `sealed` the same for the organisation's key. `seq` and
 * `day` (of the decision, by the office's clock) are 0 while it is queued.
 */
export interface OutboxRow {
  readonly n: number;
  readonly doc: string;
  readonly bucket: string;
  readonly bundle: string;
  readonly state: OutboxState;
  readonly seq: number;
  readonly day: number;
  readonly receipt: Box | null;
  readonly box: Box;
  readonly sealed: Envelope;
}

export interface DraftRow {
  readonly id: string;
  readonly box: Box;
}

/** Sealed work of an enrolment that this phone no longer has the key of. */
export interface SalvageRow {
  readonly device: string;
  readonly n: number;
  readonly sealed: Envelope;
}

export interface PocketSchema extends DBSchema {
  meta: { key: string; value: unknown };
  records: {
    key: string;
    value: RecordRow;
    indexes: { place: [string, string, number, string]; kind: [string, number, string] };
  };
  outbox: { key: number; value: OutboxRow; indexes: { state: [OutboxState, number]; doc: string } };
  drafts: { key: string; value: DraftRow };
  salvage: { key: [string, number]; value: SalvageRow };
}

export const STORES = ["meta", "records", "outbox", "drafts", "salvage"] as const;
export type StoreName = (typeof STORES)[number];
