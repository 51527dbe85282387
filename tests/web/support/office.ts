/**
 * A small office behind `fetch`, for the phone's own tests: it decides plainly (the real rules are Python's, tested
 * there) but keeps the protocol: numbers in order, bytes compared, one seq a change, buckets with cursors, receipts by
 * hash, digests, epochs, salvage by the deposit token. It can be told to misbehave, to be restored, to revoke.
 */

import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type {
  AttachmentRequest,
  Body,
  Change,
  PullRequest,
  Receipt,
  Row,
  SalvageRequest,
} from "../../../web/pocket/generated/schema";
import { EPOCH, NOW } from "./phone";

interface Decided {
  readonly raw: string;
  readonly receipt: Receipt;
}

/** What happens to one request. "late": it arrives only with a later one; "again": the answer before is repeated. */
export type Trouble =
  | "lose_answer"
  | "drop_request"
  | "duplicate"
  | "late"
  | "again"
  | "captive"
  | "busy"
  | "too_large"
  | "server";

/** What a backup holds. */
interface Paper {
  readonly bytes: Buffer;
  readonly seq: number;
}

interface State {
  epoch: string;
  head: number;
  decided: Map<number, Decided>;
  rows: Map<string, Row>;
  gone: Map<string, Row>;
  kept: Map<number, number>;
  papers: Map<string, Paper>;
}

type Refusal = { readonly status: number; readonly problem: object };
const copy = ({ epoch, head, decided, rows, gone, kept, papers }: State): State => ({
  ...structuredClone({ epoch, head, decided, rows, gone, kept }),
  papers: new Map(papers),
});

