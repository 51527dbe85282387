/**
 * How fast, and how much at a time. Rests run by the monotonic clock: a wall clock that jumps delays nothing. Batches
 * shrink to a quarter when a request fails and double when one was quick, so that on a line that breaks little is ever
 * sent twice. Kept in memory; a worker that was stopped goes on from what the disk says of the last attempt.
 */

import type { Clock } from "../clock";
import type { ExchangeFacts } from "../storage/meta";
import { backoffMs } from "./backoff";

const FIRST_CHANGES = 32;
const CHANGES_LIMIT = 500;
const DOCS_LIMIT = 500;
const FIRST_PIECE_BYTES = 32 * 1024;
const LEAST_PIECE_BYTES = 4 * 1024;
const MOST_PIECE_BYTES = 256 * 1024;
const QUICK_MS = 5000;
/** A person who opens the app wants to know; but not twice in this time. */
const OPENED_REST_MS = 20_000;

/** Who wants the exchange: a person or the network, the app that was opened, or the clock. */
export type Kick = "asked" | "opened" | "routine";

export interface Pace {
  changes: number;
  docs: number;
  /** Of a photo or scan in one request. */
  pieceBytes: number;
  readonly failures: number;
  /** How long this kick must wait, ms; 0: not at all. `last`: what the disk says, for a worker that has just begun. */
  restLeftMs(kick: Kick, last: ExchangeFacts | undefined): number;
  /** One request has been answered, or not. */
  answered(isAnswer: boolean, tookMs: number): void;
  /** The attempt is over; the time to rest, ms. */
  ended(isFailure: boolean, afterMs: number): number;
}

export function pace(clock: Clock, dice: () => number): Pace {
  const mono = (): number => clock.read().mono;
  let triedAt: number | null = null;
  let restMs = 0;
  return {
    changes: FIRST_CHANGES,
    docs: DOCS_LIMIT,
    pieceBytes: FIRST_PIECE_BYTES,
    failures: 0,
    restLeftMs(kick, last) {
      if (kick === "asked") return 0;
      if (triedAt === null && last) {
        // By the wall clock for once; one that was moved makes no rest longer.
        const ago = clock.wall() - last.triedAt;
        triedAt = mono() - (ago >= 0 ? ago : Infinity);
        restMs = last.restMs ?? 0;
        Object.assign(this, { failures: last.failures ?? 0 });
      }
      const ago = mono() - (triedAt ?? -Infinity);
      return Math.max(0, (kick === "opened" ? Math.min(OPENED_REST_MS, restMs) : restMs) - ago);
    },
    answered(isAnswer, tookMs) {
      const by = isAnswer ? (tookMs < QUICK_MS ? 2 : 1) : 0.25;
      this.changes = Math.min(CHANGES_LIMIT, Math.max(1, Math.floor(this.changes * by)));
      this.pieceBytes = Math.min(MOST_PIECE_BYTES, Math.max(LEAST_PIECE_BYTES, Math.floor(this.pieceBytes * by)));
      this.docs = Math.min(DOCS_LIMIT, Math.max(1, Math.floor(this.docs * by)));
    },
    ended(isFailure, afterMs) {
      const failures = isFailure ? this.failures + 1 : 0;
      Object.assign(this, { failures });
      triedAt = mono();
      restMs = isFailure ? backoffMs(failures, afterMs / 1000, dice) : afterMs;
      return restMs;
    },
  };
}
