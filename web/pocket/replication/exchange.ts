/**
 * The exchange: push until the outbox is empty, then pull until there is no more. One at a time; every unit of work
 * is one request and one transaction, so that the worker may be killed anywhere. It never says more than receipts do.
 */

import type { Clock } from "../clock";
import type { Problem, PullAnswer, PushAnswer, Report } from "../generated/schema";
import { NotSaved } from "../pages/page";
import type { Database } from "../storage/database";
import { wipe } from "../storage/fresh";
import type { PocketMemory } from "../storage/memory";
import { type DeviceFacts, facts, keepFact } from "../storage/meta";
import type { Unlocked } from "../storage/unlocked";
import { applyBatch, applyReceipts, Fenced, takeGeneration } from "./apply";
import { backoffMs } from "./backoff";
import { adoptEpoch, requeueFrom } from "./lineage";
import { pull } from "./pull";
import { cut, push } from "./push";
import type { Answer, Transport } from "./transport";

/** Names that the screen knows; see PhoneStatus.exchange. */
export type Outcome = "ok" | "offline" | "captive" | "server" | "busy" | "too_large" | "revoked" | "storage";

export interface ExchangeDeps {
  readonly database: Database;
  readonly unlocked: Unlocked;
  readonly memory: PocketMemory;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly dice: () => number;
  readonly report: () => Promise<Report>;
  /** Something durable has changed: a receipt, rows, the end of the exchange. */
  readonly onStep: (hasMoved: boolean) => void;
}

export interface Exchange {
  /** `isAsked`: by a person, or because the network came back; otherwise the back-off holds. */
  run(isAsked: boolean): Promise<Outcome | "waiting">;
}

const REQUESTS_LIMIT = 200;

/** Ends an exchange early with what it met. */
class Stopped extends Error {
  constructor(
    readonly outcome: Outcome,
    readonly retryAfterS = 0,
  ) {
    super(outcome);
  }
}

export function exchange(deps: ExchangeDeps): Exchange {
  let running: Promise<Outcome> | null = null;
  let failures = 0;
  let notBefore = 0;

  const once = async (): Promise<Outcome> => {
    const round = new Round(deps);
    const [outcome, retryAfterS] = await round.run();
    const isFailure = outcome !== "ok";
    failures = isFailure ? failures + 1 : 0;
    notBefore = isFailure ? deps.clock.wall() + backoffMs(failures, retryAfterS, deps.dice) : round.backoffUntil;
    // What a screen may have shown as sent is on this phone again.
    deps.onStep(isFailure && round.hasSent);
    return outcome;
  };
  return {
    async run(isAsked) {
      if (!running && !isAsked && deps.clock.wall() < notBefore) return "waiting";
      running ??= once().finally(() => {
        running = null;
      });
      return running;
    },
  };
}

class Round {
  backoffUntil = 0;
  hasSent = false;
  private device: DeviceFacts;
  private generation = 0;
  private changesLimit = 500;
  private docsLimit = 500;
  private requests = 0;
  private facts = { offset: null as number | null, safeSeq: 0, remaining: 0 };

  constructor(private readonly deps: ExchangeDeps) {
    this.device = deps.unlocked.device;
  }

  async run(): Promise<[Outcome, number]> {
    const [outcome, retryAfterS] = await this.attempt();
    await this.note(outcome).catch(() => undefined);
    return [outcome, retryAfterS];
  }

  private async attempt(): Promise<[Outcome, number]> {
    const { database, memory, clock } = this.deps;
    try {
      this.device = (await facts(database, "device")).device ?? this.device;
      if (this.device.state === "revoked") return ["revoked", 0];
      this.generation = await takeGeneration(database);
      await memory.offerDrafts(clock.wall());
      do await this.pushAll();
      while (!(await this.pullAll()));
      return ["ok", 0];
    } catch (error) {
      if (error instanceof Stopped) return [error.outcome, error.retryAfterS];
      if (error instanceof Fenced) return ["busy", 0];
      if (error instanceof NotSaved) return ["storage", 0];
      throw error;
    } finally {
      memory.sending(0);
      memory.forget();
    }
  }

