import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { base64url, fromBase64url, text } from "../../../web/pocket/bytes";
import { openBytes, unpad } from "../../../web/pocket/vault/box";
import { derivation, type Envelope, importSealKey, seal } from "../../../web/pocket/vault/seal";

const vector = JSON.parse(readFileSync("tests/vectors/seal.json", "utf8")) as {
  kid: string;
  public: string;
  private: JsonWebKey;
  envelope: Envelope;
  content: string;
};
const CURVE = { name: "ECDH", namedCurve: "P-256" };

/** What only the office can do. */
async function openSealed(privateKey: CryptoKey, recipient: string, { kid, epk, iv, ct }: Envelope): Promise<string> {
  const ephemeral = fromBase64url(epk);
  const publicKey = await crypto.subtle.importKey("raw", ephemeral, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = derivation(kid, ephemeral, fromBase64url(recipient));
  const key = await crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const box = { iv: fromBase64url(iv), ct: fromBase64url(ct) };
  return text(unpad(await openBytes(key, `alongside-seal-v1|${kid}`, box)));
}

describe("a sealed copy", () => {
  test("made in Python opens by the same derivation", async () => {
    const privateKey = await crypto.subtle.importKey("jwk", vector.private, CURVE, false, ["deriveBits"]);
    expect(await openSealed(privateKey, vector.public, vector.envelope)).toBe(vector.content);
  });

  test("made here opens with the organisation's key and with no other", async () => {
    const privateKey = await crypto.subtle.importKey("jwk", vector.private, CURVE, false, ["deriveBits"]);
    const envelope = await seal(await importSealKey(vector.kid, vector.public), "what happened");
    expect(await openSealed(privateKey, vector.public, envelope)).toBe("what happened");
    const stranger = (await crypto.subtle.generateKey(CURVE, false, ["deriveBits"])) as CryptoKeyPair;
    await expect(openSealed(stranger.privateKey, vector.public, envelope)).rejects.toThrow();
  });

  test("is another one every time, and of a padded size", async () => {
    const to = await importSealKey(vector.kid, vector.public);
    const [one, two] = [await seal(to, "same"), await seal(to, "same, a little longer")];
    expect(one.epk).not.toBe(two.epk);
    expect(one.ct.length).toBe(two.ct.length);
  });

  test("base64url is without padding and comes back", () => {
    const bytes = new Uint8Array([251, 255, 254, 1]);
    expect(base64url(bytes)).toBe("-__-AQ");
    expect(fromBase64url("-__-AQ")).toEqual(bytes);
  });
});
