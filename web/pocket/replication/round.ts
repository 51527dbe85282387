/**
 * One exchange from its beginning to its end. Every unit of work is one request and one transaction, so that the worker
 * may be killed anywhere. It never says more than receipts do.
 */

import { hex, sha256, utf8 } from "../bytes";
import {
  type AttachmentAnswer,
  isAttachmentAnswer,
  type Problem,
  type PullAnswer,
  type PushAnswer,
  type Report,
} from "../generated/schema";
import { attachedIn } from "../pages/attached";
import { NotSaved } from "../pages/page";
import { releaseAttachments } from "../storage/attachments";
import { wipe } from "../storage/fresh";
import {
  type DeviceFacts,
  type DeviceState,
  type ExchangeFacts,
  facts,
  getFact,
  keepFact,
  putFact,
} from "../storage/meta";
import type { Entry } from "../storage/outbox";
import { applyBatch, applyReceipts, Fenced, Forked, holdsGeneration, readAnew, takeGeneration } from "./apply";
import { ATTACHMENT_PATH, exchangeAttachments, type Send } from "./attachments";
import type { ExchangeDeps, Outcome } from "./deps";
import { differing, isDigestDue } from "./digest";
import { adoptEpoch, requeueFrom } from "./lineage";
import type { Pace } from "./pace";
import { pull } from "./pull";
import { cut, push } from "./push";
import type { Answer } from "./transport";

const REQUESTS_LIMIT = 300;
const OPEN_LIMIT = 1000;
/** Ends an exchange early with what it met. */
class Stopped extends Error {
  constructor(
    readonly outcome: Outcome,
    readonly retryAfterS = 0,
  ) {
    super(outcome);
  }
}

export class Round {
  backoffMs = 0;
  hasSent = false;
  movedAt: number;
  private device: DeviceFacts;
  private generation = 0;
  private requests = 0;
  private isDigestWanted = false;
  private facts: { -readonly [Name in keyof ExchangeFacts]?: ExchangeFacts[Name] } = {};

  constructor(
    private readonly deps: ExchangeDeps,
    private readonly pace: Pace,
  ) {
    this.device = deps.unlocked.device;
    this.movedAt = this.mono();
  }