export class Office implements State {
  epoch = EPOCH;
  /** Went back to before this phone was enrolled. */
  isUnknown = false;
  head = 0;
  decided = new Map<number, Decided>();
  rows = new Map<string, Row>();
  gone = new Map<string, Row>();
  /** Sealed items that wait for a supervisor: n to seq. */
  kept = new Map<number, number>();
  /** Photos and scans by id; `seq` 0 while pieces are missing. */
  papers = new Map<string, Paper>();
  paperBytes = 0;
  safeSeq = 0;
  batch = 500;
  leaseMs = 0;
  requests = 0;
  readonly pushed: number[] = [];
  readonly troubles: Trouble[] = [];
  dropped: string[] = [];
  readonly resets = new Set<string>();
  revoked = false;
  mode: "lock" | "wipe_now" = "lock";
  needsUpdate = false;
  outcome: (change: Change) => Receipt["outcome"] = () => "applied";
  private nonce = 0;
  private expected = "";
  private forkSeq = 0;
  private readonly late: (() => unknown)[] = [];
  private readonly last = new Map<string, { answer: object; answers: string }>();
  private answers = "";

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    this.requests++;
    for (const arrive of this.late.splice(0)) arrive();
    const path = String(input);
    const headers = new Headers(init?.headers);
    const isDeposit = headers.has("Alongside-Deposit");
    this.answers = headers.get("Alongside-Nonce") ?? "";
    if (this.isUnknown) return this.json(401, { code: "NOT_SIGNED" });
    if (!isDeposit && (headers.get("Alongside-Nonce") !== this.expected || this.expected === ""))
      return this.json(401, { code: "STALE_NONCE" });
    const trouble = this.troubles.shift();
    const instead = this.insteadOfAnswer(trouble);
    if (instead) return instead;
    const sent = init?.body as Uint8Array | string;
    const text = typeof sent === "string" ? sent : gunzipSync(Buffer.from(sent)).toString();
    const before = this.last.get(path);
    if (trouble === "again" && before) {
      this.answers = before.answers;
      return this.json(200, before.answer);
    }
    if (trouble === "late") {
      this.late.push(() => this.answer(path, text));
      throw new TypeError("network lost");
    }
    const answer = this.answer(path, text);
    if (trouble === "duplicate") this.answer(path, text);
    if (trouble === "lose_answer") throw new TypeError("network lost");
    if ("problem" in answer) return this.json((answer as Refusal).status, (answer as Refusal).problem);
    this.last.set(path, { answer, answers: this.answers });
    return this.json(200, answer);
  };

  private insteadOfAnswer(trouble: Trouble | undefined): Response | null {
    switch (trouble) {
      case "drop_request":
        throw new TypeError("Failed to fetch");
      case "captive":
        return new Response("<html>Sign in</html>", { headers: { "Content-Type": "text/html" } });
      case "server":
        return new Response("500", { status: 500 });
      case "busy":
        return this.json(503, { code: "BUSY", retry_after_s: 7 });
      case "too_large":
        return this.json(413, { code: "TOO_LARGE" });
      default:
        return null;
    }
  }

  /** A record that somebody else wrote. */
  put(row: Omit<Row, "seq">): void {
    this.gone.delete(row.doc);
    this.rows.set(row.doc, { ...row, seq: ++this.head } as Row);
  }

  /** A record that leaves its bucket. */
  take(doc: string): void {
    const row = this.rows.get(doc);
    if (!row) return;
    this.rows.delete(doc);
    this.gone.set(doc, { b: row.b, doc, type: row.type, seq: ++this.head, gone: "void" });
  }

  backup(): State {
    return copy(this);
  }

  /** A new lineage from an old state; the numbering goes on above all that was ever given. */
  restore(state: State, epoch: string): void {
    const top = this.head + 1000;
    Object.assign(this, copy(state), { epoch, head: top });
    this.forkSeq = state.head;
    this.last.clear();
    this.late.length = 0;
  }

  private answer(path: string, text: string): object {
    const body = JSON.parse(text) as { epoch: string };
    if (path.endsWith("attachment")) return this.attachment(body as unknown as AttachmentRequest);
    if (path.endsWith("salvage")) return this.salvage(body as unknown as SalvageRequest);
    if (this.revoked) return refuse(403, { code: "DEVICE_REVOKED", mode: this.mode });
    if (body.epoch !== this.epoch)
      return refuse(409, { code: "EPOCH_CHANGED", epoch: this.epoch, fork_seq: this.forkSeq });
    return path.endsWith("push") ? this.push(body as never, text) : this.pull(body as never);
  }

  private push(body: { first_n: number; changes: Change[] }, text: string): object {
    this.pushed.push(body.changes.length);
    const next = this.decided.size + 1;
    if (body.first_n > next) return refuse(409, { code: "SEQ_GAP", expected_n: next });
    const raws = rawChanges(text, body.changes);
    const isOther = body.changes.some(({ n }, at) => (this.decided.get(n)?.raw ?? raws[at]) !== raws[at]);
    if (isOther) return refuse(409, { code: "DEVICE_FORKED" });
    const results = body.changes.map((change, at) => this.decide(change, raws[at] ?? ""));
    return this.told({ results, next_n: this.decided.size + 1 });
  }

  private decide(change: Change, raw: string): Receipt {
    const known = this.decided.get(change.n);
    if (known) return known.receipt;
    if (change.n !== this.decided.size + 1) throw new Error(`${change.n} out of order`);
    const outcome = this.fits(change) ? this.outcome(change) : "rejected";
    const seq = ++this.head;
    const receipt: Receipt = {
      n: change.n,
      outcome,
      seq,
      doc: change.doc,
      at: NOW,
      ...(outcome === "rejected" && { code: "NOTE_SIGNED" }),
    };
    this.decided.set(change.n, { raw, receipt });
    if (outcome === "applied") this.apply(change, seq);
    return receipt;
  }

  private fits({ kind, doc, bucket }: Change): boolean {
    const state = (this.rows.get(doc)?.body as Body | undefined)?.state;
    if (kind === "create") return !this.rows.has(doc) && !this.gone.has(doc) && !this.dropped.includes(bucket);
    return kind === "addendum" ? state === "signed" : state === "open";
  }

  private apply(change: Change, seq: number): void {
    if (change.kind === "create") return void this.rows.set(change.doc, rowOf(change, seq));
    const row = this.rows.get(change.doc);
    if (!row) return;
    if (change.kind === "void") {
      this.rows.delete(change.doc);
      this.gone.set(change.doc, { b: row.b, doc: row.doc, type: row.type, seq, gone: "void" });
      return;
    }
    const body = structuredClone(row.body) as Body & { set: Record<string, unknown>; state: string };
    if (change.kind === "patch") {
      const { answers, ...rest } = (change.set ?? {}) as Record<string, unknown>;
      Object.assign(body.set, rest);
      if (answers) body.set["answers"] = { ...(body.set["answers"] as object), ...(answers as object) };
    }
    if (change.kind === "sign") body.state = "signed";
    this.rows.set(change.doc, { ...row, seq, body });
  }

  private pull(body: PullRequest): object {
    if (this.needsUpdate) return refuse(426, { code: "UPGRADE_REQUIRED" });
    if (Object.values(body.since).some((seq) => seq > this.head)) return refuse(409, { code: "CURSOR_AHEAD" });
    const all = [...this.rows.values(), ...this.gone.values()].filter(({ b }) => !this.dropped.includes(b));
    const held = new Set(all.map((row) => row.b));
    const reset = [...this.resets].filter((bucket) => (body.since[bucket] ?? 0) > 0 && held.has(bucket));
    for (const bucket of reset) this.resets.delete(bucket);
    const since = (bucket: string): number => (reset.includes(bucket) ? 0 : (body.since[bucket] ?? 0));
    const waiting = all.filter((row) => row.seq > since(row.b)).sort((a, b) => a.seq - b.seq);
    const rows = waiting.slice(0, reset.length > 0 ? undefined : Math.min(this.batch, body.limit_docs ?? 500));
    const more = waiting.length > rows.length;
    const last = (bucket: string) => rows.findLast((row) => row.b === bucket)?.seq ?? since(bucket);
    const receipts = (body.open ?? []).flatMap((n) => {
      const known = this.decided.get(n);
      return known ? [{ ...known.receipt, hash: sha256(known.raw) }] : [];
    });
    return this.told({
      head: this.head,
      rows,
      next: Object.fromEntries([...held].map((bucket) => [bucket, more ? last(bucket) : this.head])),
      grant: [...held].filter((bucket) => !(bucket in body.since)),
      drop: this.dropped.filter((b) => b in body.since).map((b) => ({ b, why: "reassigned" })),
      reset,
      receipts,
      remaining: waiting.length - rows.length,
      more,
      next_n: this.decided.size + 1,
      lease_ms: this.leaseMs,
      ...(body.digest && !more && { digest: this.digests() }),
    });
  }

  digests(): Record<string, string> {
    const lines: Record<string, string[]> = {};
    for (const { b, doc, seq } of this.rows.values()) lines[b] = [...(lines[b] ?? []), `${doc} ${seq}\n`];
    return Object.fromEntries(Object.entries(lines).map(([b, all]) => [b, sha256(all.sort().join(""))]));
  }

  private salvage(body: SalvageRequest): object {
    if (this.revoked && this.mode === "wipe_now") return refuse(403, { code: "DEVICE_REVOKED", mode: this.mode });
    const results = body.items.map(({ n }) => {
      if (!this.kept.has(n)) this.kept.set(n, ++this.head);
      return { n, outcome: "kept", seq: this.kept.get(n) };
    });
    const seqs = [...this.kept.values(), ...[...this.papers.values()].map(({ seq }) => seq)];
    const isSafe = seqs.every((seq) => seq <= this.safeSeq);
    return {
      results,
      safe_seq: this.safeSeq,
      is_wipe_due: (body.left ?? 0) === 0 && isSafe,
      server_time: NOW,
      epoch: this.epoch,
    };
  }

  private attachment({ id, size, offset = 0, data = "" }: AttachmentRequest): object {
    const { bytes, seq } = this.papers.get(id) ?? { bytes: Buffer.alloc(0), seq: 0 };
    const piece = Buffer.from(data, "base64url");
    this.paperBytes += piece.length;
    if (seq > 0 || offset !== bytes.length || piece.length === 0) return this.told({ have: bytes.length, seq });
    const all = Buffer.concat([bytes, piece]);
    const isWhole = all.length === size;
    if (isWhole && createHash("sha256").update(all).digest("hex") !== id) {
      this.papers.delete(id);
      return this.told({ have: 0, seq: 0 });
    }
    const known = { bytes: all, seq: isWhole ? ++this.head : 0 };
    this.papers.set(id, known);
    return this.told({ have: all.length, seq: known.seq });
  }

  private told(body: object): object {
    return { epoch: this.epoch, safe_seq: this.safeSeq, server_time: NOW, ...body };
  }

  private json(status: number, body: object): Response {
    this.expected = `nonce-${++this.nonce}`;
    const echo = this.answers ? { "Alongside-Answers": this.answers } : {};
    const next = this.isUnknown ? {} : { "Alongside-Nonce": this.expected };
    const headers = { "Content-Type": "application/json", ...next, ...echo };
    return new Response(JSON.stringify(body), { status, headers });
  }
}

const refuse = (status: number, problem: object): Refusal => ({ status, problem });
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The bytes of each change as they were sent. */
function rawChanges(text: string, changes: readonly Change[]): string[] {
  const start = text.indexOf('"changes":[') + '"changes":['.length;
  let at = start;
  return changes.map(() => {
    const end = endOfObject(text, at);
    const raw = text.slice(at, end);
    at = end + 1;
    return raw;
  });
}

function endOfObject(text: string, from: number): number {
  let depth = 0;
  let isText = false;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (isText && character === "\\") at++;
    else if (character === '"') isText = !isText;
    else if (!isText && character === "{") depth++;
    else if (!isText && character === "}" && --depth === 0) return at + 1;
  }
  throw new Error("no end");
}

export function rowOf(
  change: Pick<Change, "bucket" | "doc" | "type" | "author" | "captured" | "set">,
  seq: number,
): Row {
  const body = {
    author: change.author,
    state: "open",
    captured: change.captured.wall,
    received: NOW,
    created: seq,
    set: change.set ?? {},
  };
  return { b: change.bucket, doc: change.doc, type: change.type, seq, body };
}
