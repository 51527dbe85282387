import { describe, expect, test } from "vitest";
import { NotSaved } from "../../../web/pocket/pages/page";
import { allAttachments } from "../../../web/pocket/storage/attachments";
import { database } from "../../../web/pocket/storage/database";
import { forgetAll } from "../../../web/pocket/storage/fresh";
import { pocketMemory } from "../../../web/pocket/storage/memory";
import { facts, keepFact } from "../../../web/pocket/storage/meta";
import { unlocked } from "../../../web/pocket/storage/unlocked";
import { VERSION } from "../../../web/pocket/storage/upgrade";
import { enrolledPhone, id, NOW, newNote, PERSON } from "../support/phone";

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** The disk as the first version of the app left it: no `sig`, no public key, the signature inside the envelope. */
async function asVersion1(name: string, rows: Record<string, unknown[]>, meta: Map<string, unknown>): Promise<void> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const db = request.result;
    db.createObjectStore("meta");
    const records = db.createObjectStore("records", { keyPath: "doc" });
    records.createIndex("place", ["bucket", "kind", "day", "doc"]);
    records.createIndex("kind", ["kind", "day", "doc"]);
    const outbox = db.createObjectStore("outbox", { keyPath: "n" });
    outbox.createIndex("state", ["state", "seq"]);
    outbox.createIndex("doc", "doc");
    db.createObjectStore("drafts", { keyPath: "id" });
    db.createObjectStore("salvage", { keyPath: ["device", "n"] });
  };
  const db = await settled(request);
  const transaction = db.transaction(["meta", "outbox", "drafts"], "readwrite");
  for (const [key, value] of meta) transaction.objectStore("meta").put(value, key);
  for (const store of ["outbox", "drafts"])
    for (const row of rows[store] ?? []) transaction.objectStore(store).put(row);
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  db.close();
}

describe("an update of the app", () => {
  test("with unsent work and an open draft keeps both, and seals the work in the new form", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "unsent")]);
    const draft = {
      id: id(2),
      form: "f",
      content: { did: ["half"], person: [PERSON] },
      startedAt: NOW,
      updatedAt: NOW,
    };
    await phone.memory.saveDraft(draft);
    const { rows, meta } = await phone.store.read(["meta", "outbox", "drafts"], async (transaction) => {
      const keys = await transaction.objectStore("meta").getAllKeys();
      const values = await transaction.objectStore("meta").getAll();
      const outbox = await transaction.objectStore("outbox").getAll();
      const drafts = await transaction.objectStore("drafts").getAll();
      const old = outbox.map(({ sig: _, ...row }) => row);
      return { rows: { outbox: old, drafts }, meta: new Map(keys.map((key, at) => [String(key), values[at]])) };
    });
    const { publicKey: _, ...device } = meta.get("device") as Record<string, unknown>;
    meta.set("device", device);
    const name = `${phone.name}-v1`;
    await asVersion1(name, rows, meta);

    const store = database(name);
    const author = await unlocked(store, phone.key);
    if (!author) throw new Error("does not open");
    const memory = pocketMemory(store, author, phone.clock, () => undefined);
    expect((await memory.note(id(1)))?.fields.answers).toEqual({ did: "unsent" });
    expect(await memory.draft(id(2))).toEqual(draft);
    expect(author.device.publicKey).toBe(phone.publicKey);
    expect((await facts(store, "device")).device?.publicKey).toBe(phone.publicKey);
    const [row] = await store.read(["outbox"], (transaction) => transaction.objectStore("outbox").getAll());
    expect(row?.sig).toMatch(/^[\w-]{86}$/);
    expect(row?.sealed.epk).not.toBe(rows.outbox[0]?.sealed.epk);
    await memory.capture([newNote(id(3), "goes on")]);
    expect((await memory.pending()).map(({ n }) => n)).toEqual([1, 2]);
    expect(await allAttachments(store)).toEqual([]);
  });

  test("that was taken back does not read what it cannot understand", async () => {
    const phone = await enrolledPhone();
    await phone.store.close();
    const later = indexedDB.open(phone.name, 99);
    (await settled(later)).close();
    await expect(facts(database(phone.name), "device")).rejects.toBeInstanceOf(NotSaved);
  });
});

describe("a storage that does not answer", () => {
  test("is not waited for without an end, and is there again afterwards", async () => {
    const phone = await enrolledPhone();
    await phone.store.close();
    const request = indexedDB.open(phone.name, VERSION);
    const holder = await settled(request);
    const later = indexedDB.open(phone.name, VERSION + 1);
    const isBlocked = new Promise((resolve) => {
      later.onblocked = resolve;
    });
    await isBlocked;
    const store = database(phone.name, 40);
    await expect(keepFact(store, "lang", "es")).rejects.toEqual(new NotSaved("timeout"));
    holder.close();
    (await settled(later)).close();
  });

  test("gives way when another version of the app wants the database", async () => {
    const phone = await enrolledPhone();
    expect((await facts(phone.store, "nextN")).nextN).toBe(1);
    const other = await settled(indexedDB.open(phone.name, VERSION + 1));
    other.close();
    expect(other.version).toBe(VERSION + 1);
  });
});

test("an enrolment keeps the language, and the fence", async () => {
  const phone = await enrolledPhone();
  await keepFact(phone.store, "lang", "es");
  await keepFact(phone.store, "generation", 7);
  const { signing, profile } = await facts(phone.store, "signing", "profile");
  if (!signing || !profile) throw new Error("not enrolled");
  await forgetAll(phone.store, { device: phone.author.device, signing, profile, nextN: 1 });
  expect(await facts(phone.store, "lang", "generation")).toEqual({ lang: "es", generation: 7 });
});
