/** Photos and scans: sealed on the disk, sent in pieces over any line, never lost before they are safe, gone after. */

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64url, hex, sha256, utf8 } from "../../../web/pocket/bytes";
import type { Attachment } from "../../../web/pocket/generated/schema";
import { attachedContent } from "../../../web/pocket/pages/attached";
import { deliver } from "../../../web/pocket/replication/salvage";
import { transport } from "../../../web/pocket/replication/transport";
import { phoneStatus } from "../../../web/pocket/status";
import { allAttachments, attachments, sealedBytes } from "../../../web/pocket/storage/attachments";
import { forgetAll, wipe } from "../../../web/pocket/storage/fresh";
import { facts } from "../../../web/pocket/storage/meta";
import { synced } from "../support/exchange";
import { Office, type Trouble } from "../support/office";
import { DEVICE, EPOCH, enrolledPhone, id, NOW, newNote, SPECIALIST, type TestPhone } from "../support/phone";

const CANARY = "canarypaper";
const DAY_MS = 86_400_000;

/** As if it were drawn anew already: the browser's own part is a journey's. */
const pdf = async (file: Blob) => ({
  content: new Uint8Array(await file.arrayBuffer()),
  media: "application/pdf" as const,
});
const of = (phone: TestPhone) => attachments(phone.store, phone.author.device, pdf);

async function keep(phone: TestPhone, size: number): Promise<Attachment> {
  const kept = await of(phone).keep(new Blob([utf8(CANARY), new Uint8Array(randomBytes(size))]));
  if (typeof kept === "string") throw new Error(kept);
  return kept;
}

const unsent = async (phone: TestPhone) => {
  const storage = { isProtected: null, usedBytes: null };
  return (await phoneStatus(phone.store, phone.memory, SPECIALIST, storage, "test", false, phone.clock.now))
    .unsentFiles;
};

async function setting() {
  const phone = await enrolledPhone();
  return { phone, office: new Office() };
}

/** What the office holds is what stood on this phone, and opens with the note's key alone. */
async function isThere(office: Office, one: Attachment): Promise<boolean> {
  const paper = office.papers.get(one.id);
  if (!paper || paper.seq === 0) return false;
  const key = await crypto.subtle.importKey("raw", fromBase64url(one.key), "AES-GCM", false, ["decrypt"]);
  const bytes = new Uint8Array(paper.bytes);
  const how = { name: "AES-GCM", iv: bytes.slice(0, 12), additionalData: utf8("alongside-attachment-v1") };
  const content = await crypto.subtle.decrypt(how, key, bytes.slice(12));
  return new TextDecoder().decode(content).startsWith(CANARY);
}

describe("on the disk", () => {
  test("a photo is sealed, named by its bytes, and read with the key of its note alone", async () => {
    const { phone } = await setting();
    const one = await keep(phone, 100);
    const bytes = await sealedBytes(phone.store, one.id);
    expect(bytes && hex(await sha256(bytes))).toBe(one.id);
    expect(Buffer.from(bytes ?? []).toString("latin1")).not.toContain(CANARY);
    expect(JSON.stringify(await allAttachments(phone.store))).not.toContain(one.key);
    expect(Buffer.from((await of(phone).read(one)) ?? []).toString("latin1")).toContain(CANARY);
    expect(await of(phone).read({ ...one, key: "A".repeat(43) })).toBeNull();
  });

  test("both languages seal alike", async () => {
    const { phone } = await setting();
    const vector = JSON.parse(readFileSync("tests/vectors/attachment.json", "utf8")) as Record<string, string>;
    const bytes = fromBase64url(vector["sealed"] ?? "");
    const row = { id: vector["id"] ?? "", device: DEVICE, deposit: "t", size: bytes.length, have: 0, seq: 0, at: 0 };
    await phone.store.write(["attachments", "papers"], "strict", async (transaction) => {
      await transaction.objectStore("attachments").put(row);
      await transaction.objectStore("papers").put(bytes, row.id);
    });
    const named = { id: row.id, key: vector["key"] ?? "", size: row.size, media: "application/pdf" } as const;
    expect(hex(await sha256(bytes))).toBe(row.id);
    expect(await of(phone).read(named)).toEqual(fromBase64url(vector["content"] ?? ""));
  });

  test("what is too large, or nothing that can be read, is not kept", async () => {
    const { phone } = await setting();
    const none = attachments(phone.store, phone.author.device, async () => null);
    const broken = attachments(phone.store, phone.author.device, () => Promise.reject(new Error("a decoder's")));
    expect(await none.keep(new Blob(["x"]))).toBe("unreadable");
    expect(await broken.keep(new Blob(["x"]))).toBe("unreadable");
    expect(await of(phone).keep(new Blob([new Uint8Array(4 * 1024 * 1024)]))).toBe("too_large");
    expect(await allAttachments(phone.store)).toEqual([]);
  });
});

