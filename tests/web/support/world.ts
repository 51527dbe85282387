/**
 * A phone and an office in a world of trouble, and what must hold in it. The phone is the real code over an in-memory
 * IndexedDB; the office is tests/web/support/office.ts. Workers are killed at the borders of their transactions, the disk
 * is full, its connection is lost; the numbers are those of the invariants in ARCHITECTURE.md.
 */

import { differing } from "../../../web/pocket/replication/digest";
import type { Exchange } from "../../../web/pocket/replication/exchange";
import { deliver } from "../../../web/pocket/replication/salvage";
import { transport } from "../../../web/pocket/replication/transport";
import { type Database, database } from "../../../web/pocket/storage/database";
import { type PocketMemory, pocketMemory } from "../../../web/pocket/storage/memory";
import { facts } from "../../../web/pocket/storage/meta";
import { type Entry, openEntry } from "../../../web/pocket/storage/outbox";
import { unlocked } from "../../../web/pocket/storage/unlocked";
import { exchangeOf } from "./exchange";
import { Office, rowOf, type Trouble } from "./office";
import { BUCKET, enrolledPhone, id, NOW, newNote, noteFields, SPECIALIST, type TestPhone } from "./phone";

export const ELSEWHERE = "p:0190a000-0000-7000-8000-00000000b002";

/** What an exchange meets beside its troubles of the line. `at`: which transaction, or which put. */
export interface Harm {
  readonly what: "nothing" | "kill_before" | "kill_after" | "quota" | "lost";
  readonly at: number;
}

class Killed extends Error {}

export class Violation extends Error {
  constructor(number: number, what: string) {
    super(`invariant ${number}: ${what}`);
  }
}

interface Worker {
  readonly store: Database;
  readonly memory: PocketMemory;
  readonly exchange: Exchange;
}

/** A database whose worker dies at a border of a transaction: before it begins, or when it is complete. */
function mortal(store: Database, harm: Harm, life: { isOver: boolean }): Database {
  let writes = 0;
  const alive = (): void => {
    if (life.isOver) throw new Killed();
  };
  const strike = (when: Harm["what"]): void => {
    if (harm.what === when && writes === harm.at) life.isOver = true;
    alive();
  };
  return {
    ...store,
    async read(stores, work) {
      alive();
      return store.read(stores, work);
    },
    async write(stores, durability, work) {
      alive();
      writes++;
      strike("kill_before");
      const result = await store.write(stores, durability, work);
      strike("kill_after");
      return result;
    },
  };
}

export class World {
  readonly office = new Office();
  readonly clock = { wall: () => this.wall, read: () => ({ wall: this.wall, mono: this.mono, boot: "b" }) };
  wall = NOW;
  mono = 0;
  /** What was saved, by n; and the words each note must show. */
  readonly saved = new Map<number, string>();
  readonly words = new Map<string, string>();
  private readonly signed = new Set<string>();
  private readonly receipts = new Map<number, string>();
  private seqs = new Map<string, number>();
  private epoch = this.office.epoch;
  private safe = this.office.backup();
  private forks = 0;
  private made = 0;
  private worker!: Worker;

  private constructor(private readonly phone: TestPhone) {}

  static async begin(): Promise<World> {
    const world = new World(await enrolledPhone());
    await world.wake({ what: "nothing", at: 0 });
    return world;
  }

  /** A new worker over the same disk. */
  private async wake(harm: Harm, life = { isOver: false }): Promise<Worker> {
    const store = mortal(database(this.phone.name), harm, life);
    const author = await unlocked(database(this.phone.name), this.phone.key);
    if (!author) throw new Error("this phone does not open");
    const memory = pocketMemory(store, author, this.clock, () => undefined);
    const send: typeof fetch = async (input, init) => {
      if (life.isOver) throw new Killed();
      this.mono += 10;
      const answer = await this.office.fetch(input, init);
      if (life.isOver) throw new Killed();
      return answer;
    };
    const line = transport(send);
    this.worker = { store, memory, exchange: exchangeOf({ store, author, memory, clock: this.clock }, line) };
    return this.worker;
  }

