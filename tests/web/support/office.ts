/** A small office behind `fetch`: decides every change as applied, keeps a feed, and can be told to misbehave. */

import { gunzipSync } from "node:zlib";
import type { Change, PullRequest, Receipt, Row } from "../../../web/pocket/generated/schema";
import { EPOCH, NOW } from "./phone";

interface Decided {
  readonly raw: string;
  readonly receipt: Receipt;
}

/** What an answer is replaced by, once. */
export type Trouble = "lose_answer" | "drop_request" | "captive" | "busy" | "too_large" | "server";

export class Office {
  epoch = EPOCH;
  head = 0;
  safeSeq = 0;
  batch = 500;
  requests = 0;
  readonly pushed: number[] = [];
  readonly decided = new Map<number, Decided>();
  readonly rows = new Map<string, Row>();
  readonly troubles: Trouble[] = [];
  dropped: string[] = [];
  revoked = false;
  outcome: (change: Change) => Receipt["outcome"] = () => "applied";
  private nonce = 0;
  private expected = "";

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    this.requests++;
    const headers = new Headers(init?.headers);
    if (headers.get("Alongside-Nonce") !== this.expected || this.expected === "")
      return this.problem(401, { code: "STALE_NONCE" });
    const trouble = this.troubles.shift();
    if (trouble === "drop_request") throw new TypeError("Failed to fetch");
    if (trouble === "captive")
      return new Response("<html>Sign in</html>", { headers: { "Content-Type": "text/html" } });
    if (trouble === "server") return new Response("500", { status: 500 });
    if (trouble === "busy") return this.problem(503, { code: "BUSY", retry_after_s: 7 });
    if (trouble === "too_large") return this.problem(413, { code: "TOO_LARGE" });
    if (this.revoked) return this.problem(403, { code: "DEVICE_REVOKED", mode: "lock" });
    const body = JSON.parse(gunzipSync(Buffer.from(init?.body as Uint8Array)).toString()) as { epoch: string };
    if (body.epoch !== this.epoch)
      return this.problem(409, { code: "EPOCH_CHANGED", epoch: this.epoch, fork_seq: this.head });
    const answer = String(input).endsWith("push") ? this.push(body as never) : this.pull(body as never);
    if (trouble === "lose_answer") throw new TypeError("network lost");
    return answer;
  };

  /** A record that somebody else wrote. */
  put(row: Omit<Row, "seq">): void {
    this.rows.set(row.doc, { ...row, seq: ++this.head } as Row);
  }

  private push(body: { first_n: number; changes: Change[] }): Response {
    this.pushed.push(body.changes.length);
    const next = this.decided.size + 1;
    if (body.first_n > next) return this.problem(409, { code: "SEQ_GAP", expected_n: next });
    const results = body.changes.map((change) => this.decide(change));
    return this.ok({ results, next_n: this.decided.size + 1 });
  }

  private decide(change: Change): Receipt {
    const raw = JSON.stringify(change);
    const known = this.decided.get(change.n);
    if (known) {
      if (known.raw !== raw) throw new Error(`other bytes for ${change.n}`);
      return known.receipt;
    }
    const outcome = this.outcome(change);
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
    if (outcome === "applied" && change.kind === "create") this.rows.set(change.doc, rowOf(change, seq));
    return receipt;
  }

  private pull(body: PullRequest): Response {
    const held = new Set([...this.rows.values()].map((row) => row.b));
    const since = Object.fromEntries([...held].map((bucket) => [bucket, body.since[bucket] ?? 0]));
    const waiting = [...this.rows.values()]
      .filter((row) => row.seq > (since[row.b] ?? 0))
      .sort((a, b) => a.seq - b.seq);
    const rows = waiting.slice(0, this.batch);
    const more = waiting.length > rows.length;
    const next = Object.fromEntries(
      [...held].map((bucket) => {
        const last = rows.filter((row) => row.b === bucket).at(-1)?.seq ?? since[bucket] ?? 0;
        return [bucket, more ? last : this.head];
      }),
    );
    const receipts = (body.open ?? []).flatMap((n) => this.decided.get(n)?.receipt ?? []);
    const drop = this.dropped.filter((b) => b in body.since).map((b) => ({ b, why: "reassigned" as const }));
    const grant = [...held].filter((bucket) => !(bucket in body.since));
    for (const { b } of drop) delete next[b];
    const kept = rows.filter((row) => !this.dropped.includes(row.b));
    return this.ok({
      head: this.head,
      rows: kept,
      next,
      grant,
      drop,
      reset: [],
      receipts,
      remaining: waiting.length - rows.length,
      more,
      next_n: this.decided.size + 1,
    });
  }

  private ok(body: object): Response {
    const whole = { epoch: this.epoch, safe_seq: this.safeSeq, server_time: NOW, ...body };
    return this.json(200, whole);
  }

  private problem(status: number, body: object): Response {
    return this.json(status, body);
  }

  private json(status: number, body: object): Response {
    this.expected = `nonce-${++this.nonce}`;
    const headers = { "Content-Type": "application/json", "Alongside-Nonce": this.expected };
    return new Response(JSON.stringify(body), { status, headers });
  }
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
