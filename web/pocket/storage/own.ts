/**
 * What a specialist keeps for themselves: how the evenings were, and that a hard contact was talked over. One box of
 * the vault in `meta`, and nothing else knows of it: the exchange, drafts, sealed copies and the emergency file are
 * made from the outbox, the drafts and the salvage, none of which this touches. It goes with every wipe.
 */

import type { Own, OwnBook } from "../pages/page";
import { close, label, open } from "../vault/box";
import type { Database } from "./database";
import { keepFact, knownFacts } from "./meta";

const LABEL = label("meta", "own", "book");
const EMPTY: OwnBook = { asks: true, talk: "", days: [], debriefed: [] };
/** A season, so that one can look back; no more, since nobody needs a record of moods. */
const DAYS_LIMIT = 90;
const DEBRIEFED_LIMIT = 50;

export function own(database: Database, key: CryptoKey): Own {
  let last: Promise<unknown> = Promise.resolve();
  const read = async (): Promise<OwnBook> => {
    const known = await knownFacts(database, "own");
    return known.own ? (JSON.parse(await open(key, LABEL, known.own)) as OwnBook) : EMPTY;
  };
  const change = async (next: (book: OwnBook) => OwnBook): Promise<void> => {
    const book = next(await read());
    const bounded = {
      ...book,
      days: book.days.slice(0, DAYS_LIMIT),
      debriefed: book.debriefed.slice(-DEBRIEFED_LIMIT),
    };
    await keepFact(database, "own", await close(key, LABEL, JSON.stringify(bounded)));
  };
  return {
    read,
    change(next) {
      const turn = last.then(
        () => change(next),
        () => change(next),
      );
      last = turn.catch(() => undefined);
      return turn;
    },
    async forget() {
      await database.write(["meta"], "strict", (transaction) => transaction.objectStore("meta").delete("own"));
    },
  };
}
