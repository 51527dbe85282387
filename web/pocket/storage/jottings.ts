/**
 * Lines written down while the phone is locked. Each is sealed to a key whose private half lies in the vault: whoever
 * holds the locked phone can add a line and read none. After unlocking each becomes a draft.
 *
 * They stand in one fact of `meta`, so that they are counted and kept in one strict transaction.
 */

import { fromBase64url } from "../bytes";
import { type Draft, type Jotting, type Jottings, NotSaved } from "../pages/page";
import { isClear } from "../vault/box";
import { type Envelope, importSealKey, seal } from "../vault/seal";
import { newSealPair, openPrivateHalf, unseal } from "../vault/unseal";
import { type Database, Undone } from "./database";
import { draftRow } from "./drafts";
import { facts, getFact, keepFact, knownFacts, putFact } from "./meta";

const KID = "jotting";
/** More than a day's worth; a locked phone in strange hands cannot fill itself up. */
export const MOST_JOTTINGS = 50;

/** The pair, made at the first unlock of a phone that has none, or whose own is damaged: what is sealed next must open. */
export async function prepareJottings(database: Database, vaultKey: CryptoKey): Promise<void> {
  const { jottingKey } = await facts(database, "jottingKey");
  const privateKey = jottingKey && (await openPrivateHalf(vaultKey, jottingKey.box).catch(() => null));
  if (!privateKey) await keepFact(database, "jottingKey", await newSealPair(vaultKey));
}

/** Whether a line can be written down here while locked, and how many wait; nothing of them can be told. */
export async function jottingState(database: Database): Promise<{ isOffered: boolean; waiting: number }> {
  const known = await facts(database, "vault", "device", "jottingKey", "jottings");
  const isOffered = Boolean(known.vault && known.jottingKey && known.device?.state === "active");
  return { isOffered, waiting: known.jottings?.length ?? 0 };
}

/** Resolves once it is durable, with the number of those that wait; the same id again replaces itself. "many": no room. */
export async function jotDown(database: Database, jotting: Jotting): Promise<number | "many"> {
  const { jottingKey } = await facts(database, "jottingKey");
  if (!jottingKey) throw new NotSaved("locked");
  const sealed = await sealedFor(jottingKey.point, JSON.stringify(jotting));
  try {
    return await database.write(["meta"], "strict", async (transaction) => {
      const others = ((await getFact(transaction, "jottings")) ?? []).filter(({ id }) => id !== jotting.id);
      if (others.length >= MOST_JOTTINGS) throw new Undone("many");
      await putFact(transaction, "jottings", [...others, { id: jotting.id, sealed }]);
      return others.length + 1;
    });
  } catch (error) {
    if (error instanceof Undone) return "many";
    throw error;
  }
}

async function sealedFor(point: string, content: string): Promise<Envelope> {
  // The control run of the forensic test must find what it looks for; see vault/box.ts.
  if (isClear) return { v: 1, kid: KID, epk: "", iv: "", ct: content };
  return seal(await importSealKey(KID, point), content);
}

export function jottings(database: Database, vaultKey: CryptoKey): Jottings {
  const drop = async (id: string, draft: Draft | null): Promise<boolean> => {
    const row = draft && (await draftRow(vaultKey, { draft, officeAt: null }));
    return database.write(["meta", "drafts"], "strict", async (transaction) => {
      const all = (await getFact(transaction, "jottings")) ?? [];
      const others = all.filter((one) => one.id !== id);
      if (others.length === all.length) return false;
      await putFact(transaction, "jottings", others);
      if (row) await transaction.objectStore("drafts").put(row);
      return true;
    });
  };
  /** Each with its text, or null where it does not open: one that is damaged stays where it is, and hides no other. */
  const opened = async (): Promise<{ id: string; jotting: Jotting | null }[]> => {
    const known = await knownFacts(database, "jottingKey", "jottings");
    const sealed = known.jottings ?? [];
    const { jottingKey } = known;
    if (!jottingKey || sealed.length === 0) return sealed.map(({ id }) => ({ id, jotting: null }));
    const privateKey = await openPrivateHalf(vaultKey, jottingKey.box).catch(() => null);
    const recipient = fromBase64url(jottingKey.point);
    const read = async (envelope: Envelope): Promise<Jotting | null> =>
      privateKey && (JSON.parse(await unseal(privateKey, recipient, envelope)) as Jotting);
    return Promise.all(sealed.map(async (one) => ({ id: one.id, jotting: await read(one.sealed).catch(() => null) })));
  };
  return {
    async all() {
      const found = await opened();
      const lines = found.flatMap(({ jotting }) => jotting ?? []).sort((a, b) => a.at - b.at);
      return { lines, unreadable: found.length - lines.length };
    },
    finish: drop,
    async drop(id) {
      await drop(id, null);
    },
    async dropUnreadable() {
      for (const { id, jotting } of await opened()) if (!jotting) await drop(id, null);
    },
  };
}
