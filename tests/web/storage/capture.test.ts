import { describe, expect, test } from "vitest";
import { concat, fromBase64url, hex, sha256, utf8 } from "../../../web/pocket/bytes";
import type { Change } from "../../../web/pocket/generated/schema";
import { NotSaved } from "../../../web/pocket/pages/page";
import { facts } from "../../../web/pocket/storage/meta";
import { openSealed } from "../support/office_key";
import {
  BUCKET,
  DEVICE,
  newDraft as draft,
  enrolledPhone,
  id,
  NOW,
  newNote,
  noteFields,
  SPECIALIST,
} from "../support/phone";

describe("capture", () => {
  test("what was saved is there after the worker was killed", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "we walked")]);
    await phone.restart();
    const note = await phone.memory.note(id(1));
    expect(note).toMatchObject({
      seq: 0,
      fields: { answers: { did: "we walked" } },
      standing: { at: "phone", since: NOW },
    });
  });

  test("numbers are dense, also when two captures come at once", async () => {
    const phone = await enrolledPhone();
    await Promise.all([1, 2, 3, 4].map((each) => phone.memory.capture([newNote(id(each), "x")])));
    const numbers = (await phone.memory.pending()).map((entry) => entry.n);
    expect(numbers).toEqual([1, 2, 3, 4]);
    expect((await facts(phone.store, "nextN")).nextN).toBe(5);
  });

  test("two workers over one disk never take the same number", async () => {
    const phone = await enrolledPhone();
    const first = phone.memory;
    await phone.restart();
    await Promise.all([first.capture([newNote(id(1), "x")]), phone.memory.capture([newNote(id(2), "y")])]).catch(
      () => undefined,
    );
    phone.memory.forget();
    const numbers = (await phone.memory.pending()).map((entry) => entry.n);
    expect(numbers).toEqual([1, 2]);
  });

  test("each list is a bundle of its own, all in one write; signed again nothing is there twice", async () => {
    const phone = await enrolledPhone();
    await phone.memory.saveDraft(draft(90, "a group"));
    const people = Array.from({ length: 40 }, (_, at) => at + 1);
    const hash = await phone.memory.contentHash(noteFields("we walked"));
    const bundles = [
      [newNote(id(99), "the session")],
      ...people.map((each) => [
        newNote(id(each), "we walked"),
        { kind: "sign", type: "note", doc: id(each), bucket: BUCKET, content_hash: hash } as const,
      ]),
    ];
    await Promise.all([phone.memory.captureEach(bundles, id(90)), phone.memory.captureEach(bundles, id(90))]);
    const changes = (await phone.memory.pending()).map((entry) => entry.change);
    expect(changes.map(({ n }) => n)).toEqual(Array.from({ length: 81 }, (_, at) => at + 1));
    expect(changes[0]?.bundle).toBeUndefined();
    const named = changes.slice(1).map(({ bundle }) => bundle);
    expect(new Set(named).size).toBe(40);
    expect(changes.slice(1).every(({ bundle_size }) => bundle_size === 2)).toBe(true);
    expect(named.filter((_, at) => at % 2 === 0)).toEqual(named.filter((_, at) => at % 2 === 1));
    expect(await phone.memory.draft(id(90))).toBeNull();
  });

  test("a bundle shares its name and says how many it is", async () => {
    const phone = await enrolledPhone();
    const fields = noteFields("we walked");
    const hash = await phone.memory.contentHash(fields);
    await phone.memory.capture([
      newNote(id(1), "we walked"),
      { kind: "sign", type: "note", doc: id(1), bucket: BUCKET, content_hash: hash },
    ]);
    const [create, sign] = (await phone.memory.pending()).map((entry) => entry.change) as [Change, Change];
    expect(create.bundle).toBe(sign.bundle);
    expect([create.bundle_size, sign.bundle_size]).toEqual([2, 2]);
    expect(create).toMatchObject({ n: 1, author: SPECIALIST, captured: { wall: NOW } });
    expect("base" in create || "scope_seq" in create).toBe(false);
  });

  test("half a character becomes U+FFFD", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "a\ud800b 👋")]);
    const [entry] = await phone.memory.pending();
    expect(entry?.text).toContain("a\ufffdb 👋");
  });

  test("nothing a person wrote stands readable on the disk", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "canary-note")]);
    await phone.memory.saveDraft(draft(2, "canary-draft"));
    const rows = await phone.store.read(["outbox", "drafts", "meta"], async (transaction) =>
      Promise.all((["outbox", "drafts", "meta"] as const).map((store) => transaction.objectStore(store).getAll())),
    );
    const bytes = (value: unknown): string =>
      value instanceof Uint8Array
        ? Buffer.from(value).toString("latin1")
        : JSON.stringify(value, (_, each: unknown) =>
            each instanceof Uint8Array ? Buffer.from(each).toString("latin1") : each,
          );
    expect(bytes(rows)).not.toContain("canary");
    expect(bytes(rows)).not.toContain("Dana");
  });

  test("the sealed copy is signed by this device, outside, for its number", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "we walked")]);
    const [row] = await phone.store.read(["outbox"], (transaction) => transaction.objectStore("outbox").getAll());
    const [entry] = await phone.memory.pending();
    if (!row || !entry) throw new Error("nothing was captured");
    const { kid, epk, iv, ct } = row.sealed;
    const privateKey = phone.organisationKey.privateKey;
    const { sealKey } = phone.author.device;
    expect(JSON.parse(await openSealed(privateKey, sealKey, row.sealed))).toEqual({
      device: DEVICE,
      n: 1,
      change: entry.text,
    });
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const publicKey = await crypto.subtle.importKey("raw", fromBase64url(phone.publicKey), curve, false, ["verify"]);
    const isSignedFor = async (n: number): Promise<boolean> => {
      const hash = hex(await sha256(concat(fromBase64url(epk), fromBase64url(iv), fromBase64url(ct))));
      const message = utf8(`alongside-seal-v1\n${DEVICE}\n${n}\n${kid}\n${hash}`);
      const how = { name: "ECDSA", hash: "SHA-256" };
      return crypto.subtle.verify(how, publicKey, fromBase64url(row.sig), message);
    };
    expect([await isSignedFor(1), await isSignedFor(2)]).toEqual([true, false]);
  });
});

