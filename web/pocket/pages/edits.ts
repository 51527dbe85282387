/**
 * Where two texts differ, word by word, so that a reader need not hunt. Only marks; nothing is put together.
 * Twin of server/templating/edits.py: both answer the cases in tests/vectors/edits.json alike.
 */

/** Texts with more differing words than this have nothing in common worth showing: one is out, the other in. */
const EDITS_LIMIT = 200;
const WORDS = /[ \t\n\r]+|[.,;:!?()[\]"“”„‘’«»¿¡…/–—-]|[^ \t\n\r.,;:!?()[\]"“”„‘’«»¿¡…/–—-]+/gu;
const SPACE = /^[ \t\n\r]+$/;

/** A stretch of text: in both, only in the old one (`out`), only in the new one (`in`). */
export interface Piece {
  readonly kind: "same" | "out" | "in";
  readonly text: string;
}

/** Words that stay, then those that went, then those that came. */
type Hunk = readonly [same: string, out: string, came: string];
type Place = readonly [old: number, now: number];
type Words = readonly string[];

/** Both texts in one: `same` and `out` joined are the old one, `same` and `in` the new one. */
export function edits(old: string, now: string): Piece[] {
  return joined(hunks(old.match(WORDS) ?? [], now.match(WORDS) ?? [])).flatMap(([same, out, came]) =>
    (
      [
        { kind: "same", text: same },
        { kind: "out", text: out },
        { kind: "in", text: came },
      ] as const
    ).filter(({ text }) => text !== ""),
  );
}

function hunks(old: Words, now: Words): Hunk[] {
  const head = common(old, now, (words, at) => words[at]);
  const rest = [old.slice(head), now.slice(head)] as const;
  const tail = common(...rest, (words, at) => words[words.length - 1 - at]);
  const [gone, came] = [rest[0].slice(0, rest[0].length - tail), rest[1].slice(0, rest[1].length - tail)];
  const found: Hunk[] = [];
  let same = old.slice(0, head).join("");
  let before: Place = [0, 0];
  for (const [x, y] of [...kept(gone, came), [gone.length, came.length] as const]) {
    if (x !== before[0] || y !== before[1]) {
      found.push([same, gone.slice(before[0], x).join(""), came.slice(before[1], y).join("")]);
      same = "";
    }
    same += gone[x] ?? "";
    before = [x + 1, y + 1];
  }
  return [...found, [same + old.slice(old.length - tail).join(""), "", ""]];
}

function common(old: Words, now: Words, word: (words: Words, at: number) => string | undefined): number {
  const most = Math.min(old.length, now.length);
  let at = 0;
  while (at < most && word(old, at) === word(now, at)) at++;
  return at;
}

/** Places of the words that stay, by the fewest edits (Myers 1986); none where there are too many. */
function kept(old: Words, now: Words): Place[] {
  const furthest = new Map([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let count = 0; count <= Math.min(old.length + now.length, EDITS_LIMIT); count++) {
    trace.push(new Map(furthest));
    for (let line = -count; line <= count; line += 2) {
      let x = isDown(furthest, count, line) ? at(furthest, line + 1) : at(furthest, line - 1) + 1;
      while (x < old.length && x - line < now.length && old[x] === now[x - line]) x++;
      furthest.set(line, x);
      if (x >= old.length && x - line >= now.length) return wayBack(trace, x, x - line);
    }
  }
  return [];
}

const at = (furthest: ReadonlyMap<number, number>, line: number): number => furthest.get(line) ?? 0;

function isDown(furthest: ReadonlyMap<number, number>, count: number, line: number): boolean {
  return line === -count || (line !== count && at(furthest, line - 1) < at(furthest, line + 1));
}

function wayBack(trace: readonly ReadonlyMap<number, number>[], endX: number, endY: number): Place[] {
  const places: Place[] = [];
  let [x, y] = [endX, endY];
  for (let count = trace.length - 1; count >= 0; count--) {
    const furthest = trace[count] ?? new Map<number, number>();
    const line = x - y;
    const down = isDown(furthest, count, line);
    const start = down ? at(furthest, line + 1) : at(furthest, line - 1) + 1;
    while (x > Math.max(start, 0) && y > 0) places.push([--x, --y]);
    if (down) y--;
    else x--;
  }
  return places.reverse();
}

/** Changes that only a space parts read as one. */
function joined(found: readonly Hunk[]): Hunk[] {
  const all: Hunk[] = [];
  for (const hunk of found) {
    const [same, out, came] = hunk;
    const before = all.at(-1);
    const isBetween = SPACE.test(same) && (out || came) && before && (before[1] || before[2]);
    if (isBetween && (before[1] || out) && (before[2] || came))
      all[all.length - 1] = [before[0], before[1] + same + out, before[2] + same + came];
    else all.push(hunk);
  }
  return all;
}