  async restart(): Promise<void> {
    await this.wake({ what: "nothing", at: 0 });
  }

  /** A note; or other words for an older one; or a note with its signature, which are one bundle. */
  async write(kind: "note" | "words" | "signed", pick: number, harm: Harm): Promise<void> {
    const text = `words ${++this.made}`;
    const open = [...this.words.keys()].filter((doc) => !this.signed.has(doc));
    const old = kind === "words" ? open[pick % Math.max(1, open.length)] : undefined;
    const doc = old ?? id(1000 + this.made);
    const sign = { kind: "sign", type: "note", doc, bucket: BUCKET, content_hash: "0".repeat(64) } as const;
    const patch = { kind: "patch", type: "note", doc, bucket: BUCKET, set: { answers: { did: text } } } as const;
    const changes = old ? [patch] : kind === "signed" ? [newNote(doc, text), sign] : [newNote(doc, text)];
    const { memory } = await this.wake(harm);
    const isSaved = await this.harmed(harm, () => memory.capture(changes));
    await this.restart();
    const there = (await this.entries()).some((entry) => entry.text.includes(`"${text}"`));
    if (isSaved && !there) throw new Violation(1, `"${text}" was saved and is not there`);
    if (!there) return;
    this.words.set(doc, text);
    if (kind === "signed" && !old) this.signed.add(doc);
    for (const entry of await this.entries()) this.saved.set(entry.n, entry.text);
  }

  async exchange(troubles: readonly Trouble[], harm: Harm, isTwice: boolean): Promise<void> {
    this.office.troubles.splice(0, Infinity, ...troubles);
    const one = await this.wake(harm);
    const other = isTwice ? await this.wake({ what: "nothing", at: 0 }) : one;
    await this.harmed(harm, async () => {
      const both = [one.exchange.run("asked"), other === one ? "" : other.exchange.run("asked")];
      const failed = (await Promise.allSettled(both)).find((each) => each.status === "rejected");
      if (failed) throw failed.reason;
    });
    this.office.troubles.length = 0;
    await this.restart();
    await this.keepDrafts();
  }

  /** Drafts that were offered to the office are changes too. */
  private async keepDrafts(): Promise<void> {
    for (const entry of await this.entries()) if (!this.saved.has(entry.n)) this.saved.set(entry.n, entry.text);
  }

  async draft(): Promise<void> {
    const content = { did: [`draft ${++this.made}`] };
    await this.worker.memory.saveDraft({ id: id(1), form: "f", content, startedAt: NOW, updatedAt: this.wall });
  }

  others(what: "put" | "take", pick: number): void {
    const doc = id(2000 + (pick % 4));
    const author = { author: SPECIALIST, captured: { wall: NOW }, set: noteFields(`theirs ${++this.made}`) };
    if (what === "take") this.office.take(doc);
    else this.office.put(rowOf({ bucket: pick % 2 ? BUCKET : ELSEWHERE, doc, type: "note", ...author }, 0));
  }

  /** What is gone has been swept away: who did not hear of it begins the bucket anew. */
  sweep(bucket: string): void {
    for (const [doc, row] of this.office.gone) if (row.b === bucket) this.office.gone.delete(doc);
    this.office.resets.add(bucket);
  }

  backup(): void {
    this.safe = this.office.backup();
    this.office.safeSeq = this.office.head;
  }

  /** Only to a verified backup: what was said to be safe is in it. */
  restore(): void {
    if (this.office.safeSeq === 0) return;
    const fork = this.safe.head;
    this.office.restore(this.safe, id(3000 + ++this.forks));
    for (const [n, receipt] of this.receipts)
      if ((JSON.parse(receipt) as { seq: number }).seq > fork) this.receipts.delete(n);
  }

