/**
 * Kinder words for stigmatising or clinical ones, in the specialist's own text. Suggestions only, made on the phone.
 *
 * What stands in quotation marks is somebody else's word and stays as it was said; so is the name of a group or an
 * office (capital letters within a sentence). web/words tells the words; tests/vectors/language measures this.
 */

import { words } from "./generated/words";

/** An entry of web/words. `find` and `unless` are sources of regular expressions; a space is any white space. */
export interface WordRule {
  readonly find: string;
  readonly unless?: string;
  readonly instead: readonly string[];
  readonly why: string;
}

/** `start` and `end`: where it stands in the text, in UTF-16 units. `why` names a text, moment.why.<why>. */
export interface Suggestion {
  readonly start: number;
  readonly end: number;
  readonly found: string;
  readonly instead: readonly string[];
  readonly why: string;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Ready extends WordRule {
  readonly look: RegExp;
  readonly silent: RegExp | null;
}

/** No text of a note is longer; beyond it nothing is looked at. */
const LIMIT_CHARS = 20_000;
/** Opening marks to their closing ones. */
const MARKS: Readonly<Record<string, string>> = {
  "“": "”",
  "„": "“”",
  "«": "»",
  "‹": "›",
  "‘": "’",
  '"': '"',
  "'": "'",
};
const LETTER = /[\p{L}\p{N}]/u;
const NAME_WORD = /\p{Lu}[\p{L}\p{N}'’-]*/gu;

let ready: Ready[] | null = null;

/** What may be put more kindly, in the order of the text; of two that overlap the longer one. */
export function suggest(text: string): Suggestion[] {
  const plain = text.slice(0, LIMIT_CHARS).replaceAll("’", "'");
  const untouched = [...quotations(text.slice(0, LIMIT_CHARS)), ...names(plain)];
  ready ??= words.map(prepare);
  const found = ready.flatMap((rule) => findings(rule, plain, untouched));
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Suggestion[] = [];
  for (const one of found) {
    const last = kept.at(-1);
    if (!last || one.start >= last.end) kept.push({ ...one, found: text.slice(one.start, one.end) });
    else if (one.end - one.start > last.end - last.start) kept[kept.length - 1] = one;
  }
  return kept;
}

function prepare(rule: WordRule): Ready {
  const between = (source: string) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${spaced(source)})(?![\\p{L}\\p{N}])`, "giu");
  return { ...rule, look: between(rule.find), silent: rule.unless ? between(rule.unless) : null };
}

/** A space of the rule is any white space of the text; `\w` of the rule is a letter of any language. */
function spaced(source: string): string {
  const wide = source.replaceAll(" ?", "\\s*").replaceAll(" ", "\\s+");
  return wide.replaceAll("[\\w-]", "[\\p{L}\\p{N}'-]").replaceAll("\\w", "[\\p{L}\\p{N}]");
}

function findings(rule: Ready, text: string, untouched: readonly Span[]): Suggestion[] {
  const matches = [...text.matchAll(rule.look)];
  if (matches.length === 0) return [];
  const silent = rule.silent ? [...text.matchAll(rule.silent)].map(spanOf) : [];
  const meant = (match: Span) => ![...silent, ...untouched].some((other) => overlaps(match, other));
  const { instead, why } = rule;
  return matches.flatMap((match) => {
    const span = spanOf(match);
    return meant(span) ? [{ ...span, found: match[0], instead, why }] : [];
  });
}

const spanOf = (match: RegExpExecArray): Span => ({ start: match.index, end: match.index + match[0].length });
const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

/** What is quoted. A mark that is never closed quotes to the end of its paragraph; a single one may be an apostrophe. */
function quotations(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const closing = MARKS[text[at] ?? ""];
    const end = closing && opens(text, at) ? closes(text, at, closing) : null;
    if (end !== null) spans.push({ start: at, end });
    at = end ?? at + 1;
  }
  return spans;
}

const isLetter = (character: string | undefined): boolean => character !== undefined && LETTER.test(character);

function opens(text: string, at: number): boolean {
  const isStraight = text[at] === '"' || text[at] === "'";
  return !(isStraight && isLetter(text[at - 1])) && !/^\s?$/.test(text[at + 1] ?? "");
}

/** Where the quotation ends; null where a single mark is none. */
function closes(text: string, start: number, closing: string): number | null {
  const isSingle = closing === "'" || closing === "’";
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at++) {
    if (closing.includes(text[at] ?? "") && !(isSingle && isLetter(text[at + 1]))) return at + 1;
  }
  if (isSingle) return null;
  const paragraph = text.indexOf("\n", start);
  return paragraph < 0 ? text.length : paragraph;
}

/** Names of groups and offices: two words or more with capital letters side by side, small joining words between them. */
function names(text: string): Span[] {
  const found = [...text.matchAll(NAME_WORD)].map(spanOf);
  const runs: (Span & { words: number })[] = [];
  for (const word of found) {
    const last = runs.at(-1);
    const isJoined =
      last && /^(?: | (?:of|and|for|the|de|del|la|las|los|y|en|para) )$/.test(text.slice(last.end, word.start));
    if (isJoined) runs[runs.length - 1] = { start: last.start, end: word.end, words: last.words + 1 };
    else runs.push({ ...word, words: 1 });
  }
  return runs.filter((run) => run.words > 1);
}
