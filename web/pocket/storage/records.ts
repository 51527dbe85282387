/** The office's snapshot on this phone: rows by id, by bucket, by kind, newest service first. */

import type { Body } from "../generated/schema";
import { type Box, close, label, open } from "../vault/box";
import type { Database } from "./database";
import type { Snapshot } from "./overlay";
import { remembering } from "./remembered";
import type { RecordRow } from "./rows";

const CACHE_LIMIT = 3000;
const DAY_MS = 86_400_000;
const LAST = "\uffff";

/** Place in a list, newest first: day and id of the last row shown. */
export interface Mark {
  readonly day: number;
  readonly doc: string;
}

export interface Records {
  get(doc: string): Promise<Snapshot | null>;
  ofKind(kind: string): Promise<Snapshot[]>;
  newest(kind: string, limit: number): Promise<Snapshot[]>;
  newestIn(
    bucket: string,
    kind: string,
    limit: number,
    before: Mark | null,
  ): Promise<{ found: Snapshot[]; next: Mark | null }>;
  countIn(bucket: string, kind: string): Promise<number>;
  /** The newest record of each bucket and how many there are, in one transaction. */
  summary(
    buckets: readonly string[],
    kind: string,
  ): Promise<{ newest: Snapshot[]; counts: ReadonlyMap<string, number> }>;
}

export const recordLabel = (kind: string, doc: string): string => label("records", kind, doc);

/** Day of service of a record, the only thing about its content that an index may know. */
export function dayOf(kind: string, body: Body): number {
  const startedAt = (body.set as { started_at?: unknown }).started_at;
  return kind === "note" && typeof startedAt === "number" ? Math.floor(startedAt / DAY_MS) : 0;
}

export async function closeRecord(key: CryptoKey, kind: string, doc: string, body: Body): Promise<Box> {
  return close(key, recordLabel(kind, doc), JSON.stringify(body));
}

export function records(database: Database, key: CryptoKey): Records {
  const opened = new Map<string, Snapshot>();
  const remembered = remembering(database, "records");

  const openRow = async (row: RecordRow): Promise<Snapshot> => {
    const known = opened.get(row.doc);
    if (known?.seq === row.seq) return known;
    const { set, ...body } = JSON.parse(await open(key, recordLabel(row.kind, row.doc), row.box)) as Body;
    const { doc, kind: type, bucket, seq } = row;
    const snapshot = { doc, type, bucket, seq, fields: set as Record<string, unknown>, body };
    if (opened.size >= CACHE_LIMIT) opened.clear();
    opened.set(doc, snapshot);
    return snapshot;
  };
  const openAll = (rows: readonly RecordRow[]): Promise<Snapshot[]> => Promise.all(rows.map(openRow));

  const readOne = async (doc: string): Promise<Snapshot | null> => {
    const row = await database.read(["records"], (transaction) => transaction.objectStore("records").get(doc));
    return row ? openRow(row) : null;
  };
  const readKind = async (kind: string): Promise<Snapshot[]> =>
    openAll(
      await database.read(["records"], (transaction) =>
        transaction
          .objectStore("records")
          .index("kind")
          .getAll(IDBKeyRange.bound([kind, -Infinity, ""], [kind, Infinity, LAST])),
      ),
    );
  const readNewest = async (kind: string, limit: number): Promise<Snapshot[]> => {
    const range = IDBKeyRange.bound([kind, -Infinity, ""], [kind, Infinity, LAST]);
    return openAll(
      await database.read(["records"], async (transaction) => {
        const rows: RecordRow[] = [];
        const step = (row: RecordRow) => rows.push(row) < limit;
        if (limit > 0) await transaction.objectStore("records").index("kind").walk(step, range, "prev");
        return rows;
      }),
    );
  };
  const readNewestIn: Records["newestIn"] = async (bucket, kind, limit, before) => {
    const upper = before ? [bucket, kind, before.day, before.doc] : [bucket, kind, Infinity, LAST];
    const range = IDBKeyRange.bound([bucket, kind, -Infinity, ""], upper, false, true);
    const rows = await database.read(["records"], async (transaction) => {
      const found: RecordRow[] = [];
      const step = (row: RecordRow) => found.push(row) <= limit;
      await transaction.objectStore("records").index("place").walk(step, range, "prev");
      return found;
    });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return { found: await openAll(shown), next: last ? { day: last.day, doc: last.doc } : null };
  };
  const readSummary: Records["summary"] = async (buckets, kind) => {
    const found = await database.read(["records"], (transaction) => {
      const index = transaction.objectStore("records").index("place");
      return Promise.all(
        buckets.map(async (bucket) => {
          const range = IDBKeyRange.bound([bucket, kind, -Infinity, ""], [bucket, kind, Infinity, LAST]);
          const last: RecordRow[] = [];
          const step = (row: RecordRow) => last.push(row) < 1;
          const [count] = await Promise.all([index.count(range), index.walk(step, range, "prev")]);
          return { bucket, count, row: last[0] };
        }),
      );
    });
    const newest = await openAll(found.flatMap(({ row }) => row ?? []));
    return { newest, counts: new Map(found.map(({ bucket, count }) => [bucket, count])) };
  };
  const readCount = (bucket: string, kind: string): Promise<number> => {
    const range = IDBKeyRange.bound([bucket, kind, -Infinity, ""], [bucket, kind, Infinity, LAST]);
    return database.read(["records"], (transaction) => transaction.objectStore("records").index("place").count(range));
  };

  return {
    get: (doc) => remembered(doc, () => readOne(doc)),
    ofKind: (kind) => remembered(`all ${kind}`, () => readKind(kind)),
    newest: (kind, limit) => remembered(`newest ${kind} ${limit}`, () => readNewest(kind, limit)),
    newestIn(bucket, kind, limit, before) {
      const question = `in ${bucket} ${kind} ${limit} ${before?.day} ${before?.doc}`;
      return remembered(question, () => readNewestIn(bucket, kind, limit, before));
    },
    countIn: (bucket, kind) => remembered(`count ${bucket} ${kind}`, () => readCount(bucket, kind)),
    summary: (buckets, kind) => remembered(`summary ${kind} ${buckets}`, () => readSummary(buckets, kind)),
  };
}
