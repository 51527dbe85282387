/**
 * Photos and scans on their way to the office, piece by piece, after the notes. The office says how much it has; whatever
 * was cut off goes on from there. No key is needed: what is sent is sealed, and only its note can open it.
 */

import { base64url } from "../bytes";
import { type AttachmentAnswer, type AttachmentRequest, isAttachmentAnswer } from "../generated/schema";
import { allAttachments, keepStanding, sealedBytes } from "../storage/attachments";
import type { Database } from "../storage/database";
import type { AttachmentRow } from "../storage/rows";
import type { Signer, Transport } from "./transport";

export const ATTACHMENT_PATH = "/sync/v1/attachment";

/** One request; null ends the sending, "again" repeats it. */
export type Send = (said: AttachmentRequest) => Promise<AttachmentAnswer | "again" | null>;

/** Twice thrown away by the office: then the bytes on this phone are damaged, and sending them again is no use. */
const BEGINNINGS_LIMIT = 2;
const PIECE_BYTES = 64 * 1024;

/**
 * Sends what is missing of a device's photos and scans. `isAsking`: also asks for those that should be there already.
 * How many are not whole at the office, or in none of its backups yet; null when an answer was missing.
 */
async function sendAttachments(
  database: Database,
  device: string,
  pieceBytes: () => number,
  send: Send,
  isAsking = false,
): Promise<number | null> {
  let left = 0;
  for (const row of await allAttachments(database)) {
    if (row.device !== device || (row.seq > 0 && !isAsking)) continue;
    const isThere = await sendOne(database, row, pieceBytes, send);
    if (isThere === null) return null;
    if (!isThere) left++;
  }
  return left;
}

/** This phone's own. What an office of another lineage says is not kept: the next round learns of it first. */
export async function exchangeAttachments(
  database: Database,
  { device, epoch }: { readonly device: string; readonly epoch: string },
  pieceBytes: () => number,
  send: Send,
): Promise<void> {
  await sendAttachments(database, device, pieceBytes, async (said) => {
    const answer = await send(said);
    return answer === null || answer === "again" || answer.epoch === epoch ? answer : null;
  });
}

/** Of a device that is locked, or was set up again: how many the office has not got safely. */
export async function deliverAttachments(
  database: Database,
  office: Transport,
  signer: Signer | null,
  { device, deposit }: { readonly device: string; readonly deposit: string },
): Promise<number> {
  const headers = { "Alongside-Device": device, "Alongside-Deposit": deposit };
  const send: Send = async (said) => {
    const text = JSON.stringify(said);
    const answer = await office.postUnsigned(ATTACHMENT_PATH, text, isAttachmentAnswer, headers);
    if (answer.is === "answer") return answer.body;
    if (answer.is === "nothing" || answer.problem.code !== "NOT_SIGNED" || !signer) return null;
    // An office that does not know that device any more takes it as the work of this one.
    const own = JSON.stringify({ ...said, device: signer.device });
    const second = await office.post(ATTACHMENT_PATH, own, isAttachmentAnswer, signer);
    return second.is === "answer" ? second.body : null;
  };
  // Without an answer nobody knows; one at least is not there.
  return (await sendAttachments(database, device, () => PIECE_BYTES, send, true)) ?? 1;
}

async function sendOne(
  database: Database,
  row: AttachmentRow,
  pieceBytes: () => number,
  send: Send,
): Promise<boolean | null> {
  const bytes = (await sealedBytes(database, row.id)) ?? new Uint8Array(0);
  let have = row.seq > 0 ? row.size : row.have;
  for (let beginnings = 0; beginnings < BEGINNINGS_LIMIT; ) {
    const piece = bytes.slice(have, have + pieceBytes());
    const said = { v: 1, device: row.device, id: row.id, size: row.size, offset: have, data: base64url(piece) };
    const answer = await send(said);
    if (answer === null) return null;
    if (answer === "again") continue;
    await keepStanding(database, row.id, { have: answer.have, seq: answer.seq, at: answer.server_time });
    // Above what is in a backup it is there, and may still be lost with the office's computer.
    if (answer.seq > 0) return answer.safe_seq === 0 || answer.seq <= answer.safe_seq;
    if (answer.have <= have) beginnings++;
    have = answer.have;
  }
  return false;
}
