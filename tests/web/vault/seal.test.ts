import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { base64url, fromBase64url, utf8 } from "../../../web/pocket/bytes";
import type { Sealed } from "../../../web/pocket/storage/rows";
import { importSealKey, seal } from "../../../web/pocket/vault/seal";
import { signSealed } from "../../../web/pocket/vault/signing";
import { CURVE, openSealed } from "../support/office_key";

const vector = JSON.parse(readFileSync("tests/vectors/seal.json", "utf8")) as {
  kid: string;
  public: string;
  private: JsonWebKey;
  device: string;
  device_key: string;
  change: string;
  content: string;
  item: Sealed;
  seal_text: string;
};
const SIGNING = { name: "ECDSA", namedCurve: "P-256" };
const HOW = { name: "ECDSA", hash: "SHA-256" };

describe("a sealed copy", () => {
  test("made in Python opens by the same derivation", async () => {
    const privateKey = await crypto.subtle.importKey("jwk", vector.private, CURVE, false, ["deriveBits"]);
    expect(await openSealed(privateKey, vector.public, vector.item.sealed)).toBe(vector.content);
  });

  test("made in Python is signed by its device, and what is signed here is checked the same way", async () => {
    const { item, device } = vector;
    const theirs = await crypto.subtle.importKey("raw", fromBase64url(vector.device_key), SIGNING, false, ["verify"]);
    expect(await crypto.subtle.verify(HOW, theirs, fromBase64url(item.sig), utf8(vector.seal_text))).toBe(true);
    const pair = await crypto.subtle.generateKey(SIGNING, false, ["sign", "verify"]);
    const ours = fromBase64url(await signSealed(pair.privateKey, device, item.n, item.sealed));
    expect(await crypto.subtle.verify(HOW, pair.publicKey, ours, utf8(vector.seal_text))).toBe(true);
  });

  test("holds what it says", () => {
    const { device, change, item } = vector;
    expect(JSON.parse(vector.content)).toEqual({ device, n: item.n, change });
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