describe("on the way", () => {
  test("words go first; the photo follows in pieces and is there", async () => {
    const { phone, office } = await setting();
    const one = await keep(phone, 200_000);
    await phone.memory.capture([newNote(id(1), "we signed it")]);
    office.troubles.push(...(["ok", "ok", "drop_request"] as Trouble[]));
    expect(await synced(phone, office)).toBe("offline");
    expect(office.decided.size).toBe(1);
    expect(await unsent(phone)).toBe(1);
    expect(await synced(phone, office)).toBe("ok");
    expect(await isThere(office, one)).toBe(true);
    expect(await of(phone).standing([one.id])).toEqual(new Map([[one.id, "office"]]));
    expect(await unsent(phone)).toBe(0);
  });

  test("cut off anywhere it goes on where it ended, and is there once", async () => {
    const trouble = fc.constantFrom<Trouble | "ok">(
      "lose_answer", "drop_request", "duplicate", "again", "captive", "busy", "too_large", "server", "ok",
    ); // biome-ignore format: a list
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { maxLength: 25 }),
        fc.integer({ min: 1, max: 150_000 }),
        async (all, size) => {
          const { phone, office } = await setting();
          const one = await keep(phone, size);
          office.troubles.push(...(all as Trouble[]));
          for (let attempt = 0; attempt < 60 && office.papers.get(one.id)?.seq !== 1; attempt++) {
            await synced(phone, office);
            await phone.restart();
          }
          office.troubles.length = 0;
          await synced(phone, office);
          expect(await isThere(office, one)).toBe(true);
          expect([...office.papers.values()].map(({ bytes }) => bytes.length)).toEqual([one.size]);
          expect(await unsent(phone)).toBe(0);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("a lost answer costs one piece, not the whole file", async () => {
    const { phone, office } = await setting();
    const one = await keep(phone, 400_000);
    for (let piece = 0; piece < 40 && office.papers.get(one.id)?.seq !== 1; piece++) {
      office.troubles.push(...(["ok", "ok", "lose_answer"] as Trouble[]));
      await synced(phone, office);
      office.troubles.length = 0;
      await phone.restart();
    }
    await synced(phone, office);
    expect(await isThere(office, one)).toBe(true);
    expect(office.paperBytes).toBeLessThan(2 * one.size);
  });

  test("bytes that were damaged on this phone are not sent for ever", async () => {
    const { phone, office } = await setting();
    const one = await keep(phone, 1000);
    await phone.store.write(["papers"], "strict", (transaction) =>
      transaction.objectStore("papers").put(new Uint8Array(one.size), one.id),
    );
    expect(await synced(phone, office)).toBe("ok");
    expect(office.papers.size).toBe(0);
    expect(office.requests).toBeLessThan(12);
    expect(await unsent(phone)).toBe(1);
  });
});

describe("when it may go", () => {
  test("it stays until a backup has it, and while an open draft shows it", async () => {
    const { phone, office } = await setting();
    const [signed, open] = [await keep(phone, 100), await keep(phone, 100)];
    const content = attachedContent([open]);
    await phone.memory.saveDraft({ id: id(9), form: "f", content, startedAt: NOW, updatedAt: NOW });
    await synced(phone, office);
    office.safeSeq = 1;
    office.head += 5;
    await synced(phone, office);
    expect((await allAttachments(phone.store)).length).toBe(2);
    office.safeSeq = office.head;
    await synced(phone, office);
    expect((await allAttachments(phone.store)).map((row) => row.id)).toEqual([open.id]);
    expect(await sealedBytes(phone.store, signed.id)).toBeUndefined();
    expect(await sealedBytes(phone.store, open.id)).toBeDefined();
  });

  test("without any backup it stays a fortnight", async () => {
    const { phone, office } = await setting();
    await keep(phone, 100);
    await synced(phone, office);
    phone.clock.now += 13 * DAY_MS;
    await synced(phone, office);
    expect((await allAttachments(phone.store)).length).toBe(1);
  });

  test("a restored office is offered again what its backup did not hold", async () => {
    const { phone, office } = await setting();
    const old = await keep(phone, 100);
    await synced(phone, office);
    const backup = office.backup();
    const late = await keep(phone, 100);
    await synced(phone, office);
    expect(await isThere(office, late)).toBe(true);
    office.restore(backup, id(77));
    expect(await isThere(office, late)).toBe(false);
    expect(await synced(phone, office)).toBe("ok");
    expect(await isThere(office, late)).toBe(true);
    expect(await isThere(office, old)).toBe(true);
  });
});

describe("when the phone ends", () => {
  test("a locked phone delivers without a key, and wipes itself only when the photo is safe too", async () => {
    const { phone, office } = await setting();
    const one = await keep(phone, 150_000);
    await phone.memory.capture([newNote(id(1), "unsent")]);
    office.revoked = true;
    expect(await synced(phone, office)).toBe("revoked");
    const state = async () => (await facts(phone.store, "ended")).ended ?? "held";
    office.safeSeq = 1000;
    office.troubles.push(...(["ok", "drop_request"] as Trouble[]));
    await deliver(phone.store, transport(office.fetch), null);
    expect(await state()).toBe("held");
    expect(office.kept.size).toBe(1);
    await deliver(phone.store, transport(office.fetch), null);
    expect(await isThere(office, one)).toBe(true);
    expect(await state()).toBe("wiped");
    expect(await allAttachments(phone.store)).toEqual([]);
  });

  test("set up anew under a forgotten passphrase, the earlier photo is still delivered", async () => {
    const { phone, office } = await setting();
    const one = await keep(phone, 5000);
    const { signing, profile } = await facts(phone.store, "signing", "profile");
    if (!signing || !profile) throw new Error("not enrolled");
    const device = { ...phone.author.device, device: id(55), deposit: "u", specialist: SPECIALIST, epoch: EPOCH };
    await forgetAll(phone.store, { device, signing, profile, nextN: 1 });
    expect((await allAttachments(phone.store)).map((row) => row.device)).toEqual([DEVICE]);
    await deliver(phone.store, transport(office.fetch), null);
    expect(await isThere(office, one)).toBe(true);
    expect((await allAttachments(phone.store)).length).toBe(1);
    office.safeSeq = office.head;
    await deliver(phone.store, transport(office.fetch), null);
    expect(await allAttachments(phone.store)).toEqual([]);
    expect((await facts(phone.store, "ended")).ended).toBeUndefined();
  });

  test("a stolen phone keeps nothing", async () => {
    const { phone } = await setting();
    const one = await keep(phone, 100);
    await wipe(phone.store, true);
    expect(await allAttachments(phone.store)).toEqual([]);
    expect(await sealedBytes(phone.store, one.id)).toBeUndefined();
  });
});
