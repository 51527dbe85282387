/**
 * Photos and scans on this phone: sealed under a key of their own, which stands only in the note (or draft) that names
 * them, and named by the SHA-256 of the sealed bytes. Kept until the office has them in a verified backup.
 */

import { type Bytes, base64url, concat, fromBase64url, hex, random, sha256, utf8 } from "../bytes";
import { ATTACHMENT_LIMIT_BYTES, type Attachment } from "../generated/schema";
import type { Attachments } from "../pages/page";
import { isClear } from "../vault/box";
import type { Database, Writing } from "./database";
import type { DeviceFacts } from "./meta";
import { remembered } from "./remembered";
import type { AttachmentRow } from "./rows";

/** What a picked file becomes; null for what is neither a picture nor a PDF. */
export type Paper = (file: Blob) => Promise<{ content: Bytes; media: Attachment["media"] } | null>;

const LABEL = utf8("alongside-attachment-v1");
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const BOTH = ["attachments", "papers"] as const;
const DAY_MS = 86_400_000;
/** Without any backup: as long as own work (replication/apply.ts). */
const KEEP_DAYS = 14;

const importKey = (raw: Bytes, use: KeyUsage) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, [use]);
const gcm = (iv: Bytes) => ({ name: "AES-GCM", iv, additionalData: LABEL });

export function attachments(database: Database, device: DeviceFacts, paper: Paper): Attachments {
  return {
    async keep(file) {
      const found = await paper(file).catch(() => null);
      if (!found) return "unreadable";
      if (found.content.length + IV_BYTES + TAG_BYTES > ATTACHMENT_LIMIT_BYTES) return "too_large";
      const raw = random(KEY_BYTES);
      const bytes = await close(raw, found.content);
      const id = hex(await sha256(bytes));
      const { device: own, deposit } = device;
      const row = { id, device: own, deposit, size: bytes.length, have: 0, seq: 0, at: 0 };
      await database.write(BOTH, "strict", async (transaction) => {
        await Promise.all([
          transaction.objectStore("attachments").put(row),
          transaction.objectStore("papers").put(bytes, id),
        ]);
      });
      return { id, key: base64url(raw), size: bytes.length, media: found.media };
    },
    async read({ id, key }) {
      const bytes = await sealedBytes(database, id);
      // One that its note's key does not open is not the one the note names.
      return bytes ? open(fromBase64url(key), bytes).catch(() => null) : null;
    },
    async standing(ids) {
      const rows = await database.read(["attachments"], (transaction) =>
        Promise.all(ids.map((id) => transaction.objectStore("attachments").get(id))),
      );
      return new Map(rows.flatMap((row) => (row ? [[row.id, row.seq > 0 ? "office" : "phone"] as const] : [])));
    },
    async drop(id) {
      await database.write(BOTH, "strict", (transaction) => dropAttachments(transaction, (row) => row.id === id));
    },
  };
}

async function close(raw: Bytes, content: Bytes): Promise<Bytes> {
  const iv = random(IV_BYTES);
  if (isClear) return concat(iv, content, new Uint8Array(TAG_BYTES));
  const ct = await crypto.subtle.encrypt(gcm(iv), await importKey(raw, "encrypt"), content);
  return concat(iv, new Uint8Array(ct));
}

async function open(raw: Bytes, bytes: Bytes): Promise<Bytes> {
  if (isClear) return bytes.slice(IV_BYTES, -TAG_BYTES);
  const key = await importKey(raw, "decrypt");
  return new Uint8Array(await crypto.subtle.decrypt(gcm(bytes.slice(0, IV_BYTES)), key, bytes.slice(IV_BYTES)));
}

export const allAttachments = (database: Database): Promise<AttachmentRow[]> =>
  database.read(["attachments"], (transaction) => transaction.objectStore("attachments").getAll());

/** The same, where it may have been read before. */
export const knownAttachments = (database: Database): Promise<AttachmentRow[]> =>
  remembered(database, "attachments")("all", () => allAttachments(database));

export const sealedBytes = (database: Database, id: string): Promise<Bytes | undefined> =>
  database.read(["papers"], (transaction) => transaction.objectStore("papers").get(id));

/** How far the office says it is with one. A row that has gone meanwhile stays gone. */
export async function keepStanding(
  database: Database,
  id: string,
  known: Pick<AttachmentRow, "have" | "seq" | "at">,
): Promise<void> {
  await database.write(["attachments"], "relaxed", async (transaction) => {
    const store = transaction.objectStore("attachments");
    const row = await store.get(id);
    if (row) await store.put({ ...row, ...known });
  });
}

/** The office has lost what lies above `seq`: it is asked again. Of what was under way nobody knows. */
export async function unsend(transaction: Writing, seq: number): Promise<void> {
  await transaction.objectStore("attachments").walk((row, cursor) => {
    if (row.seq > seq || row.seq === 0) cursor.update({ ...row, have: 0, seq: 0, at: 0 });
  });
}

export async function dropAttachments(transaction: Writing, isOver: (row: AttachmentRow) => boolean): Promise<void> {
  const over: string[] = [];
  await transaction.objectStore("attachments").walk((row, cursor) => {
    if (!isOver(row)) return;
    over.push(row.id);
    cursor.delete();
  });
  await Promise.all(over.map((id) => transaction.objectStore("papers").delete(id)));
}

/** What is safe leaves this phone, but for what an open draft still shows. */
export async function releaseAttachments(
  database: Database,
  device: string,
  { safeSeq, now, named }: { safeSeq: number; now: number; named: ReadonlySet<string> },
): Promise<void> {
  const isSafe = ({ seq, at }: AttachmentRow) => (safeSeq > 0 ? seq <= safeSeq : at < now - KEEP_DAYS * DAY_MS);
  const isOver = (row: AttachmentRow) => row.device === device && row.seq > 0 && isSafe(row) && !named.has(row.id);
  if (!(await allAttachments(database)).some(isOver)) return;
  await database.write(BOTH, "relaxed", (transaction) => dropAttachments(transaction, isOver));
}
