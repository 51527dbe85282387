/** The second wrap of the vault key: opened by an authenticator's answer, and by nothing else. */

import { describe, expect, test } from "vitest";
import { base64url, random } from "../../../web/pocket/bytes";
import { newPasskeySalt, passkeyOf, unwrapByPasskey, wrapByPasskey } from "../../../web/pocket/vault/passkey";
import { newVaultKey, rawByPassphrase, unwrap, wrapByPassphrase } from "../../../web/pocket/vault/wrap";

const COST = { memoryKib: 19456, passes: 2 };
const PASSPHRASE = "ninja doorpost field shop";
const CREDENTIAL = "Y3JlZGVudGlhbA";
const answer = () => base64url(random(32));

const { wrap: paper } = await wrapByPassphrase(await newVaultKey(), PASSPHRASE, COST);
const raw = (await rawByPassphrase([paper], PASSPHRASE)) ?? random(0);

async function opensTheSame(key: CryptoKey | null): Promise<boolean> {
  const other = await unwrap([paper], PASSPHRASE);
  if (!key || !other) return false;
  const iv = random(12);
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, other, random(8));
  return crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, ct).then(
    () => true,
    () => false,
  );
}

describe("a passkey's wrap", () => {
  test("opens the same vault as the passphrase, to a key that no script can read", async () => {
    const prf = answer();
    const wrap = await wrapByPasskey(raw, CREDENTIAL, newPasskeySalt(), prf);
    if (!wrap) throw new Error("no wrap");
    const key = await unwrapByPasskey(wrap, prf);
    expect(await opensTheSame(key)).toBe(true);
    expect(key?.extractable).toBe(false);
    expect(passkeyOf([paper, wrap])).toBe(wrap);
    expect(passkeyOf([paper])).toBeNull();
  });

  test("does not open to another answer, under another name, over another salt, or when a bit is changed", async () => {
    const prf = answer();
    const wrap = await wrapByPasskey(raw, CREDENTIAL, newPasskeySalt(), prf);
    if (!wrap) throw new Error("no wrap");
    expect(await unwrapByPasskey(wrap, answer())).toBeNull();
    expect(await unwrapByPasskey({ ...wrap, credential: "b3RoZXI" }, prf)).toBeNull();
    expect(await unwrapByPasskey({ ...wrap, salt: random(32) }, prf)).toBeNull();
    expect(
      await unwrapByPasskey({ ...wrap, ct: wrap.ct.map((byte, at) => (at === 3 ? byte ^ 1 : byte)) }, prf),
    ).toBeNull();
  });

  test("is not made of, and not opened by, what is no answer", async () => {
    for (const prf of ["", "short", `${answer()}A`, "*".repeat(43)]) {
      expect(await wrapByPasskey(raw, CREDENTIAL, newPasskeySalt(), prf)).toBeNull();
    }
    const wrap = await wrapByPasskey(raw, CREDENTIAL, newPasskeySalt(), answer());
    expect(wrap && (await unwrapByPasskey(wrap, ""))).toBeNull();
  });

  test("is passed over by the passphrase, right or wrong", async () => {
    const wrap = await wrapByPasskey(raw, CREDENTIAL, newPasskeySalt(), answer());
    if (!wrap) throw new Error("no wrap");
    expect(await unwrap([wrap, paper], PASSPHRASE)).not.toBeNull();
    expect(await unwrap([wrap, paper], "ninja doorpost field ship")).toBeNull();
    expect(await unwrap([wrap], PASSPHRASE)).toBeNull();
  });
});
