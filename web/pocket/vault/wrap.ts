/**
 * The vault key and its wraps. The key is random and lives in memory only; on the disk stand its wraps, each the
 * key encrypted by something a person has or knows: always a passphrase, and if they like a passkey (vault/passkey.ts).
 */

import { type Bytes, random } from "../bytes";
import { closeBytes, openBytes } from "./box";
import { COSTS, type Cost, folded, stretch } from "./stretch";

export interface PassphraseWrap extends Cost {
  readonly kind: "passphrase";
  readonly salt: Bytes;
  readonly iv: Bytes;
  readonly ct: Bytes;
}

/** `credential`: the authenticator's name of it, base64url. `salt`: what the authenticator is asked about. */
export interface PasskeyWrap {
  readonly kind: "passkey";
  readonly credential: string;
  readonly salt: Bytes;
  readonly iv: Bytes;
  readonly ct: Bytes;
}

export type Wrap = PassphraseWrap | PasskeyWrap;

const USES: KeyUsage[] = ["encrypt", "decrypt"];
const KEY_BYTES = 32;

/** Extractable for as long as enrolment lasts, because its first wrap is not made yet. */
export async function newVaultKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, USES);
}

/** The same key as pages and worker keep it: its bytes can no longer be read by script. */
export async function sealedKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, USES);
}

/** Wraps an extractable vault key. On a phone too short of memory the next weaker cost is taken. */
export async function wrapByPassphrase(
  vaultKey: CryptoKey,
  passphrase: string,
  cost: Cost,
): Promise<{ wrap: Wrap; key: CryptoKey }> {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", vaultKey));
  const salt = random(16);
  const [used, wrappingKey] = await stretchWithin(passphrase, salt, cost);
  const box = await closeBytes(wrappingKey, "wrap|passphrase", raw);
  return { wrap: { kind: "passphrase", salt, ...used, ...box }, key: await sealedKey(raw) };
}

async function stretchWithin(passphrase: string, salt: Bytes, cost: Cost): Promise<[Cost, CryptoKey]> {
  const weaker = COSTS.filter((each) => each.memoryKib <= cost.memoryKib);
  let failure: unknown = new Error("no cost to try");
  for (const each of weaker) {
    try {
      return [{ memoryKib: each.memoryKib, passes: each.passes }, await stretch(passphrase, salt, each)];
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** The vault key, or null when no wrap opens to this passphrase. */
export async function unwrap(wraps: readonly Wrap[], passphrase: string): Promise<CryptoKey | null> {
  const raw = await rawByPassphrase(wraps, passphrase);
  return raw && sealedKey(raw);
}

/** The key's bytes, for another wrap to be made of them; null when no wrap opens to this passphrase. */
export async function rawByPassphrase(wraps: readonly Wrap[], passphrase: string): Promise<Bytes | null> {
  if (folded(passphrase) === "") return null;
  for (const wrap of wraps) {
    if (wrap.kind !== "passphrase") continue;
    const wrappingKey = await stretch(passphrase, wrap.salt, wrap);
    const raw = await openBytes(wrappingKey, "wrap|passphrase", wrap).catch(() => null);
    if (raw?.length === KEY_BYTES) return raw;
  }
  return null;
}
