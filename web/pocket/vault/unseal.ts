/** Opening what was sealed to this phone's own key: the counterpart of vault/seal.ts, needed only while unlocked. */

import { type Bytes, base64url, fromBase64url, text } from "../bytes";
import { type Box, closeBytes, isClear, openBytes, unpad } from "./box";
import { derivation, type Envelope } from "./seal";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const LABEL = "meta|jotting|key";

/** `point`: the public half, base64url; `box`: the private half under the vault key. */
export async function newSealPair(vaultKey: CryptoKey): Promise<{ point: string; box: Box }> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  return { point: base64url(point), box: await closeBytes(vaultKey, LABEL, pkcs8) };
}

export async function openPrivateHalf(vaultKey: CryptoKey, box: Box): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", await openBytes(vaultKey, LABEL, box), CURVE, false, ["deriveBits"]);
}

/** `recipient`: the public point that it was sealed to. Throws when it is another's, or was changed. */
export async function unseal(privateKey: CryptoKey, recipient: Bytes, envelope: Envelope): Promise<string> {
  const { kid, epk, iv, ct } = envelope;
  if (isClear) return ct;
  const ephemeral = fromBase64url(epk);
  const publicKey = await crypto.subtle.importKey("raw", ephemeral, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = derivation(kid, ephemeral, recipient);
  const key = await crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const box = { iv: fromBase64url(iv), ct: fromBase64url(ct) };
  return text(unpad(await openBytes(key, `alongside-seal-v1|${kid}`, box)));
}
