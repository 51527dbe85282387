/** What only the office can do: opening a sealed copy. */

import { fromBase64url, text } from "../../../web/pocket/bytes";
import { openBytes, unpad } from "../../../web/pocket/vault/box";
import { derivation, type Envelope } from "../../../web/pocket/vault/seal";

export const CURVE = { name: "ECDH", namedCurve: "P-256" };

export async function openSealed(
  privateKey: CryptoKey,
  recipient: string,
  { kid, epk, iv, ct }: Envelope,
): Promise<string> {
  const ephemeral = fromBase64url(epk);
  const publicKey = await crypto.subtle.importKey("raw", ephemeral, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = derivation(kid, ephemeral, fromBase64url(recipient));
  const key = await crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const box = { iv: fromBase64url(iv), ct: fromBase64url(ct) };
  return text(unpad(await openBytes(key, `alongside-seal-v1|${kid}`, box)));
}
