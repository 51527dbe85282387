/** What the person says of a note that was shown to them, in the words of the record. */

import { formOf } from "../form_book";
import { fieldsOf } from "../forms";
import type { NoteFields } from "../generated/schema";
import { translate } from "../render";
import type { PageContext } from "./page";
import { type Content, one } from "./typed";

export const VIEWS = ["agree", "disagree", "declined"] as const;

export const viewOf = (given: Content) => VIEWS.find((name) => name === one(given, "person_view"));

/** `set` of the addendum that carries it; null where nothing was said. `lang`: of the note's author. */
export function saidAddendum(given: Content, lang: PageContext["lang"]): { text: string; reason: string } | null {
  const view = viewOf(given);
  const own = one(given, "person_words").trim();
  const lines = [
    view ? translate(lang, `loop.reading.added.${view}`) : "",
    own ? translate(lang, "note.quoted", { words: own }) : "",
  ];
  const text = lines.filter((line) => line !== "").join("\n");
  return text ? { text, reason: "person_view" } : null;
}

/** Said before signing, in a draft whose form has no place for it: it is added to the note in the moment of signing. */
export function unplacedWords(content: Content, fields: NoteFields, lang: PageContext["lang"]) {
  const form = formOf(fields.form);
  const hasPlace = form !== null && fieldsOf(form).some((field) => field.key === "person_view");
  return hasPlace ? null : saidAddendum(content, lang);
}
