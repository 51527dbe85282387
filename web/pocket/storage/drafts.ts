/**
 * Unfinished notes. Each autosave replaces the whole draft, encrypted, in a strict write. Now and then a draft is
 * also captured as a change in its author's own bucket, so that a lost phone does not take it along.
 */

import type { Draft } from "../pages/page";
import { close, label, open } from "../vault/box";
import type { Database } from "./database";
import type { DraftRow } from "./rows";

/** `officeAt`: the draft's `updatedAt` when it was last captured for the office; null: never. */
export interface KeptDraft {
  readonly draft: Draft;
  readonly officeAt: number | null;
}

const draftLabel = (id: string): string => label("drafts", "draft", id);

export async function draftRow(key: CryptoKey, kept: KeptDraft): Promise<DraftRow> {
  const { id } = kept.draft;
  return { id, box: await close(key, draftLabel(id), JSON.stringify(kept)) };
}

export interface Drafts {
  all(): Promise<KeptDraft[]>;
  get(id: string): Promise<KeptDraft | null>;
  keep(kept: KeptDraft): Promise<void>;
  drop(id: string): Promise<void>;
}

export function drafts(database: Database, key: CryptoKey): Drafts {
  const openRow = async (row: DraftRow): Promise<KeptDraft> =>
    JSON.parse(await open(key, draftLabel(row.id), row.box)) as KeptDraft;

  let known: Promise<Map<string, KeptDraft>> | null = null;
  let knownAt = 0;

  const all = (): Promise<Map<string, KeptDraft>> => {
    const now = database.written("drafts");
    if (known && knownAt === now) return known;
    knownAt = now;
    known = database
      .read(["drafts"], (transaction) => transaction.objectStore("drafts").getAll())
      .then((rows) => Promise.all(rows.map(openRow)))
      .then((kept) => new Map(kept.map((each) => [each.draft.id, each])));
    known.catch(() => {
      known = null;
    });
    return known;
  };

  return {
    all: async () => [...(await all()).values()],
    get: async (id) => (await all()).get(id) ?? null,
    async keep(kept) {
      const row = await draftRow(key, kept);
      const [before, beforeAt] = [known, knownAt];
      const map = await before?.catch(() => null);
      await database.write(["drafts"], "strict", (transaction) => {
        const putting = transaction.objectStore("drafts").put(row);
        transaction.last();
        return putting;
      });
      // Where nobody else has written meanwhile, what is known stays known, with this draft as it now stands there.
      if (!map || known !== before || knownAt !== beforeAt || database.written("drafts") !== beforeAt + 1) return;
      map.set(row.id, kept);
      knownAt++;
    },
    async drop(id) {
      await database.write(["drafts"], "strict", (transaction) => transaction.objectStore("drafts").delete(id));
    },
  };
}
