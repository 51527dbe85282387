/**
 * What was typed, cleaned only of what no screen can show: control characters and lone surrogates.
 *
 * Line ends become \n. Emoji, right-to-left text and everything else stay as they are, white space at the edges too.
 */

export type Content = Readonly<Record<string, readonly string[]>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a hidden field holds an id as the phone makes them. */
export const isId = (text: string): boolean => ID.test(text);

export function clean(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/\r\n?/g, "\n")
    .replace(CONTROLS, "");
}

export function contentOf(form: URLSearchParams): Content {
  const content: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of form) {
    if (name === "then") continue;
    const values = content[name] ?? [];
    values.push(clean(value));
    content[name] = values;
  }
  return { ...content };
}

/** The last value of a single field, as typed; empty when it is not there. */
export function one(content: Content, name: string): string {
  return Object.hasOwn(content, name) ? (content[name]?.at(-1) ?? "") : "";
}

export function many(content: Content, name: string): readonly string[] {
  return Object.hasOwn(content, name) ? (content[name] ?? []) : [];
}

/** One line from a single-line field: edges trimmed, inner line ends turned to spaces. */
export function line(content: Content, name: string): string {
  return one(content, name).replace(/\s+/g, " ").trim();
}
