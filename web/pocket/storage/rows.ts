/**
 * What stands on the disk. In clear are only ids, kinds, buckets, positions and day numbers, which the indexes
 * need; everything a person wrote is in a box.
 */

import type { Bytes } from "../bytes";
import type { Box } from "../vault/box";
import type { Envelope } from "../vault/seal";

/**
 * A record of the office's snapshot. `day`: days since 1970 of the service, 0 where there is none. `round`: the
 * turn in which a bucket was read anew; see `anew` of meta.ts.
 */
export interface RecordRow {
  readonly doc: string;
  readonly kind: string;
  readonly bucket: string;
  readonly seq: number;
  readonly day: number;
  readonly box: Box;
  readonly round?: number;
}

/** queued: not decided. decided(seq): the snapshot does not show it yet. visible: it does, or it was refused. */
export type OutboxState = "queued" | "decided" | "visible";

/** A change sealed to the organisation, and this device's word for it. `sig` is empty in rows of an early version. */
export interface Sealed {
  readonly n: number;
  readonly sealed: Envelope;
  readonly sig: string;
}

/**
 * One own change. `box` holds its JSON text, sent verbatim; `sealed` the same for the organisation's key. `seq` and
 * `day` (of the decision, by the office's clock) are 0 while it is queued.
 */
export interface OutboxRow extends Sealed {
  readonly doc: string;
  readonly bucket: string;
  readonly bundle: string;
  readonly state: OutboxState;
  readonly seq: number;
  readonly day: number;
  readonly receipt: Box | null;
  readonly box: Box;
}

export interface DraftRow {
  readonly id: string;
  readonly box: Box;
}

/** Sealed work of an enrolment that this phone no longer has the key of, and what proves whose it is. */
export interface SalvageRow extends Sealed {
  readonly device: string;
  readonly deposit: string;
  readonly publicKey: string;
}

/**
 * A photo or scan; its sealed bytes lie in `papers`, since most that is asked about it needs none of them. `have`: how
 * much of it the office has; `seq`, `at`: its position there and the time, once it is whole.
 */
export interface AttachmentRow {
  readonly id: string;
  readonly device: string;
  readonly deposit: string;
  readonly size: number;
  readonly have: number;
  readonly seq: number;
  readonly at: number;
}

export interface Rows {
  meta: unknown;
  records: RecordRow;
  outbox: OutboxRow;
  drafts: DraftRow;
  salvage: SalvageRow;
  attachments: AttachmentRow;
  papers: Bytes;
}

export interface Indexes {
  meta: never;
  records: "place" | "kind";
  outbox: "state" | "doc";
  drafts: never;
  salvage: never;
  attachments: never;
  papers: never;
}

export const STORES = ["meta", "records", "outbox", "drafts", "salvage", "attachments", "papers"] as const;
export type StoreName = (typeof STORES)[number];
