/**
 * What the compiled templates are made of: Jinja2's notion of values, as far as docs/templates.md allows them.
 *
 * A missing key is an error, the names every object inherits are refused by the compiler, and escaping equals
 * markupsafe's. Where Python and JavaScript would differ silently (a boolean shown, a float) both renderers refuse.
 */

// biome-ignore lint/suspicious/noExplicitAny: a template reads whatever its view holds; every use checks what it finds
export type Any = any;
export type View = Readonly<Record<string, unknown>>;
export type Caller = () => Markup;
export type Block = (view: Any, blocks: Blocks) => Markup;
export type Blocks = Readonly<Record<string, Block>>;

/** Text that is HTML already. */
export class Markup {
  constructor(readonly html: string) {}
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

/** A string with the five characters of HTML escaped. */
export function escaped(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (found) => ESCAPES[found] as string) : text;
}

/** What `{{ value }}` shows. */
export function esc(value: unknown): string {
  if (typeof value === "string") return escaped(value);
  if (value instanceof Markup) return value.html;
  if (value === null) return "";
  if (Number.isSafeInteger(value)) return String(value);
  throw new TypeError(`a template shows words and whole numbers, not ${typeof own(value)}`);
}

/** A piece of a page: whatever is put into it is escaped, unless it is Markup. */
export function h(texts: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  return new Markup(String.raw({ raw: texts }, ...values.map(esc)));
}

/** A value that is there; one that the view lacks is an error, as in Jinja2's StrictUndefined. */
export function own(value: unknown, name = "a value"): unknown {
  if (value === undefined || typeof value === "function") throw new ReferenceError(`${name} is missing from the view`);
  return value;
}

/** `a[key]`: an own property, or an item of a list. */
export function get(from: unknown, key: unknown): unknown {
  if (Array.isArray(from) && Number.isSafeInteger(key)) return own(from.at(key as number), String(key));
  if (typeof from !== "object" || from === null || !Object.hasOwn(from, String(key)))
    return own(undefined, String(key));
  return (from as View)[String(key)];
}

/** `{% for %}`: the texts of the items, or of `otherwise` where there are none. */
export function each(
  value: unknown,
  write: (item: Any, at: number, all: readonly unknown[]) => Markup,
  otherwise?: () => Markup,
): Markup {
  const items = list(value);
  if (items.length === 0 && otherwise !== undefined) return otherwise();
  return new Markup(items.map((item, at) => write(item, at, items).html).join(""));
}

export function blank(value: unknown, otherwise: () => unknown): unknown {
  return value === undefined ? otherwise() : value;
}

export function call<T>(given: T | undefined): T {
  if (given === undefined) throw new ReferenceError("nothing was given to call");
  return given;
}

export function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value;
}

/** Python's truth. */
export function truthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Markup) return value.html !== "";
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(own(value));
}

export function and(value: unknown, next: () => unknown): unknown {
  return truthy(value) ? next() : value;
}

export function or(value: unknown, next: () => unknown): unknown {
  return truthy(value) ? value : next();
}

function plain(value: unknown): unknown {
  if (value instanceof Markup) return value.html;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "object" && value !== null) throw new TypeError("lists and objects are not compared");
  return own(value);
}

export const isNone = (value: unknown): boolean => own(value) === null;
export const eq = (a: unknown, b: unknown): boolean => plain(a) === plain(b);
export const ne = (a: unknown, b: unknown): boolean => !eq(a, b);
export const lt = (a: unknown, b: unknown): boolean => whole(a) < whole(b);
export const le = (a: unknown, b: unknown): boolean => whole(a) <= whole(b);
export const gt = (a: unknown, b: unknown): boolean => whole(a) > whole(b);
export const ge = (a: unknown, b: unknown): boolean => whole(a) >= whole(b);
export const add = (a: unknown, b: unknown): number => whole(a) + whole(b);
export const sub = (a: unknown, b: unknown): number => whole(a) - whole(b);

export function whole(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new TypeError("not a whole number");
  return value as number;
}

export function isIn(item: unknown, among: unknown): boolean {
  if (Array.isArray(among)) return among.some((other) => eq(item, other));
  if (typeof among === "string" && typeof item === "string") return among.includes(item);
  if (typeof among === "object" && among !== null && typeof item === "string") return Object.hasOwn(among, item);
  throw new TypeError("'in' wants a list, a text or an object");
}
export const notIn = (item: unknown, among: unknown): boolean => !isIn(item, among);

/** `a ~ b`: joined as they are, or as Markup as soon as one part is. */
export function cat(...parts: unknown[]): string | Markup {
  return joined(parts, "");
}

export function joined(parts: readonly unknown[], between: unknown): string | Markup {
  if (between instanceof Markup || parts.some((part) => part instanceof Markup)) {
    return new Markup(parts.map(esc).join(esc(between)));
  }
  return parts.map(word).join(word(between));
}

function word(value: unknown): string {
  if (typeof value === "string") return value;
  return String(whole(value));
}
