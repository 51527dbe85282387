/**
 * The directory of resources, open in memory while the vault is: a search must not decrypt thousands of rows.
 *
 * While no record was written it is as it was. After that the bucket's cursor and the number of rows, which takes its
 * time to count, say whether anything of it has come. Rows that are known at the same seq are not opened again.
 */

import type { Body, ResourceFields } from "../generated/schema";
import type { Resource } from "../pages/page";
import { open } from "../vault/box";
import type { Database } from "./database";
import { knownFacts } from "./meta";
import { recordLabel } from "./records";
import { remembering } from "./remembered";
import type { RecordRow } from "./rows";

const KIND = "resource";
const BUCKET = "directory";
const range = (): IDBKeyRange => IDBKeyRange.bound([KIND, -Infinity, ""], [KIND, Infinity, "\uffff"]);

interface Known {
  readonly seq: number;
  readonly resource: Resource | null;
}

export function directory(database: Database, key: CryptoKey): () => Promise<readonly Resource[]> {
  let known = new Map<string, Known>();
  let mark = "";
  const remembered = remembering(database, "records");
  let list: Promise<readonly Resource[]> = Promise.resolve([]);

  const openRow = async (row: RecordRow): Promise<readonly [string, Known]> => {
    const before = known.get(row.doc);
    if (before?.seq === row.seq) return [row.doc, before];
    const { set, state } = JSON.parse(await open(key, recordLabel(row.kind, row.doc), row.box)) as Body;
    const resource = state === "void" ? null : { doc: row.doc, fields: set as unknown as ResourceFields };
    return [row.doc, { seq: row.seq, resource }];
  };

  const read = async (): Promise<readonly Resource[]> => {
    const rows = await database.read(["records"], (transaction) =>
      transaction.objectStore("records").index("kind").getAll(range()),
    );
    known = new Map(await Promise.all(rows.map(openRow)));
    return [...known.values()].flatMap(({ resource }) => resource ?? []);
  };

  const look = async (): Promise<readonly Resource[]> => {
    const [{ cursors }, count] = await Promise.all([
      knownFacts(database, "cursors"),
      database.read(["records"], (transaction) => transaction.objectStore("records").index("kind").count(range())),
    ]);
    const now = `${cursors?.[BUCKET] ?? 0} ${count}`;
    if (now === mark) return list;
    mark = now;
    list = read();
    // Whoever asked hears of the failure; the next one reads anew.
    list.catch(() => {
      mark = "";
    });
    return list;
  };
  return () => remembered("all", look);
}
