/** Names of people within what is written about somebody else: a note must not lead to another person. */

import { fold } from "./find";

export interface Someone {
  readonly id: string;
  readonly name: string;
}

/** A shorter part of a name is too common to mean anybody. */
const TELLING = 3;

/** Those of `people` whose name, or a telling part of it, stands in the text; parts that `own` shares say nothing. */
export function namedIn(text: string, people: readonly Someone[], own = ""): Someone[] {
  const written = words(text);
  if (written.length === 0) return [];
  const once = new Set(written);
  const mine = new Set(words(own));
  return people.filter(({ name }) => {
    const parts = words(name);
    if (parts.some((part) => part.length >= TELLING && !mine.has(part) && once.has(part))) return true;
    if (parts.every((part) => mine.has(part))) return false;
    return parts.length > 1 && (follows(written, parts) || (isInitials(parts) && once.has(parts.join(""))));
  });
}

function words(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

function follows(written: readonly string[], parts: readonly string[]): boolean {
  return written.some((_, at) => parts.every((part, next) => written[at + next] === part));
}

function isInitials(parts: readonly string[]): boolean {
  return parts.every((part) => part.length === 1);
}
