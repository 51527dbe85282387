/** When to try again: full jitter, so that five hundred phones do not come back in the same second. */

const LONGEST_MS = 5 * 60_000;
const FIRST_MS = 2000;
const MOST_DOUBLINGS = 10;

/** U(0, min(5 min, 2 s * 2^k)), but not before the office asked for. `dice`: uniform in [0, 1). */
export function backoffMs(failures: number, retryAfterS: number, dice: () => number): number {
  const window = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, MOST_DOUBLINGS));
  return Math.max(retryAfterS * 1000, Math.floor(dice() * window));
}
