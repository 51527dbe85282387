/** What a draft holds that its form does not ask: kept with the draft, shown to its author, never dropped unseen. */

import { everyForm } from "../form_book";
import { type Form, type FormField, fieldsOf } from "../forms";
import { translate } from "../render";
import { optionText } from "./answers_view";
import { dayOf } from "./draft_answers";
import type { PageContext } from "./page";
import { type Content, many } from "./typed";

type Lang = PageContext["lang"];

export interface Unplaced {
  readonly label: string;
  readonly text: string;
}

/** Content under which words stand whose question is gone for good: `label: text`, as they were read. */
export const LEFT = "left_over";
const SEVERAL = ", ";

/** `form`: null when this phone does not know the draft's form, so that all it holds is without a place. */
export function unplaced(content: Content, form: Form | null, lang: Lang): Unplaced[] {
  const asked = new Set(form ? fieldsOf(form).map((field) => field.key) : []);
  const known = knownFields();
  const keys = Object.keys(content).filter((key) => !asked.has(key) && known.has(key));
  const typed = keys.map((key) => {
    const field = known.get(key) as FormField;
    return { label: field.label[lang], text: typedText(content, field, lang) };
  });
  const left = many(content, LEFT).map((text) => ({ label: "", text }));
  return [...typed, ...left].filter(({ text }) => text.trim() !== "");
}

/** An answer as typed, in words. */
export function typedText(content: Content, field: FormField, lang: Lang): string {
  if (field.ahead) return dayOf(content, field.key);
  const values = many(content, field.key);
  if (field.type === "yes_no")
    return values.map((value) => translate(lang, value === "yes" ? "note.yes" : "note.no")).join(SEVERAL);
  return values.map((value) => optionText(field, value, lang)).join(SEVERAL);
}

/** Every field that any form of this phone has, the newest form's words winning. */
function knownFields(): ReadonlyMap<string, FormField> {
  return new Map(everyForm().flatMap((form) => fieldsOf(form).map((field) => [field.key, field] as const)));
}
