/** The few single facts of a phone, by name. None of them is anything a person wrote. */

import type { OnCall } from "../generated/schema";
import type { Box } from "../vault/box";
import type { Wrap } from "../vault/wrap";
import type { Database, Writing } from "./database";

/** Who this phone is to the office. `deposit`: see vault/signing.ts. */
export interface DeviceFacts {
  readonly device: string;
  readonly specialist: string;
  readonly epoch: string;
  readonly sealKid: string;
  readonly sealKey: string;
  readonly deposit: string;
  readonly state: "active" | "revoked";
}

/** How the last exchange went. `offset`: this clock minus the office's, ms. */
export interface ExchangeFacts {
  readonly at: number | null;
  readonly triedAt: number;
  readonly outcome: string;
  readonly offset: number | null;
  readonly safeSeq: number;
  readonly remaining: number;
}

/** What the lock, the safety card and the unlock page may know while the phone is locked. */
export interface OrganisationFacts {
  readonly onCall: readonly OnCall[];
  readonly lockAfterS: number;
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
  readonly exchange: ExchangeFacts;
  readonly organisation: OrganisationFacts;
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

export async function getFact<Name extends Fact>(transaction: Writing, name: Name): Promise<Facts[Name] | undefined> {
  return (await transaction.objectStore("meta").get(name)) as Facts[Name] | undefined;
}

export async function putFact<Name extends Fact>(transaction: Writing, name: Name, value: Facts[Name]): Promise<void> {
  await transaction.objectStore("meta").put(value, name);
}

export async function keepFact<Name extends Fact>(database: Database, name: Name, value: Facts[Name]): Promise<void> {
  await database.write(["meta"], "strict", (transaction) => putFact(transaction, name, value));
}