describe("drafts", () => {
  test("are kept as typed, and go with the note they became", async () => {
    const phone = await enrolledPhone();
    await phone.memory.saveDraft(draft(1, "half a sen"));
    await phone.restart();
    expect(await phone.memory.draft(id(1))).toEqual(draft(1, "half a sen"));
    await phone.memory.capture([newNote(id(2), "half a sentence")], id(1));
    expect(await phone.memory.drafts()).toEqual([]);
    expect((await phone.memory.pending()).map((entry) => entry.change.kind)).toEqual(["create"]);
  });

  test("offered to the office once, and voided there when signed", async () => {
    const phone = await enrolledPhone();
    await phone.memory.saveDraft(draft(1, "half"));
    await phone.memory.offerDrafts(NOW);
    await phone.memory.offerDrafts(NOW);
    await phone.memory.capture([newNote(id(2), "whole")], id(1));
    const kinds = (await phone.memory.pending()).map((entry) => `${entry.change.kind} ${entry.change.type}`);
    expect(kinds).toEqual(["create draft", "create note", "void draft"]);
    expect(await phone.memory.drafts()).toEqual([]);
  });

  test("changed in two windows in one moment, each builds on what the other kept", async () => {
    const phone = await enrolledPhone();
    await phone.memory.saveDraft(draft(1, ""));
    const add = (word: string) =>
      phone.memory.changeDraft(
        id(1),
        (now) => now && { ...now, content: { did: [...(now.content["did"] ?? []), word] } },
      );
    expect(await Promise.all(["a", "b", "c"].map(add))).toEqual([true, true, true]);
    await phone.restart();
    expect((await phone.memory.draft(id(1)))?.content["did"]).toEqual(["", "a", "b", "c"]);
    await phone.memory.dropDraft(id(1));
    expect(await add("d")).toBe(false);
    expect(await phone.memory.drafts()).toEqual([]);
  });

  test("are offered again as a patch after they have changed and rested", async () => {
    const phone = await enrolledPhone();
    await phone.memory.saveDraft(draft(1, "half"));
    await phone.memory.offerDrafts(NOW);
    await phone.memory.saveDraft({ ...draft(1, "half more"), updatedAt: NOW + 1000 });
    await phone.memory.offerDrafts(NOW + 2000);
    expect(await phone.memory.pending()).toHaveLength(1);
    await phone.memory.offerDrafts(NOW + 6 * 60_000);
    expect((await phone.memory.pending()).map((entry) => entry.change.kind)).toEqual(["create", "patch"]);
  });
});

describe("what goes wrong is said", () => {
  test("a full disk is NotSaved for quota, and nothing half-written stays", async () => {
    const phone = await enrolledPhone();
    const put = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = function full(): never {
      throw new DOMException("full", "QuotaExceededError");
    };
    try {
      await expect(phone.memory.capture([newNote(id(1), "x")])).rejects.toMatchObject({ why: "quota" });
    } finally {
      IDBObjectStore.prototype.add = put;
    }
    phone.memory.forget();
    expect(await phone.memory.pending()).toEqual([]);
    await phone.memory.capture([newNote(id(1), "x")]);
    expect(await phone.memory.pending()).toHaveLength(1);
  });

  test("a lost connection is opened once more, and the work is done", async () => {
    const phone = await enrolledPhone();
    const transaction = IDBDatabase.prototype.transaction;
    let losses = 1;
    IDBDatabase.prototype.transaction = function lost(this: IDBDatabase, ...args: Parameters<typeof transaction>) {
      if (losses-- > 0) throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
      return transaction.apply(this, args);
    };
    try {
      await phone.memory.capture([newNote(id(1), "x")]);
    } finally {
      IDBDatabase.prototype.transaction = transaction;
    }
    expect(await phone.memory.pending()).toHaveLength(1);
  });

  test("a connection that stays lost is NotSaved, never silence", async () => {
    const phone = await enrolledPhone();
    const transaction = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
    };
    try {
      await expect(phone.memory.saveDraft(draft(1, "x"))).rejects.toBeInstanceOf(Error);
    } finally {
      IDBDatabase.prototype.transaction = transaction;
    }
  });

  test("a write that does not end in time is undone and said", async () => {
    const phone = await enrolledPhone(30);
    const late = phone.store.write(["meta"], "strict", async (transaction) => {
      const store = transaction.objectStore("meta");
      const end = Date.now() + 200;
      while (Date.now() < end) await store.get("device");
      await store.put("x", "lang");
    });
    await expect(late).rejects.toEqual(new NotSaved("timeout"));
    expect((await facts(phone.store, "lang")).lang).toBeUndefined();
  });
});
