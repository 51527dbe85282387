/**
 * Words, icons and addresses in templates: the twin of server/templating/catalogue.py and environment.py.
 *
 * English is built in. Another language is learnt from its file before the first page in it; until then, and where
 * the file cannot be had, pages stay in English and say so in their `lang`.
 */

import { assets } from "../generated/assets";
import { en, type Lang, salt, steps } from "../generated/catalogue";
import { icons } from "../generated/icons";
import { escaped, Markup, whole } from "./values";

const places = new Map<number, number>();
let last = 0;
for (const [at, step] of [...steps].entries()) {
  last += step.charCodeAt(0) - 32;
  places.set(last, at);
}
const learnt = new Map<Lang, readonly string[]>([["en", en.split("\n")]]);
let speaking: Lang = "en";

/** Gets a language ready; `read` gives the text of a built file by its address. */
export async function learn(lang: Lang, read: (address: string) => Promise<string>): Promise<void> {
  if (learnt.has(lang)) return;
  const lines = (await read(asset(`${lang}.txt`))).split("\n");
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
  let value = salt;
  for (let at = 0; at < key.length; at++) value = Math.imul(value ^ key.charCodeAt(at), 16_777_619);
  return (value >>> 0) % 16_384;
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
