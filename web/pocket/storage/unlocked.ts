/** What an open vault gives: who this phone is, and the keys to write, sign and seal. In memory only. */

import { close, label, open } from "../vault/box";
import { importSealKey, type SealKey } from "../vault/seal";
import { openSigningKey } from "../vault/signing";
import type { Database } from "./database";
import { type DeviceFacts, facts } from "./meta";

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
  return { key, signingKey, sealKey, device, profile: JSON.parse(await open(key, PROFILE, profile)) as Profile };
}
