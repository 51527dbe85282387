/** The phone's filters say what the vectors promise; tests/build/test_filters.py asks the office's. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import * as filters from "../../web/pocket/templating/filters";
import { learn, speak } from "../../web/pocket/templating/text";
import vectors from "../vectors/filters.json";

type Filter = (...values: readonly unknown[]) => unknown;
const named = filters as unknown as Record<string, Filter>;

beforeAll(() => learn("es", async (address) => readFileSync(`web/dist${address}`, "utf-8")));

describe.each(["en", "es"] as const)("filters in %s", (lang) => {
  test(`say what ${vectors.length} vectors promise`, () => {
    speak(lang);
    const said = vectors.map((one) => named[one.filter]?.(...one.arguments));
    expect(said).toEqual(vectors.map((one) => one[lang]));
  });
});
