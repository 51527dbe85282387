/** The content hash of a note, as the office computes it (docs/protocol.md, "Content hash"). */

import { hex, sha256, utf8 } from "../bytes";

const SORTED_LISTS = new Set(["support", "goals", "flags"]);

/** Keys sorted at every level, no spaces; strings as JSON.stringify writes them, which is the agreed form. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(",")}}`;
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);

/** What a signature covers: every field, defaults left out, tags in order of their text. */
export function content(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const told = Object.entries(fields).filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(
    told.map(([name, value]) => [name, SORTED_LISTS.has(name) ? [...new Set(value as string[])].sort() : value]),
  );
}

export async function contentHash(fields: Readonly<Record<string, unknown>>): Promise<string> {
  return hex(await sha256(utf8(canonicalJson(content(fields)))));
}
