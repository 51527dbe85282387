import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../../web/pocket/bytes";
import { close, open, pad, paddedSize, unpad } from "../../../web/pocket/vault/box";

const newKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

describe("padding", () => {
  test("the sizes on the disk are 256 B and then doublings from 1 KiB", () => {
    expect([1, 256, 257, 1024, 1025, 5000].map(paddedSize)).toEqual([256, 256, 1024, 1024, 2048, 8192]);
  });

  test("whatever is padded comes back whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        const content = new Uint8Array(bytes);
        expect(unpad(pad(content))).toEqual(content);
      }),
    );
  });

  test("a short note and a shorter one have the same size", async () => {
    const key = await newKey();
    const [short, shorter] = [await close(key, "a", "twenty words"), await close(key, "a", "")];
    expect(short.ct.length).toBe(shorter.ct.length);
  });
});

describe("a box", () => {
  test("opens to any text, also beyond the basic plane", async () => {
    const key = await newKey();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
        expect(await open(key, "records|note|1", await close(key, "records|note|1", text))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test("does not open in another place, or under another key", async () => {
    const key = await newKey();
    const box = await close(key, "records|note|1", "hers");
    await expect(open(key, "records|note|2", box)).rejects.toThrow();
    await expect(open(await newKey(), "records|note|1", box)).rejects.toThrow();
  });

  test("never uses an IV twice", async () => {
    const key = await newKey();
    const ivs = await Promise.all(Array.from({ length: 500 }, async () => (await close(key, "a", "b")).iv.join()));
    expect(new Set(ivs).size).toBe(500);
  });

  test("holds nothing that can be read", async () => {
    const box = await close(await newKey(), "a", "canary ".repeat(20));
    expect(Buffer.from(box.ct).includes(Buffer.from(utf8("canary")))).toBe(false);
  });
});
