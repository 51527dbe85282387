/**
 * Delivering sealed work: of this phone when it is locked for good, and of whoever had it before. No key is needed, only
 * the device's deposit token. What the office has is asked once more in full before anything is forgotten here, since an
 * office that was restored meanwhile may have lost it.
 */

import type { Clock } from "../clock";
import { type EmergencyFile, isSalvageAnswer, type SalvageAnswer } from "../generated/schema";
import { allAttachments } from "../storage/attachments";
import type { Database } from "../storage/database";
import { forgetDelivered, sealedWork, wipe } from "../storage/fresh";
import { type Delivery, facts, keepFact } from "../storage/meta";
import type { SalvageRow } from "../storage/rows";
import { deliverAttachments } from "./attachments";
import { type Kick, pace } from "./pace";
import type { Signer, Transport } from "./transport";

const ITEMS_LIMIT = 200;
const LIMIT_BYTES = 900_000;
const PATH = "/sync/v1/salvage";
/** What waits for a supervisor, or for a backup, is asked for now and then. */
const REST_MS = 10 * 60_000;

/** Whose work it is, and how it is proved. */
type Source = Pick<SalvageRow, "device" | "deposit" | "publicKey">;

/** Delivers whenever it is worth a try; one at a time. */
export function courier(
  database: Database,
  office: Transport,
  clock: Clock,
  dice: () => number,
): (signer: Signer | null, kick: Kick) => Promise<void> {
  const rhythm = pace(clock, dice);
  let running: Promise<void> | null = null;
  const once = async (signer: Signer | null): Promise<void> => {
    const isAnswered = await deliver(database, office, signer).catch(() => false);
    rhythm.ended(!isAnswered, isAnswered ? REST_MS : 0);
  };
  return async (signer, kick) => {
    if (!running && rhythm.restLeftMs(kick, undefined) > 0) return;
    running ??= once(signer).finally(() => {
      running = null;
    });
    return running;
  };
}

/**
 * One look at everything that has to be delivered. `signer`: an active phone in the same hands, for work of a device
 * that the office has forgotten. True when all of it has been answered.
 */
export async function deliver(database: Database, office: Transport, signer: Signer | null): Promise<boolean> {
  const [{ device }, rows] = await Promise.all([facts(database, "device"), sealedWork(database)]);
  const own = device && device.state !== "active" ? device : null;
  const sources = new Map<string, Source>(own ? [[own.device, own]] : []);
  for (const row of await allAttachments(database))
    if (row.device !== device?.device) sources.set(row.device, { ...row, publicKey: "" });
  for (const row of rows) if (row.device !== device?.device) sources.set(row.device, row);
  let isAnswered = true;
  for (const [id, source] of sources) {
    const work = rows.filter((row) => row.device === id && row.sig).sort((a, b) => a.n - b.n);
    const unsigned = rows.filter((row) => row.device === id && !row.sig).length;
    const told = await deliverOne(database, office, id === device?.device ? null : signer, source, work, unsigned);
    isAnswered &&= told;
  }
  return isAnswered;
}

async function deliverOne(
  database: Database,
  office: Transport,
  signer: Signer | null,
  source: Source,
  work: readonly SalvageRow[],
  unsigned: number,
): Promise<boolean> {
  const { device } = source;
  const nothing: Delivery = { sentTo: 0, left: 0, kept: 0, refused: 0, isDone: false };
  const send = async (from: Delivery): Promise<Delivery | null> => {
    let delivery = from;
    // What one cannot deliver must not hold up the others: its words go, and it is not done.
    const missing = await deliverAttachments(database, office, signer, source);
    let rest = work.filter(({ n }) => n > from.sentTo);
    do {
      const batch = cut(rest);
      rest = rest.slice(batch.length);
      const left = rest.length + unsigned + missing;
      const answer = await ask(database, office, signer, source, batch, left);
      if (!answer) return null;
      // A restore lies between: what was delivered before it may be gone. The next look begins anew.
      if (delivery.epoch !== undefined && delivery.epoch !== answer.epoch) {
        await keepDelivery(database, device, { ...nothing, left: work.length + unsigned + missing });
        return nothing;
      }
      const count = (what: string) => answer.results.filter(({ outcome }) => outcome === what).length;
      delivery = {
        sentTo: batch.at(-1)?.n ?? delivery.sentTo,
        left,
        kept: delivery.kept + count("kept"),
        refused: delivery.refused + count("refused"),
        isDone: answer.is_wipe_due && left === 0 && delivery.refused + count("refused") === 0,
        epoch: answer.epoch ?? "",
      };
      await keepDelivery(database, device, { ...delivery, isDone: false });
    } while (rest.length > 0);
    return delivery;
  };
  const before = (await facts(database, "salvage")).salvage?.[device] ?? nothing;
  let now = await send(before);
  if (now?.isDone && before.sentTo > 0) now = await send(nothing);
  if (now?.isDone) {
    await keepDelivery(database, device, now);
    await forgetDelivered(database, device);
  }
  return now !== null;
}

async function ask(
  database: Database,
  office: Transport,
  signer: Signer | null,
  { device, deposit, publicKey }: Source,
  batch: readonly SalvageRow[],
  left: number,
): Promise<SalvageAnswer | null> {
  const items = batch.map(({ n, sealed, sig }) => ({ n, sealed, sig }));
  const said = { v: 1, device, items, ...(left > 0 && { left }) };
  const headers = { "Alongside-Device": device, "Alongside-Deposit": deposit };
  const answer = await office.postUnsigned(PATH, JSON.stringify(said), isSalvageAnswer, headers);
  if (answer.is === "answer") return answer.body;
  if (answer.is === "nothing") return null;
  const { code, mode } = answer.problem;
  if (code === "DEVICE_REVOKED" && mode === "wipe_now" && !signer) await wipe(database, true);
  if (code !== "NOT_SIGNED" || !signer) return null;
  const known = { ...said, ...(publicKey && { public_key: publicKey }) };
  const second = await office.post(PATH, JSON.stringify(known), isSalvageAnswer, signer);
  return second.is === "answer" ? second.body : null;
}

/** The first items that fit into one request, at least one if there is any. */
function cut(rows: readonly SalvageRow[]): SalvageRow[] {
  let bytes = 0;
  const end = rows.findIndex(({ sealed }, at) => {
    bytes += sealed.ct.length + 400;
    return at > 0 && (at >= ITEMS_LIMIT || bytes > LIMIT_BYTES);
  });
  return rows.slice(0, end < 0 ? rows.length : end);
}

async function keepDelivery(database: Database, device: string, delivery: Delivery): Promise<void> {
  const { salvage = {} } = await facts(database, "salvage");
  await keepFact(database, "salvage", { ...salvage, [device]: delivery });
}

/** A device's sealed work as a file that a supervisor can bring in; null when there is none. */
export function emergencyFile(work: readonly SalvageRow[], device: string, madeAt: number): EmergencyFile | null {
  const own = work.filter((row) => row.device === device && row.sig && row.publicKey).sort((a, b) => a.n - b.n);
  const [first] = own;
  if (!first) return null;
  const items = own.map(({ n, sealed, sig }) => ({ n, sealed, sig }));
  return { v: 1, device, public_key: first.publicKey, made_at: madeAt, items };
}
