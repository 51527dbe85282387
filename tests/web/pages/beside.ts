/** What stands beside a phone's memory, in plain variables: lines written while locked, and the specialist's own book. */

import {
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
