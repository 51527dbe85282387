/** What an open vault gives: who this phone is, and the keys to write, sign and seal. In memory only. */

import { close, label, open } from "../vault/box";
import { importSealKey, type SealKey, seal } from "../vault/seal";
import { openSigningKey, publicKeyOf, signSealed } from "../vault/signing";
import type { Database } from "./database";
import { type DeviceFacts, facts, getFact, putFact } from "./meta";
import { entryLabel } from "./outbox";
import type { Sealed } from "./rows";

export interface Profile {
  readonly name: string;
  readonly organisation: string;
}

export interface Unlocked {
  readonly key: CryptoKey;
  readonly signingKey: CryptoKey;
  readonly sealKey: SealKey;
  readonly device: DeviceFacts;
  readonly profile: Profile;
}

const PROFILE = label("meta", "profile", "own");

export const closeProfile = (key: CryptoKey, profile: Profile) => close(key, PROFILE, JSON.stringify(profile));

/** Null when this phone is not enrolled, or when the key is not its key. */
export async function unlocked(database: Database, key: CryptoKey): Promise<Unlocked | null> {
  const { device, signing, profile } = await facts(database, "device", "signing", "profile");
  if (!device || !signing || !profile) return null;
  const signingKey = await openSigningKey(key, signing).catch(() => null);
  if (!signingKey) return null;
  const sealKey = await importSealKey(device.sealKid, device.sealKey);
  const read = JSON.parse(await open(key, PROFILE, profile)) as Profile;
  const author = { key, signingKey, sealKey, device, profile: read };
  if (device.publicKey) return author;
  const publicKey = await publicKeyOf(key, signing);
  return { ...author, device: await renew(database, author, publicKey) };
}

/** The copy of a change that only the organisation can read, and this device's word for it. */
export async function sealed(author: Unlocked, n: number, change: string): Promise<Sealed> {
  const { device } = author.device;
  const envelope = await seal(author.sealKey, JSON.stringify({ device, n, change }));
  return { n, sealed: envelope, sig: await signSealed(author.signingKey, device, n, envelope) };
}

/** Work of an early version of the app: its sealed copies are made again, in the form that a locked phone can deliver. */
async function renew(database: Database, author: Unlocked, publicKey: string): Promise<DeviceFacts> {
  const { device } = author;
  const all = await database.read(["outbox"], (transaction) => transaction.objectStore("outbox").getAll());
  const old = all.filter((row) => !row.sig);
  const copies = await Promise.all(
    old.map(async ({ n, box }) => sealed(author, n, await open(author.key, entryLabel(n), box))),
  );
  const byN = new Map(copies.map((copy) => [copy.n, copy]));
  await database.write(["meta", "outbox"], "strict", async (transaction) => {
    await transaction.objectStore("outbox").walk((row, cursor) => {
      if (byN.has(row.n)) cursor.update({ ...row, ...byN.get(row.n) });
    });
    await putFact(transaction, "device", { ...((await getFact(transaction, "device")) ?? device), publicKey });
  });
  return { ...device, publicKey };
}
