/** What makes a passphrase of the vault: four words by dice, or one's own of like strength. */

import { folded } from "../vault/stretch";

const WORDS = 4;
const OWN_LENGTH = 20;
const MOST_LENGTH = 512;

/** Four words, each drawn evenly from the list; empty when there is no list. */
export function generate(list: readonly string[]): string {
  if (list.length < 2048) return "";
  return Array.from({ length: WORDS }, () => list[evenly(list.length)]).join(" ");
}

/** Uniform below `limit`: numbers that would favour the first words are thrown again. */
function evenly(limit: number): number {
  const fair = Math.floor(2 ** 32 / limit) * limit;
  for (;;) {
    const [thrown = 0] = crypto.getRandomValues(new Uint32Array(1));
    if (thrown < fair) return thrown % limit;
  }
}

/** What is too weak about one's own passphrase: "few_words", "short", "repeated", "long"; empty: it will do. */
export function judge(own: string): string {
  const passphrase = folded(own);
  const words = passphrase.split(" ");
  if (passphrase.length > MOST_LENGTH) return "long";
  if (words.length < WORDS) return "few_words";
  if (passphrase.length < OWN_LENGTH) return "short";
  return new Set(words.map((word) => word.toLowerCase())).size < WORDS ? "repeated" : "";
}

export const isSame = (a: string, b: string): boolean => folded(a) === folded(b);
