import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canonicalJson, content, contentHash } from "../../../web/pocket/storage/content_hash";

interface Case {
  readonly name: string;
  readonly fields: Record<string, unknown>;
  readonly canonical: string;
  readonly hash: string;
}

const { cases } = JSON.parse(readFileSync("tests/vectors/content_hash.json", "utf8")) as { cases: Case[] };

describe("the content hash is the office's own", () => {
  test.each(cases)("$name", async ({ fields, canonical, hash }) => {
    expect(canonicalJson(content(fields))).toBe(canonical);
    expect(await contentHash(fields)).toBe(hash);
  });
});