  async run(): Promise<[Outcome, number]> {
    const { database, memory, clock } = this.deps;
    try {
      const known = await facts(database, "device", "checked", "exchange");
      this.device = known.device ?? this.device;
      if (this.device.state !== "active") return [this.device.state, 0];
      // Not with the first exchange of all: it has just read everything.
      this.isDigestWanted = known.exchange !== undefined && isDigestDue(known.checked?.at ?? 0, clock.wall());
      this.generation = await takeGeneration(database);
      await memory.offerDrafts(clock.wall());
      do await this.pushAll();
      while (!(await this.pullAll()));
      await this.sendPapers();
      return ["ok", 0];
    } catch (error) {
      if (error instanceof Forked) return [await this.end("forked").catch(() => "busy" as const), 0];
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
    const { database, memory, unlocked } = this.deps;
    let hasAsked = false;
    for (;;) {
      const queue = (await memory.pending()).filter((entry) => entry.state === "queued");
      if (queue.length === 0) return;
      const { sentTo = 0 } = await facts(database, "sentTo");
      const maybe = queue.filter(({ n }) => n <= sentTo).slice(0, OPEN_LIMIT);
      if (maybe.length > 0 && !hasAsked) {
        hasAsked = !(await this.settleByHash(maybe));
        continue;
      }
      const batch = cut(queue, this.pace.changes);
      const last = batch.at(-1)?.n ?? 0;
      await keepFact(database, "sentTo", last, "relaxed");
      memory.sending(last);
      this.hasSent = true;
      const answer = await this.ask<PushAnswer>((report) =>
        push(this.deps.transport, this.signer(), this.device, this.deps.clock, batch, report),
      );
      memory.sending(0);
      if (answer === "again") continue;
      await this.learn(answer);
      const told = { shownUpTo: 0, safeSeq: answer.safe_seq, serverTime: answer.server_time };
      await applyReceipts(database, unlocked.key, this.generation, answer.results, told);
      memory.forget();
      this.deps.onStep(answer.results.length > 0);
    }
  }

  /** A push had no answer: what became of it? False when the rest is known to be undecided, or cannot be asked for. */
  private async settleByHash(maybe: readonly Entry[]): Promise<boolean> {
    const hashes = await Promise.all(maybe.map(async ({ n, text }) => [n, hex(await sha256(utf8(text)))] as const));
    try {
      const answer = await this.pullOnce(1, new Map(hashes));
      return answer === "again" || answer.receipts.length === maybe.length;
    } catch (error) {
      // An old app may not pull any more; but its work is taken for ever.
      if (error instanceof Stopped && error.outcome === "update") return false;
      throw error;
    }
  }

  /** Photos and scans come last: words are few, and count more. */
  private async sendPapers(): Promise<void> {
    const { database, memory, transport, clock } = this.deps;
    const post = (text: string) => transport.post(ATTACHMENT_PATH, text, isAttachmentAnswer, this.signer());
    const send: Send = (said) => this.ask<AttachmentAnswer>(() => post(JSON.stringify(said)));
    await exchangeAttachments(database, this.device, () => this.pace.pieceBytes, send);
    const { safeSeq = 0, offset } = this.facts;
    const named = (await memory.drafts()).flatMap(({ content }) => attachedIn(content)).map(({ id }) => id);
    const now = clock.wall() - (offset ?? 0);
    await releaseAttachments(database, this.device.device, { safeSeq, now, named: new Set(named) });
  }

  /** False when something was put right that may have queued changes again. */
  private async pullAll(): Promise<boolean> {
    for (;;) {
      const answer = await this.pullOnce(this.pace.docs);
      // A receipt that is held here is not known there any more: the office went back, and is offered it again.
      if (answer === "again" || (await requeueFrom(this.deps.database, this.generation, answer.next_n))) return false;
      if (!answer.more && !(await this.compare(answer))) return true;
      if (answer.more) await this.note("ok", 0);
    }
  }

  private async pullOnce(docsLimit: number, open: ReadonlyMap<number, string> = new Map()) {
    const { database, memory, unlocked } = this.deps;
    const { cursors: since = {} } = await facts(database, "cursors");
    const isDigest = this.isDigestWanted && open.size === 0;
    const wanted = { since, open: [...open.keys()], docsLimit, isDigest };
    const answer = await this.ask<PullAnswer>((report) =>
      pull(this.deps.transport, this.signer(), this.device, this.deps.clock, wanted, report),
    );
    if (answer === "again") return answer;
    await this.learn(answer);
    await applyBatch(database, unlocked.key, this.generation, since, answer, open);
    this.facts.remaining = answer.remaining;
    this.facts.leaseUntil = answer.lease_ms ? this.deps.clock.wall() + answer.lease_ms : 0;
    memory.forget();
    this.deps.onStep(answer.rows.length + answer.drop.length + answer.reset.length + answer.receipts.length > 0);
    return answer;
  }

  /** Once a day. True when something differed and is to be read again. */
  private async compare({ digest = {} }: PullAnswer): Promise<boolean> {
    if (!this.isDigestWanted) return false;
    this.isDigestWanted = false;
    const { database, clock } = this.deps;
    const differ = await differing(database, digest);
    if (differ.length > 0) await readAnew(database, this.generation, differ);
    await keepFact(database, "checked", { at: clock.wall(), differed: differ.length });
    return differ.length > 0;
  }

  /** One request. "again": the phone has put something right and the same step is due once more. */
  private async ask<T>(send: (report: Report) => Promise<Answer<T>>): Promise<T | "again"> {
    if (++this.requests > REQUESTS_LIMIT) throw new Stopped("busy");
    const report = await this.deps.report();
    const start = this.mono();
    const answer = await send(report);
    this.movedAt = this.mono();
    if (answer.is !== "problem") this.pace.answered(answer.is === "answer", this.movedAt - start);
    if (answer.is === "answer") return answer.body;
    if (answer.is === "nothing") throw new Stopped(answer.why);
    // A refusal decides nothing: what was sent in this round need not be asked for.
    if (this.hasSent) await keepFact(this.deps.database, "sentTo", 0, "relaxed");
    await this.putRight(answer.problem, answer.retryAfterS);
    return "again";
  }

  private async putRight(problem: Problem, retryAfterS: number): Promise<void> {
    const { database, memory } = this.deps;
    switch (problem.code) {
      case "TOO_LARGE":
        if (this.pace.changes === 1) throw new Stopped("too_large");
        this.pace.changes = Math.ceil(this.pace.changes / 2);
        this.pace.docs = Math.ceil(this.pace.docs / 2);
        this.pace.pieceBytes = Math.ceil(this.pace.pieceBytes / 2);
        return;
      case "EPOCH_CHANGED":
        if (!problem.epoch || problem.epoch === this.device.epoch) throw new Stopped("server");
        await adoptEpoch(database, this.generation, problem.epoch, problem.fork_seq ?? 0);
        this.device = { ...this.device, epoch: problem.epoch };
        memory.forget();
        return;
      case "SEQ_GAP":
        // What was safe is no longer there: only after a restore may the office go without it.
        if (!(await requeueFrom(database, this.generation, problem.expected_n ?? 0))) throw new Stopped("ahead");
        memory.forget();
        return;
      case "DEVICE_FORKED":
        throw new Stopped(await this.end("forked"));
      case "DEVICE_REVOKED":
        await this.end("revoked");
        if (problem.mode === "wipe_now") await wipe(database, true);
        throw new Stopped("revoked");
      case "CURSOR_AHEAD":
        throw new Stopped("ahead");
      case "UPGRADE_REQUIRED":
        throw new Stopped("update");
      case "BUSY":
      case "THROTTLED":
      case "STORAGE_FULL":
      case "OUT_OF_SERVICE":
        throw new Stopped("busy", problem.retry_after_s ?? retryAfterS);
      default:
        throw new Stopped("server", retryAfterS);
    }
  }

  /** This device is over, unless another has begun on the same phone meanwhile. */
  private async end(state: Exclude<DeviceState, "active">): Promise<Outcome> {
    await this.deps.database.write(["meta"], "strict", async (transaction) => {
      await holdsGeneration(transaction, this.generation);
      const device = await getFact(transaction, "device");
      if (device) await putFact(transaction, "device", { ...device, state });
      // What is still under way to this phone comes too late.
      await putFact(transaction, "generation", this.generation + 1);
    });
    return state;
  }

  private signer() {
    return { device: this.device.device, signingKey: this.deps.unlocked.signingKey };
  }

  private mono(): number {
    return this.deps.clock.read().mono;
  }

  /** Of another epoch it is an old answer that came again; a counter above our own says that we are the old ones. */
  private async learn(answer: PushAnswer | PullAnswer): Promise<void> {
    if (answer.epoch !== this.device.epoch) throw new Stopped("server");
    const { nextN = 1 } = await facts(this.deps.database, "nextN");
    if (answer.next_n > nextN) throw new Forked();
    this.facts.offset = this.deps.clock.wall() - answer.server_time;
    this.facts.safeSeq = answer.safe_seq;
    this.backoffMs = answer.backoff_ms ?? 0;
  }

  async note(outcome: Outcome, restMs: number): Promise<void> {
    const { database, clock } = this.deps;
    const { exchange: before, device } = await facts(database, "exchange", "device");
    if (device?.device !== this.device.device) return;
    const now = clock.wall();
    const at = outcome === "ok" ? now : (before?.at ?? null);
    const { failures } = this.pace;
    const known = { offset: null, safeSeq: 0, remaining: 0, ...before, ...this.facts };
    await keepFact(database, "exchange", { ...known, at, triedAt: now, outcome, failures, restMs });
  }
}
