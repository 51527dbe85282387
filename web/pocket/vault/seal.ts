/**
 * Sealing to the organisation: what this phone can write but not read. A fresh ECDH P-256 pair per envelope, HKDF
 * with SHA-256 over both points, AES-256-GCM. Only the office's key file opens it (docs/protocol.md, "Sealed copies").
 */

import { type Bytes, base64url, concat, fromBase64url, utf8 } from "../bytes";
import { closeBytes, pad } from "./box";

/** `epk`: the ephemeral public point; everything base64url. */
export interface Envelope {
  readonly v: 1;
  readonly kid: string;
  readonly epk: string;
  readonly iv: string;
  readonly ct: string;
}

export interface SealKey {
  readonly kid: string;
  readonly point: Bytes;
  readonly key: CryptoKey;
}

const CURVE = { name: "ECDH", namedCurve: "P-256" };

export async function importSealKey(kid: string, encoded: string): Promise<SealKey> {
  const point = fromBase64url(encoded);
  return { kid, point, key: await crypto.subtle.importKey("raw", point, CURVE, false, []) };
}

/** Key derivation both sides share: salt is the ephemeral point followed by the recipient's. */
export function derivation(kid: string, ephemeral: Bytes, recipient: Bytes): HkdfParams {
  return {
    name: "HKDF",
    hash: "SHA-256",
    salt: concat(ephemeral, recipient),
    info: utf8(`alongside-seal-v1|${kid}`),
  };
}

export async function seal(to: SealKey, content: string): Promise<Envelope> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const ephemeral = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: to.key }, pair.privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = derivation(to.kid, ephemeral, to.point);
  const key = await crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const box = await closeBytes(key, `alongside-seal-v1|${to.kid}`, pad(utf8(content)));
  return { v: 1, kid: to.kid, epk: base64url(ephemeral), iv: base64url(box.iv), ct: base64url(box.ct) };
}
