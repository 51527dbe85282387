/** Words of the specialist's own that may be put more kindly, as the check before signing shows them. */

import type { NoteFields } from "../generated/schema";
import { suggest } from "../language";
import { translate } from "../render";
import type { PageContext } from "./page";

/** Answers that hold the person's own words, whatever stands in them. */
const THEIR_WORDS: readonly string[] = ["said", "safety_said", "person_words"];
/** More at once would read like a correction. */
const SHOWN_LIMIT = 5;

export interface KindWord {
  readonly field: string;
  readonly found: string;
  readonly instead: string;
  readonly why: string;
}

/** At most five, each once. `more`: how many others there are. */
export function kindWords(fields: NoteFields, lang: PageContext["lang"]): { shown: KindWord[]; more: number } {
  const own = Object.entries(fields.answers ?? {}).filter(([key]) => !THEIR_WORDS.includes(key));
  const all = own.flatMap(([field, text]) =>
    typeof text === "string" ? suggest(text).map((one) => ({ field, ...one })) : [],
  );
  const once = new Map(all.map((one) => [`${one.field} ${one.found.toLowerCase()}`, one]));
  const views = [...once.values()].map(({ field, found, instead, why }) => ({
    field,
    found,
    instead: instead.join(" · "),
    why: translate(lang, `moment.why.${why}`),
  }));
  return { shown: views.slice(0, SHOWN_LIMIT), more: Math.max(0, views.length - SHOWN_LIMIT) };
}
