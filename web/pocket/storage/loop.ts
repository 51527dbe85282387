/**
 * Where the loop with the supervisor has come to, by ids alone: which notes were returned, and which note replaced
 * which. Without it Today would have to open every note of this phone to find the few that wait. Both only ever grow
 * with a record: a return is never taken back and `supersedes` never changes. An id whose record has left is harmless.
 */

import type { Body, Row } from "../generated/schema";
import type { Writing } from "./database";
import { type Facts, getFact, putFact } from "./meta";

const NONE: Facts["loop"] = { returned: [], revised: {} };

/** Within the transaction that writes these rows. */
export async function keepLoop(transaction: Writing, rows: readonly Row[]): Promise<void> {
  const notes = rows.filter((row) => row.type === "note");
  if (notes.length === 0) return;
  const before = (await getFact(transaction, "loop")) ?? NONE;
  const after = notes.reduce(learnt, before);
  if (after !== before) await putFact(transaction, "loop", after);
}

function learnt(known: Facts["loop"], { doc, body }: Row): Facts["loop"] {
  const isReturned = known.returned.includes(doc);
  const old = known.revised[doc];
  if (!body) {
    const { [doc]: _, ...revised } = known.revised;
    return isReturned || old ? { returned: known.returned.filter((one) => one !== doc), revised } : known;
  }
  const { returned = [], set } = body as Body;
  const { supersedes } = set as { supersedes?: unknown };
  const isNew = typeof supersedes === "string" && old !== supersedes;
  if ((returned.length === 0 || isReturned) && !isNew) return known;
  return {
    returned: returned.length > 0 && !isReturned ? [...known.returned, doc] : known.returned,
    revised: isNew ? { ...known.revised, [doc]: supersedes } : known.revised,
  };
}
