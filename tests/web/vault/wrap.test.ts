import { describe, expect, test } from "vitest";
import { close, open } from "../../../web/pocket/vault/box";
import { bearableCost, COSTS, folded, stretch } from "../../../web/pocket/vault/stretch";
import { newVaultKey, unwrap, wrapByPassphrase } from "../../../web/pocket/vault/wrap";

const FLOOR = { memoryKib: 19456, passes: 2 };

describe("the vault key", () => {
  test("comes back with the passphrase, however its spaces and forms were typed", async () => {
    const vaultKey = await newVaultKey();
    const box = await close(vaultKey, "a", "kept");
    const { wrap } = await wrapByPassphrase(vaultKey, "ninja doorpost ﬁeld café", FLOOR);
    const again = await unwrap([wrap], "  ninja  doorpost field cafe\u0301 ");
    expect(again && (await open(again, "a", box))).toBe("kept");
  });

  test("does not come with another passphrase", async () => {
    const { wrap } = await wrapByPassphrase(await newVaultKey(), "ninja doorpost field shop", FLOOR);
    expect(await unwrap([wrap], "ninja doorpost field ship")).toBeNull();
    expect(await unwrap([wrap], "")).toBeNull();
  });

  test("cannot be exported once it is wrapped", async () => {
    const { key, wrap } = await wrapByPassphrase(await newVaultKey(), "ninja doorpost field shop", FLOOR);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
    const again = await unwrap([wrap], "ninja doorpost field shop");
    expect(again?.extractable).toBe(false);
  });

  test("two wraps of one passphrase share nothing", async () => {
    const vaultKey = await newVaultKey();
    const [one, two] = [
      await wrapByPassphrase(vaultKey, "a b c d", FLOOR),
      await wrapByPassphrase(vaultKey, "a b c d", FLOOR),
    ];
    expect(one.wrap.salt).not.toEqual(two.wrap.salt);
    expect(one.wrap.ct).not.toEqual(two.wrap.ct);
  });
});

describe("the cost of a passphrase", () => {
  test("is the strongest on a fast phone and the floor on the slowest", async () => {
    const took = (ms: number) => {
      let calls = 0;
      return () => calls++ * ms;
    };
    expect(await bearableCost(took(60))).toEqual(COSTS[0]);
    expect(await bearableCost(took(5000))).toEqual(FLOOR);
    expect(await bearableCost(took(300))).toEqual({ memoryKib: 47104, passes: 2 });
  });

  test("is never under the floor", async () => {
    const salt = new Uint8Array(16);
    await expect(stretch("a b c d", salt, { memoryKib: 8192, passes: 1 })).rejects.toThrow("floor");
    await expect(stretch("a b c d", salt, { memoryKib: 8192, passes: 9 })).rejects.toThrow("floor");
  });

  test("passphrases are folded, not lowered", () => {
    expect(folded(" Ａ  b ")).toBe("A b");
  });
});
