/** The exchange: when a round begins, and that there is one at a time. */

import { facts } from "../storage/meta";
import type { ExchangeDeps, Outcome } from "./deps";
import { type Kick, pace } from "./pace";
import { Round } from "./round";

export interface Exchange {
  run(kick: Kick): Promise<Outcome | "waiting">;
  /** What is left of the rest after an attempt that failed, for an app that was opened meanwhile; ms, 0: nothing. */
  comeBackMs(): number;
}

/** Longer than any wait within it: an exchange that has not moved for so long hangs, and the next one fences it off. */
const STUCK_MS = 150_000;
/** A timer may ring a moment before its time. */
const EARLY_MS = 50;

export function exchange(deps: ExchangeDeps): Exchange {
  const rhythm = pace(deps.clock, deps.dice);
  let running: { round: Round; outcome: Promise<Outcome> } | null = null;

  const finish = async (round: Round): Promise<Outcome> => {
    const [outcome, retryAfterS] = await round.run();
    const isFailure = outcome !== "ok";
    const restMs = rhythm.ended(isFailure, isFailure ? retryAfterS * 1000 : round.backoffMs);
    await round.note(outcome, restMs).catch(() => undefined);
    // What a screen may have shown as sent is on this phone again.
    deps.onStep(isFailure && round.hasSent);
    return outcome;
  };
  return {
    async run(kick) {
      if (running && deps.clock.read().mono - running.round.movedAt > STUCK_MS) running = null;
      if (!running) {
        const last = await facts(deps.database, "exchange").catch(() => ({ exchange: undefined }));
        if (rhythm.restLeftMs(kick, last.exchange) > 0) return "waiting";
      }
      if (!running) {
        const round = new Round(deps, rhythm);
        const mine = { round, outcome: finish(round) };
        running = mine;
        const end = (): void => {
          if (running === mine) running = null;
        };
        mine.outcome.then(end, end);
      }
      return running.outcome;
    },
    comeBackMs: () => (running || rhythm.failures === 0 ? 0 : rhythm.restLeftMs("opened", undefined)),
  };
}

/**
 * For an app that is opened: `ask` for an exchange, and where that came too soon after an attempt that failed, once more
 * when the rest is over, instead of with the next tick of the clock. However often it is opened, one waits. The event
 * that opened it does not: while one is open, no new version of the app can begin, and a worker lives longer than a rest.
 */
export function opening(
  ask: (kick: Kick) => Promise<void>,
  comeBackMs: () => number,
  rest: (ms: number) => Promise<void>,
): () => Promise<void> {
  let isComing = false;
  return async () => {
    await ask("opened");
    const ms = comeBackMs();
    if (ms === 0 || isComing) return;
    isComing = true;
    void rest(ms + EARLY_MS)
      .then(() => ask("opened"))
      // What it met stands on the disk, and on the sync page.
      .catch(() => undefined)
      .finally(() => {
        isComing = false;
      });
  };
}
