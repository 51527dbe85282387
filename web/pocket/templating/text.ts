/**
 * Words, icons and addresses in templates: the twin of server/templating/catalogue.py and environment.py.
 *
 * English is built in. Another language is learnt from its files before the first page in it; until then, and where
 * a file cannot be had, pages stay in English and say so in their `lang`. What only the whole program needs is
 * `carry`ed in by it, so that a phone that is being set up need not wait for it.
 */

import { assets } from "../generated/assets";
import * as first from "../generated/catalogue_first";
import { icons as firstIcons } from "../generated/icons_first";
import { escaped, Markup, whole } from "./values";

export type Lang = first.Lang;

/** Words of one part of the program: where the named ones lie, and all of them in English. */
export interface Words {
  readonly steps: string;
  readonly en: string;
}

const FILES = ["words", "more"] as const;
const places = new Map<number, number>();
const learnt = new Map<Lang, readonly string[]>();
const icons: Record<string, string> = { ...firstIcons };
let parts = 0;
let speaking: Lang = "en";
carry(first, {});

/** Adds the words and icons of another part of the program. */
export function carry({ steps, en }: Words, more: Readonly<Record<string, string>>): void {
  const known = learnt.get("en") ?? [];
  let last = 0;
  for (const [at, step] of [...steps].entries()) {
    last += step.charCodeAt(0) - 32;
    places.set(last, known.length + at);
  }
  learnt.clear();
  learnt.set("en", [...known, ...en.split("\n")]);
  Object.assign(icons, more);
  parts++;
}

/** Addresses of the files that a language other than English is read from. */
export const wordFiles = (lang: Lang): string[] => FILES.slice(0, parts).map((part) => asset(`${lang}-${part}.txt`));

/** Gets a language ready; `read` gives the text of a built file by its address. */
export async function learn(lang: Lang, read: (address: string) => Promise<string>): Promise<void> {
  if (learnt.has(lang)) return;
  const texts = await Promise.all(wordFiles(lang).map(read));
  const lines = texts.flatMap((text) => text.split("\n"));
  if (lines.length === learnt.get("en")?.length) learnt.set(lang, lines);
}

/** The language of the page being rendered. Rendering never waits, so one at a time is enough. */
export function lang(): Lang {
  return speaking;
}

export function speak(language: Lang): void {
  speaking = learnt.has(language) ? language : "en";
}

/** A text of the catalogue with its placeholders filled. Throws on an unknown key or a missing argument. */
export function t(key: unknown, args: Readonly<Record<string, unknown>> = {}): string | Markup {
  const forms = line(key).split("\t");
  const text = forms.length > 1 && own<unknown>(args, "n") !== 1 ? (forms[1] as string) : (forms[0] as string);
  const shown: Record<string, string | Markup> = {};
  for (const name of Object.keys(args)) shown[name] = argument(args[name]);
  const isMarkup = Object.values(shown).some((value) => value instanceof Markup);
  const filled = (isMarkup ? escaped(text) : text).replace(/\{([a-z_]+)\}/g, (_, name: string) => {
    const value = own<string | Markup>(shown, name);
    if (value instanceof Markup) return value.html;
    return isMarkup ? escaped(value) : value;
  });
  return isMarkup ? new Markup(filled) : filled;
}

/** A text whose arguments are plain words and numbers. */
export function said(key: string, args: Readonly<Record<string, unknown>> = {}): string {
  const text = t(key, args);
  if (text instanceof Markup) throw new TypeError(`${key} was given markup`);
  return text;
}

/** A whole number in groups of three. */
export function grouped(value: number): string {
  return String(whole(value)).replace(/\B(?=(\d{3})+$)/g, line("number.group"));
}

export function icon(name: unknown): Markup {
  return new Markup(
    `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${own<string>(icons, String(name))}</svg>`,
  );
}

export function asset(name: unknown): string {
  return own<string>(assets, String(name));
}

/** The text of a key, or of the number that stands for one; its plural forms apart by a tab. */
function line(key: unknown): string {
  const at = typeof key === "number" ? key : places.get(place(String(key)));
  const text = at === undefined ? undefined : learnt.get(speaking)?.[at];
  if (text === undefined) throw new ReferenceError(`no text '${String(key)}'`);
  return text;
}

/** The number that stands for a key; web/build/catalogue.py tells why. */
function place(key: string): number {
  let value = first.salt;
  for (let at = 0; at < key.length; at++) value = Math.imul(value ^ key.charCodeAt(at), 16_777_619);
  return (value >>> 0) % 262_144;
}

function argument(value: unknown): string | Markup {
  if (value === null) return "";
  if (typeof value === "string" || value instanceof Markup) return value;
  return grouped(value as number);
}

function own<T>(from: Readonly<Record<string, unknown>>, name: string): T {
  if (!Object.hasOwn(from, name)) throw new ReferenceError(`'${name}' is not known`);
  return from[name] as T;
}