  /** Runs work under harm; true when it ended well. */
  private async harmed(harm: Harm, work: () => Promise<unknown>): Promise<boolean> {
    const { put, add } = IDBObjectStore.prototype;
    const { update } = IDBCursor.prototype;
    const { transaction } = IDBDatabase.prototype;
    let puts = 0;
    let begun = 0;
    const full = (): void => {
      if (harm.what === "quota" && ++puts === harm.at) throw new DOMException("full", "QuotaExceededError");
    };
    IDBObjectStore.prototype.put = function putting(...args) {
      full();
      return put.apply(this, args);
    };
    IDBObjectStore.prototype.add = function adding(...args) {
      full();
      return add.apply(this, args);
    };
    IDBCursor.prototype.update = function updating(...args) {
      full();
      return update.apply(this, args);
    };
    IDBDatabase.prototype.transaction = function starting(...args) {
      if (harm.what === "lost" && ++begun === harm.at) throw new DOMException("connection lost", "UnknownError");
      return transaction.apply(this, args);
    };
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Killed || harm.what === "quota" || harm.what === "lost") return false;
      throw error;
    } finally {
      Object.assign(IDBObjectStore.prototype, { put, add });
      IDBCursor.prototype.update = update;
      IDBDatabase.prototype.transaction = transaction;
    }
  }

  private async entries(): Promise<Entry[]> {
    const rows = await this.worker.store.read(["outbox"], (transaction) => transaction.objectStore("outbox").getAll());
    return Promise.all(rows.map((row) => openEntry(this.phone.key, row)));
  }

  /** After every step. */
  async check(): Promise<void> {
    const entries = await this.entries();
    const { device, cursors = {}, anew = {} } = await facts(this.worker.store, "device", "cursors", "anew");
    if (device?.state !== "active") throw new Violation(7, `this phone has no twin, but is ${device?.state}`);
    this.checkWork(entries);
    this.checkReceipts(entries, device.epoch);
    await this.checkWords();
    await this.checkRows(cursors, anew, device.epoch);
  }

  private checkWork(entries: readonly Entry[]): void {
    const here = new Map(entries.map((entry) => [entry.n, entry]));
    for (const [n, text] of this.saved) {
      const there = this.office.decided.get(n)?.raw;
      if (here.get(n)?.text !== text && there !== text) throw new Violation(3, `change ${n} is nowhere`);
      if (there !== undefined && there !== text) throw new Violation(4, `change ${n} was decided with other bytes`);
      if (!here.has(n) && !this.safe.decided.has(n)) throw new Violation(22, `change ${n} left before it was safe`);
    }
    const queued = entries.findIndex((entry) => entry.state === "queued");
    if (queued >= 0 && entries.slice(queued).some((entry) => entry.state !== "queued"))
      throw new Violation(6, "a later number was decided first");
  }

  private checkReceipts(entries: readonly Entry[], epoch: string): void {
    for (const { n, receipt } of entries) {
      if (!receipt) continue;
      const { hash: _, ...known } = receipt;
      const told = JSON.stringify(known);
      const isCurrent = epoch === this.office.epoch;
      if (isCurrent && (this.receipts.get(n) ?? told) !== told) throw new Violation(5, `two receipts for ${n}`);
      if (isCurrent && JSON.stringify(this.office.decided.get(n)?.receipt) !== told)
        throw new Violation(2, `a receipt for ${n} that the office does not know`);
      if (isCurrent) this.receipts.set(n, told);
    }
  }

  /** Own words are on the screen from the moment they are saved, whatever the office is doing. */
  private async checkWords(): Promise<void> {
    for (const [doc, words] of this.words) {
      const shown = (await this.worker.memory.note(doc))?.fields.answers?.["did"];
      if (shown !== words) throw new Violation(11, `"${words}" is not on the screen, but ${shown}`);
    }
  }

  private async checkRows(cursors: Record<string, number>, anew: Record<string, number>, epoch: string): Promise<void> {
    const rows = await this.worker.store.read(["records"], (transaction) =>
      transaction.objectStore("records").getAll(),
    );
    if (epoch !== this.epoch) this.seqs = new Map();
    this.epoch = epoch;
    for (const row of rows) {
      if (!(row.bucket in cursors)) throw new Violation(14, `a row of ${row.bucket}, which is not held`);
      // Held over from before a restore, at the fork, until this turn of reading has brought the office's row.
      if (row.bucket in anew && row.round !== anew[row.bucket]) continue;
      if (row.seq < (this.seqs.get(row.doc) ?? 0)) throw new Violation(12, `${row.doc} went back to ${row.seq}`);
      this.seqs.set(row.doc, row.seq);
    }
    if (epoch !== this.office.epoch) return;
    const here = new Map(rows.map((row) => [row.doc, row]));
    const isPast = (row: { b: string; seq: number }): boolean => row.seq <= (cursors[row.b] ?? 0);
    const ahead = [...this.office.rows.values()].find((row) => isPast(row) && here.get(row.doc)?.seq !== row.seq);
    if (ahead) throw new Violation(9, `the cursor is ahead of ${ahead.doc}`);
    const gone = [...this.office.gone.values()].filter((row) => isPast(row) && !(row.b in anew));
    const left = gone.find((row) => here.get(row.doc)?.bucket === row.b);
    if (left) throw new Violation(10, `${left.doc} is still here`);
  }

  /** At rest, with a fair network: everything is decided, and both hold the same. */
  async settle(): Promise<void> {
    for (let round = 0; round < 6; round++) {
      this.mono += 400_000;
      await this.worker.exchange.run("asked");
      this.worker.memory.forget();
      await this.keepDrafts();
      await this.check();
    }
    const queued = (await this.entries()).filter((entry) => entry.state === "queued");
    if (queued.length > 0) throw new Violation(25, `${queued.length} changes are never decided`);
    for (const [n, text] of this.saved)
      if (this.office.decided.get(n)?.raw !== text) throw new Violation(22, `change ${n} is not decided again`);
    const held = Object.entries(this.office.digests()).filter(([bucket]) => !this.office.dropped.includes(bucket));
    const differ = await differing(this.worker.store, Object.fromEntries(held));
    if (differ.length > 0) throw new Violation(26, `${differ} differ from the office`);
  }

  /** Revocation, with work that was never sent: locked, delivered with no key, wiped only when it is safe. */
  async revoke(troubles: readonly Trouble[]): Promise<void> {
    this.office.revoked = true;
    await this.worker.exchange.run("asked");
    const before = await this.entries();
    const store = database(this.phone.name);
    this.office.troubles.splice(0, Infinity, ...troubles);
    for (let round = 0; round < troubles.length + 2; round++) {
      await deliver(store, transport(this.office.fetch), null);
      const { ended, device } = await facts(store, "ended", "device");
      const unsafe = before.filter(({ n, state, seq }) => {
        const kept = this.office.kept.get(n) ?? Infinity;
        return (state === "queued" || seq > this.office.safeSeq) && kept > this.office.safeSeq;
      });
      if (ended && unsafe.length > 0) throw new Violation(23, `wiped with ${unsafe.length} changes nowhere safe`);
      if (!ended && device?.state !== "revoked") throw new Violation(23, "a revoked phone is open");
      if (round === troubles.length) this.office.safeSeq = ++this.office.head;
    }
    if (!(await facts(store, "ended")).ended) throw new Violation(23, "safe, and not wiped");
    const left = await store.read(["records", "outbox", "drafts"], async (transaction) =>
      Promise.all((["records", "outbox", "drafts"] as const).map((name) => transaction.objectStore(name).count())),
    );
    if (left.some((count) => count > 0)) throw new Violation(23, "wiped, and something is left");
  }
}
