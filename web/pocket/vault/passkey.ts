/**
 * A wrap by a passkey: the authenticator's PRF (WebAuthn) answers a salt with 32 bytes that only it can make, and only
 * after it has checked its user; HKDF makes the wrapping key of them. Without user verification an authenticator
 * answers with other bytes, so that the check cannot be left out.
 */

import { type Bytes, base64url, fromBase64url, random, utf8 } from "../bytes";
import { closeBytes, openBytes } from "./box";
import { type PasskeyWrap, sealedKey, type Wrap } from "./wrap";

const KEY_BYTES = 32;
const PRF_BYTES = 32;
const USES: KeyUsage[] = ["encrypt", "decrypt"];

/** What the authenticator is asked about; nothing secret. base64url. */
export const newPasskeySalt = (): string => base64url(random(32));

export const passkeyOf = (wraps: readonly Wrap[]): PasskeyWrap | null =>
  wraps.find((wrap) => wrap.kind === "passkey") ?? null;

/** `prf`: the authenticator's answer to `salt`, both base64url. Null when it is not an answer at all. */
export async function wrapByPasskey(
  raw: Bytes,
  credential: string,
  salt: string,
  prf: string,
): Promise<PasskeyWrap | null> {
  const saltBytes = fromBase64url(salt);
  const key = await keyFrom(prf, saltBytes, credential);
  if (!key) return null;
  return { kind: "passkey", credential, salt: saltBytes, ...(await closeBytes(key, label(credential), raw)) };
}

/** The vault key, or null when this answer does not open the wrap. */
export async function unwrapByPasskey(wrap: PasskeyWrap, prf: string): Promise<CryptoKey | null> {
  const key = await keyFrom(prf, wrap.salt, wrap.credential);
  // Another passkey's answer opens nothing: the passphrase is asked for.
  const raw = key && (await openBytes(key, label(wrap.credential), wrap).catch(() => null));
  return raw?.length === KEY_BYTES ? sealedKey(raw) : null;
}

const label = (credential: string): string => `wrap|passkey|${credential}`;

async function keyFrom(prf: string, salt: Bytes, credential: string): Promise<CryptoKey | null> {
  const answer = /^[\w-]{43}$/.test(prf) ? fromBase64url(prf) : new Uint8Array(0);
  if (answer.length !== PRF_BYTES) return null;
  const material = await crypto.subtle.importKey("raw", answer, "HKDF", false, ["deriveKey"]);
  const info = utf8(`alongside-passkey-v1|${credential}`);
  const how = { name: "HKDF", hash: "SHA-256", salt, info };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, USES);
}
