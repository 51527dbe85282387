/**
 * The device's signing key (ECDSA P-256). It is extractable once, when it is made, so that its PKCS #8 form can be
 * put into a box of the vault; at unlock it comes back non-extractable and lives as long as the vault is open.
 */

import { base64url, concat, fromBase64url, hex, sha256, utf8 } from "../bytes";
import { type Box, closeBytes, openBytes } from "./box";
import type { Envelope } from "./seal";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const LABEL = "meta|signing|key";

/** `publicKey`: uncompressed point, base64url. */
export async function newSigningKey(vaultKey: CryptoKey): Promise<{ publicKey: string; box: Box }> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  return { publicKey: base64url(point), box: await closeBytes(vaultKey, LABEL, pkcs8) };
}

export async function openSigningKey(vaultKey: CryptoKey, box: Box): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", await openBytes(vaultKey, LABEL, box), CURVE, false, ["sign"]);
}

/** The public point of a boxed key, for a phone that was enrolled before it was kept. */
export async function publicKeyOf(vaultKey: CryptoKey, box: Box): Promise<string> {
  const key = await crypto.subtle.importKey("pkcs8", await openBytes(vaultKey, LABEL, box), CURVE, true, ["sign"]);
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", key);
  return base64url(concat(new Uint8Array([4]), fromBase64url(x), fromBase64url(y)));
}

/** r and s, 64 bytes, base64url, over the UTF-8 of `message`. */
export async function sign(signingKey: CryptoKey, message: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.sign(SIGNATURE, signingKey, utf8(message))));
}

/** The device's name for one sealed copy: anybody can check whose it is and which number, and nobody can read it. */
export async function signSealed(
  signingKey: CryptoKey,
  device: string,
  n: number,
  { kid, epk, iv, ct }: Envelope,
): Promise<string> {
  const bytes = concat(fromBase64url(epk), fromBase64url(iv), fromBase64url(ct));
  return sign(signingKey, `alongside-seal-v1\n${device}\n${n}\n${kid}\n${hex(await sha256(bytes))}`);
}

/** A token that can do nothing but deliver sealed work from a locked phone; kept in clear, so worth nothing else. */
export async function newDepositToken(): Promise<{ token: string; hash: string }> {
  const token = base64url(crypto.getRandomValues(new Uint8Array(32)));
  return { token, hash: hex(await sha256(utf8(token))) };
}
