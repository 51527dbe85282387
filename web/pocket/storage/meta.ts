/** The few single facts of a phone, by name. What a person wrote is among them only in boxes and sealed. */

import type { EarlierPhone, OnCall } from "../generated/schema";
import type { Box } from "../vault/box";
import type { Envelope } from "../vault/seal";
import type { Wrap } from "../vault/wrap";
import type { Database, Durability, Reading, Writing } from "./database";
import { remembered } from "./remembered";

/** "forked": this storage is a copy, or has lost pages; like a revoked phone it only delivers its sealed work. */
export type DeviceState = "active" | "revoked" | "forked";

/** Who this phone is to the office. `deposit`: see vault/signing.ts. `publicKey` is empty before version 2. */
export interface DeviceFacts {
  readonly device: string;
  readonly specialist: string;
  readonly epoch: string;
  readonly sealKid: string;
  readonly sealKey: string;
  readonly deposit: string;
  readonly publicKey: string;
  readonly state: DeviceState;
}

/** How the last exchange went. `offset`: this clock minus the office's, ms. */
export interface ExchangeFacts {
  readonly at: number | null;
  readonly triedAt: number;
  readonly outcome: string;
  readonly offset: number | null;
  readonly safeSeq: number;
  readonly remaining: number;
  /** Attempts that failed since the last one that did not, and the rest that followed, ms. */
  readonly failures?: number;
  readonly restMs?: number;
  /** Until when this phone may be read without another answer, by its own clock; 0: no limit. */
  readonly leaseUntil?: number;
}

/** The daily comparison with what the office holds. `differed`: buckets that had to be read anew. */
export interface Checked {
  readonly at: number;
  readonly differed: number;
}

/** How far the sealed work of one device is. `sentTo`: highest n delivered. `isDone`: all of it is safe and gone here. */
export interface Delivery {
  readonly sentTo: number;
  readonly left: number;
  readonly kept: number;
  readonly refused: number;
  readonly isDone: boolean;
  /** Of the office's answers; another one means that a restore lies between them. */
  readonly epoch?: string;
}

/** What the lock, the safety card and the unlock page may know while the phone is locked. */
export interface OrganisationFacts {
  readonly onCall: readonly OnCall[];
  readonly lockAfterS: number;
}

/** What jottings are sealed to while the phone is locked: the public point, and its private half in a box. */
export interface JottingKey {
  readonly point: string;
  readonly box: Box;
}

/** A line that was written down on the locked phone. */
export interface SealedJotting {
  readonly id: string;
  readonly sealed: Envelope;
}

/** Names in the store `meta`. `profile` is a box, `signing` the boxed signing key. */
export interface Facts {
  readonly vault: { readonly v: 1; readonly wraps: readonly Wrap[] };
  readonly device: DeviceFacts;
  readonly signing: Box;
  readonly profile: Box;
  readonly nextN: number;
  readonly cursors: Readonly<Record<string, number>>;
  /** Fencing token: whoever raised it last may apply batches. */
  readonly generation: number;
  /** The highest head of the office that was applied here in this epoch. */
  readonly head: number;
  /** Highest n that was ever on its way; what is queued up to it may have been decided without our knowing. */
  readonly sentTo: number;
  /** Buckets being read anew, and the turn: rows that the turn does not bring are swept at its end. */
  readonly anew: Readonly<Record<string, number>>;
  readonly checked: Checked;
  readonly earlier: readonly EarlierPhone[];
  readonly salvage: Readonly<Record<string, Delivery>>;
  /** This phone has ended: it wiped itself. */
  readonly ended: "wiped";
  readonly exchange: ExchangeFacts;
  /** Ids of notes that a supervisor returned; and by the id of a revision that of the note it supersedes. */
  readonly loop: { readonly returned: readonly string[]; readonly revised: Readonly<Record<string, string>> };
  /** Address of the reading view while the phone is in the hands of the person it is about; "": it is not. */
  readonly turned: string;
  readonly organisation: OrganisationFacts;
  readonly jottingKey: JottingKey;
  readonly jottings: readonly SealedJotting[];
  /** The specialist's own evenings, in one box (storage/own.ts). Nothing that speaks with the office reads it. */
  readonly own: Box;
  readonly lang: string;
  readonly theme: string;
}

export type Fact = keyof Facts;

/** Reads several facts in one snapshot. */
export async function facts<Name extends Fact>(
  database: Database,
  ...names: readonly Name[]
): Promise<{ readonly [K in Name]: Facts[K] | undefined }> {
  return database.read(["meta"], async (transaction) => {
    const store = transaction.objectStore("meta");
    const values = await Promise.all(names.map((name) => store.get(name)));
    return Object.fromEntries(names.map((name, at) => [name, values[at]])) as { [K in Name]: Facts[K] | undefined };
  });
}

/** The same for what every screen asks: the disk is read only when something may have been written to it. */
export function knownFacts<Name extends Fact>(
  database: Database,
  ...names: readonly Name[]
): Promise<{ readonly [K in Name]: Facts[K] | undefined }> {
  return remembered(database, "meta")(names.join(), () => facts(database, ...names));
}

export async function getFact<Name extends Fact>(transaction: Reading, name: Name): Promise<Facts[Name] | undefined> {
  return (await transaction.objectStore("meta").get(name)) as Facts[Name] | undefined;
}

export async function putFact<Name extends Fact>(transaction: Writing, name: Name, value: Facts[Name]): Promise<void> {
  await transaction.objectStore("meta").put(value, name);
}

export async function keepFact<Name extends Fact>(
  database: Database,
  name: Name,
  value: Facts[Name],
  durability: Durability = "strict",
): Promise<void> {
  await database.write(["meta"], durability, (transaction) => putFact(transaction, name, value));
}
