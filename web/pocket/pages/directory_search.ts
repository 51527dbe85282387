/**
 * Searching the directory: every word typed stands somewhere in an entry, whatever its case or accents. What an entry
 * says is folded once and kept beside it, and the list is put in order once; so thousands are looked through between two
 * letters.
 */

import type { ResourceFields } from "../generated/schema";
import { translate } from "../render";
import type { PageContext, Resource } from "./page";

type Lang = PageContext["lang"];

interface Folded {
  readonly resource: Resource;
  readonly name: string;
  readonly text: string;
}

const folded: Record<Lang, WeakMap<ResourceFields, Folded>> = { en: new WeakMap(), es: new WeakMap() };
/** Open entries by name, for as long as the same list is given out. */
const prepared: Record<Lang, WeakMap<readonly Resource[], readonly Folded[]>> = {
  en: new WeakMap(),
  es: new WeakMap(),
};

/** Open entries that have all the words and the kind ("" for any), those first whose name has them; then by name. */
export function found(all: readonly Resource[], words: string, kind: string, lang: Lang): Resource[] {
  const wanted = fold(words).split(" ").filter(Boolean);
  const named: Resource[] = [];
  const others: Resource[] = [];
  for (const { resource, name, text } of preparedOf(all, lang)) {
    if (kind !== "" && !(resource.fields.kinds as readonly string[]).includes(kind)) continue;
    if (!wanted.every((word) => text.includes(word))) continue;
    (wanted.every((word) => name.includes(word)) ? named : others).push(resource);
  }
  return [...named, ...others];
}

function preparedOf(all: readonly Resource[], lang: Lang): readonly Folded[] {
  const known = prepared[lang].get(all);
  if (known) return known;
  const open = all.filter(({ fields }) => fields.is_open ?? true).map((one) => foldedOf(one, lang));
  open.sort((a, b) => compare(a.name, b.name));
  prepared[lang].set(all, open);
  return open;
}

export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
}

function foldedOf(resource: Resource, lang: Lang): Folded {
  const known = folded[lang].get(resource.fields);
  if (known) return known;
  const { name, kinds, languages = [], address, for_whom, notes } = resource.fields;
  const words = [
    ...kinds.map((kind) => translate(lang, `links.kind.${kind}`)),
    ...languages.map((spoken) => translate(lang, `links.language.${spoken}`)),
  ];
  const text = fold([name, address, for_whom, notes, ...words].join(" "));
  const made = { resource, name: fold(name), text };
  folded[lang].set(resource.fields, made);
  return made;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
