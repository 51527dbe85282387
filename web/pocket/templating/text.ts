/** Words, icons and addresses in templates: the twin of server/templating/catalogue.py and environment.py. */

import { assets } from "../generated/assets";
import { keys, type Lang, lines } from "../generated/catalogue";
import { icons } from "../generated/icons";
import { esc, escaped, Markup, whole } from "./values";

let speaking: Lang = "en";
const catalogues = new Map<Lang, ReadonlyMap<string, string>>();

/** The language of the page being rendered. Rendering never waits, so one at a time is enough. */
export function lang(): Lang {
  return speaking;
}

export function speak(language: Lang): void {
  speaking = language;
}

/** A text of the catalogue, escaped for a template. */
export function say(key: unknown, args?: Readonly<Record<string, unknown>>): string {
  return esc(t(key, args));
}

/** A text of the catalogue with its placeholders filled. Throws on an unknown key or a missing argument. */
export function t(key: unknown, args: Readonly<Record<string, unknown>> = {}): string | Markup {
  const forms = texts(String(key)).split("\t");
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
  return String(whole(value)).replace(/\B(?=(\d{3})+$)/g, texts("number.group"));
}

export function icon(name: unknown): Markup {
  return new Markup(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${own<string>(icons, String(name))}</svg>`);
}

export function asset(name: unknown): string {
  return own<string>(assets, String(name));
}

/** The text of a key, its plural forms apart by a tab. */
function texts(key: string): string {
  let catalogue = catalogues.get(speaking);
  if (catalogue === undefined) {
    const known = lines[speaking].split("\n");
    catalogue = new Map(keys.split("\n").map((name, at) => [name, known[at] as string]));
    catalogues.set(speaking, catalogue);
  }
  const text = catalogue.get(key);
  if (text === undefined) throw new ReferenceError(`no text '${key}'`);
  return text;
}

function argument(value: unknown): string | Markup {
  if (value === null || value === undefined) return "";
  if (typeof value === "string" || value instanceof Markup) return value;
  return grouped(value as number);
}

function own<T>(from: Readonly<Record<string, unknown>>, name: string): T {
  if (!Object.hasOwn(from, name)) throw new ReferenceError(`'${name}' is not known`);
  return from[name] as T;
}
