/** What stands beside a phone's memory, in plain variables: lines written while locked, and the specialist's own book. */

import { ATTACHMENT_LIMIT_BYTES, type Attachment } from "../../../web/pocket/generated/schema";
import {
  type Attachments,
  type Draft,
  type Jotting,
  type Jottings,
  NotSaved,
  type Own,
  type OwnBook,
} from "../../../web/pocket/pages/page";
import type { MapMemory } from "./memory";

const EMPTY: OwnBook = { asks: true, talk: "", days: [], debriefed: [] };

export class MapJottings implements Jottings {
  readonly kept: Jotting[] = [];
  /** Lines that do not open. */
  unreadable = 0;
  constructor(private readonly memory: MapMemory) {}

  async all() {
    return { lines: [...this.kept], unreadable: this.unreadable };
  }
  async finish(id: string, draft: Draft) {
    const isHere = this.kept.some((one) => one.id === id);
    if (isHere) await this.memory.saveDraft(draft);
    await this.drop(id);
    return isHere;
  }
  async drop(id: string) {
    this.kept.splice(0, this.kept.length, ...this.kept.filter((one) => one.id !== id));
  }
  async dropUnreadable() {
    if (this.memory.refusal) throw new NotSaved(this.memory.refusal);
    this.unreadable = 0;
  }
}

export class MapOwn implements Own {
  book = EMPTY;
  /** Set to have every write refused. */
  refusal: NotSaved["why"] | null = null;

  async read() {
    return this.book;
  }
  async change(next: (book: OwnBook) => OwnBook) {
    if (this.refusal) throw new NotSaved(this.refusal);
    this.book = next(this.book);
  }
  async forget() {
    this.book = EMPTY;
  }
}

/** Photos and scans as they were picked: no sealing, that is the storage's own test. */
export class MapAttachments implements Attachments {
  readonly kept = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly sent = new Set<string>();
  refusal: NotSaved["why"] | null = null;

  async keep(file: Blob) {
    if (this.refusal) throw new NotSaved(this.refusal);
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (bytes.length > ATTACHMENT_LIMIT_BYTES) return "too_large" as const;
    if (!(await file.text()).startsWith("%PDF-")) return "unreadable" as const;
    const id = (this.kept.size + 1).toString(16).padStart(64, "0");
    this.kept.set(id, bytes);
    return { id, key: "k".repeat(43), size: bytes.length, media: "application/pdf" as const };
  }
  async read({ id }: Attachment) {
    return this.kept.get(id) ?? null;
  }
  async standing(ids: readonly string[]) {
    const here = ids.filter((id) => this.kept.has(id));
    return new Map(here.map((id) => [id, this.sent.has(id) ? ("office" as const) : ("phone" as const)]));
  }
  async drop(id: string) {
    this.kept.delete(id);
  }
}
