/** Where two texts differ: the phone marks what the vectors say; tests/server/templating/test_edits.py asks the office. */

import { expect, test } from "vitest";
import { edits } from "../../../web/pocket/pages/edits";
import vectors from "../../vectors/edits.json";

test(`${vectors.length} pairs of texts are marked as the vectors say`, () => {
  for (const { about, old, new: now, pieces } of vectors)
    expect(
      edits(old, now).map(({ kind, text }) => [kind, text]),
      about,
    ).toEqual(pieces);
});