  private async pushAll(): Promise<void> {
    const { memory } = this.deps;
    for (;;) {
      const queue = (await memory.pending()).filter((entry) => entry.state === "queued");
      if (queue.length === 0) return;
      const batch = cut(queue, this.changesLimit);
      memory.sending(batch.at(-1)?.n ?? 0);
      this.hasSent = true;
      const answer = await this.ask<PushAnswer>((report) =>
        push(this.deps.transport, this.signer(), this.device, this.deps.clock, batch, report),
      );
      memory.sending(0);
      if (answer === "again") continue;
      const told = { shownUpTo: 0, safeSeq: answer.safe_seq, serverTime: answer.server_time };
      await applyReceipts(this.deps.database, this.deps.unlocked.key, this.generation, answer.results, told);
      this.learn(answer);
      memory.forget();
      this.deps.onStep(answer.results.length > 0);
    }
  }

  /** False when something was put right that may have queued changes again. */
  private async pullAll(): Promise<boolean> {
    const { database, memory, unlocked } = this.deps;
    for (;;) {
      const { cursors = {} } = await facts(database, "cursors");
      const answer = await this.ask<PullAnswer>((report) =>
        pull(this.deps.transport, this.signer(), this.device, this.deps.clock, cursors, report, this.docsLimit),
      );
      if (answer === "again") return false;
      await applyBatch(database, unlocked.key, this.generation, cursors, answer);
      this.learn(answer);
      this.facts.remaining = answer.remaining;
      memory.forget();
      const hasMoved = answer.rows.length + answer.drop.length + answer.reset.length > 0;
      if (answer.more) await this.note("ok");
      this.deps.onStep(hasMoved);
      if (!answer.more) return true;
    }
  }

  /** One request. "again": the phone has put something right and the same step is due once more. */
  private async ask<T>(send: (report: Report) => Promise<Answer<T>>): Promise<T | "again"> {
    if (++this.requests > REQUESTS_LIMIT) throw new Stopped("busy");
    const answer = await send(await this.deps.report());
    if (answer.is === "answer") return answer.body;
    if (answer.is === "nothing") throw new Stopped(answer.why);
    await this.putRight(answer.problem, answer.retryAfterS);
    return "again";
  }

  private async putRight(problem: Problem, retryAfterS: number): Promise<void> {
    const { database, memory } = this.deps;
    switch (problem.code) {
      case "TOO_LARGE":
        if (this.changesLimit === 1) throw new Stopped("too_large");
        this.changesLimit = Math.ceil(this.changesLimit / 2);
        this.docsLimit = Math.ceil(this.docsLimit / 2);
        return;
      case "EPOCH_CHANGED":
        if (!problem.epoch || problem.epoch === this.device.epoch) throw new Stopped("server");
        await adoptEpoch(database, this.generation, problem.epoch, problem.fork_seq ?? 0);
        this.device = { ...this.device, epoch: problem.epoch };
        memory.forget();
        return;
      case "SEQ_GAP":
        if (!(await requeueFrom(database, this.generation, problem.expected_n ?? 0))) throw new Stopped("server");
        memory.forget();
        return;
      case "DEVICE_REVOKED":
        if (problem.mode === "wipe_now") await wipe(database);
        else await keepFact(database, "device", { ...this.device, state: "revoked" });
        throw new Stopped("revoked");
      case "BUSY":
      case "THROTTLED":
      case "STORAGE_FULL":
        throw new Stopped("busy", problem.retry_after_s ?? retryAfterS);
      default:
        throw new Stopped("server", retryAfterS);
    }
  }

  private signer() {
    return { device: this.device.device, signingKey: this.deps.unlocked.signingKey };
  }

  private learn(answer: { safe_seq: number; server_time: number; backoff_ms?: number }): void {
    const now = this.deps.clock.wall();
    this.facts.offset = now - answer.server_time;
    this.facts.safeSeq = answer.safe_seq;
    this.backoffUntil = now + (answer.backoff_ms ?? 0);
  }

  private async note(outcome: Outcome): Promise<void> {
    const { database, clock } = this.deps;
    const before = (await facts(database, "exchange")).exchange;
    const now = clock.wall();
    await keepFact(database, "exchange", {
      at: outcome === "ok" ? now : (before?.at ?? null),
      triedAt: now,
      outcome,
      offset: this.facts.offset ?? before?.offset ?? null,
      safeSeq: this.facts.safeSeq || (before?.safeSeq ?? 0),
      remaining: outcome === "ok" ? this.facts.remaining : (before?.remaining ?? 0),
    });
  }
}
