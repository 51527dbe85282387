/**
 * A draft moved from the form it is pinned to, to another version of it or another kind of contact.
 *
 * Answers keep their key, or take the new one where a version renamed them (`was`); options too. What has no place in
 * the other form stays in the draft and is shown. Nothing typed is lost.
 */

import { fieldOf, formOf, refOf } from "../form_book";
import { type Form, type FormField, fieldsOf } from "../forms";
import { optionText } from "./answers_view";
import type { PageContext } from "./page";
import { type Content, many, one } from "./typed";
import { LEFT, typedText, type Unplaced, unplaced } from "./unplaced";

type Lang = PageContext["lang"];

export interface Move {
  readonly content: Content;
  /** Questions that keep their answer, as the other form words them. */
  readonly carried: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly unplaced: readonly Unplaced[];
  /** Questions that the draft's form did not ask. */
  readonly fresh: readonly string[];
}

/** `from`: null for a form that this phone does not know: what its keys say is carried all the same. */
export function moved(content: Content, from: Form | null, to: Form, lang: Lang): Move {
  const steps = from?.name === to.name ? versions(from, to) : [to];
  const renamed: Renamed = [];
  let typed: Typed = { ...content };
  let before = from;
  for (const form of steps) {
    typed = step(typed, before, form, lang, renamed);
    before = form;
  }
  const done = { ...typed, form_ref: [refOf(to)], kind: [to.name] };
  const isAnswered = (field: FormField) => typedText(done, field, lang).trim() !== "";
  const known = new Set(from ? fieldsOf(from).map((field) => field.key) : []);
  const words = (fields: readonly FormField[]) => fields.map((field) => field.label[lang]);
  const newNames = new Set(renamed.map((one) => one.to));
  return {
    content: done,
    carried: words(fieldsOf(to).filter(isAnswered)).filter((label) => !newNames.has(label)),
    renamed,
    unplaced: unplaced(done, to, lang),
    fresh: words(fieldsOf(to).filter((field) => !known.has(field.key) && !isAnswered(field))),
  };
}

/** The versions between two of one form, the last included. */
function versions(from: Form, to: Form): Form[] {
  const between = Array.from({ length: Math.max(0, to.version - from.version) }, (_, at) =>
    formOf(`${to.name}@${from.version + at + 1}`),
  );
  return between.filter((form) => form !== null);
}

type Typed = Record<string, readonly string[]>;
type Renamed = { from: string; to: string }[];

function step(content: Readonly<Typed>, from: Form | null, to: Form, lang: Lang, renamed: Renamed): Typed {
  const next: Typed = { ...content };
  const left = [...many(content, LEFT)];
  for (const field of fieldsOf(to)) {
    const before = from ? fieldOf(from, field.was ?? field.key) : null;
    if (before && before.key !== field.key) rename(next, before, field, lang, renamed);
    if (!field.options || !Object.hasOwn(next, field.key)) continue;
    const { kept, lost } = mapped(field, before, many(next, field.key), lang, renamed);
    next[field.key] = kept;
    left.push(...lost.map((text) => `${field.label[lang]}: ${text}`));
  }
  return left.length > 0 ? { ...next, [LEFT]: left } : next;
}

/** An answer under its new key, if nothing stands there yet. */
function rename(typed: Typed, before: FormField, field: FormField, lang: Lang, renamed: Renamed): void {
  if (one(typed, field.key) !== "" || one(typed, before.key) === "") return;
  typed[field.key] = typed[before.key] ?? [];
  delete typed[before.key];
  renamed.push({ from: before.label[lang], to: field.label[lang] });
}

/** Chosen values as the other form calls them; those it does not offer, in words. */
function mapped(
  field: FormField,
  before: FormField | null,
  values: readonly string[],
  lang: Lang,
  renamed: Renamed,
): { kept: string[]; lost: string[] } {
  const kept: string[] = [];
  const lost: string[] = [];
  for (const value of values.filter((one) => one !== "")) {
    const same = field.options?.find((option) => option.value === value);
    const follows = same ?? field.options?.find((option) => option.was === value);
    const said = before ? optionText(before, value, lang) : value;
    if (!follows) lost.push(said);
    else kept.push(follows.value);
    if (follows && !same) renamed.push({ from: said, to: follows.label[lang] });
  }
  return { kept, lost };
}
