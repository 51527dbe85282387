import { describe, expect, test } from "vitest";
import type { SalvageRequest } from "../../../web/pocket/generated/schema";
import { courier, deliver, emergencyFile } from "../../../web/pocket/replication/salvage";
import { transport } from "../../../web/pocket/replication/transport";
import { clearStatus } from "../../../web/pocket/status";
import { forgetAll, sealedWork } from "../../../web/pocket/storage/fresh";
import { facts } from "../../../web/pocket/storage/meta";
import { STORES } from "../../../web/pocket/storage/rows";
import { synced } from "../support/exchange";
import { Office } from "../support/office";
import { openSealed } from "../support/office_key";
import { DEVICE, enrolledPhone, id, NOW, newNote, type TestPhone } from "../support/phone";

const status = async (phone: TestPhone) =>
  clearStatus(await facts(phone.store, "device", "salvage", "ended", "exchange"), phone.clock.now);

/** A phone with one decided note, two that were never sent, and an office that has revoked it. */
async function revokedPhone() {
  const phone = await enrolledPhone();
  const office = new Office();
  await phone.memory.capture([newNote(id(1), "decided")]);
  await synced(phone, office);
  office.revoked = true;
  await phone.memory.capture([newNote(id(2), "unsent")]);
  await phone.memory.capture([newNote(id(3), "unsent too")]);
  expect(await synced(phone, office)).toBe("revoked");
  return { phone, office };
}

describe("a revoked phone", () => {
  test("delivers with no key what no backup holds, and wipes itself when the office has it safely", async () => {
    const { phone, office } = await revokedPhone();
    expect((await status(phone)).deviceState).toBe("revoked");
    expect(await deliver(phone.store, transport(office.fetch), null)).toBe(true);
    expect([...office.kept.keys()]).toEqual([1, 2, 3]);
    expect(await status(phone)).toMatchObject({ deviceState: "revoked", salvage: { left: 0, kept: 3, isDone: false } });
    office.safeSeq = office.head;
    await deliver(phone.store, transport(office.fetch), null);
    expect(await status(phone)).toMatchObject({ deviceState: "wiped", salvage: { left: 0, kept: 3, isDone: true } });
    const left = await phone.store.read(STORES, async (transaction) =>
      Promise.all(STORES.map(async (store) => transaction.objectStore(store).getAllKeys())),
    );
    expect(left).toEqual([["ended", "generation", "salvage"], ...STORES.slice(1).map(() => [])]);
  });

  test("wipes nothing while an office that was restored has lost what it had kept", async () => {
    const { phone, office } = await revokedPhone();
    await deliver(phone.store, transport(office.fetch), null);
    office.kept.clear();
    await deliver(phone.store, transport(office.fetch), null);
    expect((await status(phone)).deviceState).toBe("revoked");
    expect([...office.kept.keys()]).toEqual([1, 2, 3]);
  });

  test("begins its delivery anew when a restore falls between two parts of it", async () => {
    const phone = await enrolledPhone();
    const office = new Office();
    for (let at = 1; at <= 201; at++) await phone.memory.capture([newNote(id(at), "unsent")]);
    office.revoked = true;
    expect(await synced(phone, office)).toBe("revoked");
    office.safeSeq = 1000;
    let parts = 0;
    const restoring: typeof fetch = async (...request) => {
      const answer = await office.fetch(...request);
      if (++parts === 1) {
        office.kept.clear();
        office.epoch = id(999);
      }
      return answer;
    };
    await deliver(phone.store, transport(restoring), null);
    expect(parts).toBe(2);
    expect((await status(phone)).deviceState).toBe("revoked");
    await deliver(phone.store, transport(office.fetch), null);
    expect(office.kept.size).toBe(201);
  });

  test("goes on where the line broke, in order of n", async () => {
    const { phone, office } = await revokedPhone();
    office.troubles.push("drop_request");
    expect(await deliver(phone.store, transport(office.fetch), null)).toBe(false);
    expect(await deliver(phone.store, transport(office.fetch), null)).toBe(true);
    const before = office.requests;
    await deliver(phone.store, transport(office.fetch), null);
    expect(office.requests - before).toBe(1);
  });

  test("whose theft is reported is wiped at once", async () => {
    const { phone, office } = await revokedPhone();
    office.mode = "wipe_now";
    await deliver(phone.store, transport(office.fetch), null);
    expect((await status(phone)).deviceState).toBe("wiped");
    expect(await sealedWork(phone.store)).toEqual([]);
  });

  test("asks now and then, and at once when it is opened after a while", async () => {
    const { phone, office } = await revokedPhone();
    const carry = courier(phone.store, transport(office.fetch), phone.clock, () => 0.5);
    const asked = async (kick: "routine" | "opened" | "asked") => {
      const before = office.requests;
      await carry(null, kick);
      return office.requests - before;
    };
    expect([await asked("routine"), await asked("routine"), await asked("opened")]).toEqual([1, 0, 0]);
    phone.clock.now += 21_000;
    expect([await asked("routine"), await asked("opened")]).toEqual([0, 1]);
    phone.clock.now += 600_000;
    expect(await asked("routine")).toBe(1);
  });
});

describe("a phone set up again", () => {
  async function again(phone: TestPhone, device: string): Promise<void> {
    const { signing, profile } = await facts(phone.store, "signing", "profile");
    if (!signing || !profile) throw new Error("not enrolled");
    const fresh = { ...phone.author.device, device, deposit: "t2", state: "active" as const };
    const earlier = [{ device: DEVICE, enrolled_at: NOW, unsent: 2, drafts: 1 }];
    await forgetAll(phone.store, { device: fresh, signing, profile, nextN: 1, earlier });
    await phone.restart();
  }

  test("keeps the sealed work of the earlier one and delivers it; only that leaves when it is safe", async () => {
    const phone = await enrolledPhone();
    const office = new Office();
    await phone.memory.capture([newNote(id(1), "under a forgotten passphrase")]);
    await again(phone, id(50));
    expect(await phone.memory.pending()).toEqual([]);
    expect((await status(phone)).deviceState).toBe("active");
    const [row] = await sealedWork(phone.store);
    expect(row).toMatchObject({ device: DEVICE, n: 1, deposit: "t", publicKey: phone.publicKey });
    await deliver(phone.store, transport(office.fetch), null);
    office.safeSeq = office.head;
    await deliver(phone.store, transport(office.fetch), null);
    expect(await sealedWork(phone.store)).toEqual([]);
    expect(await status(phone)).toMatchObject({ deviceState: "active", salvage: { kept: 1, isDone: true } });
    expect((await facts(phone.store, "earlier")).earlier).toMatchObject([{ device: DEVICE, unsent: 2 }]);
  });

  test("vouches by its own signature for a device that the office has forgotten", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "x")]);
    await again(phone, id(51));
    const heard: { headers: Headers; body: SalvageRequest }[] = [];
    const send: typeof fetch = async (_, init) => {
      const headers = new Headers(init?.headers);
      const isSigned = headers.has("Alongside-Signature");
      const json = { "Content-Type": "application/json" };
      if (!isSigned) return new Response('{"code":"NOT_SIGNED"}', { status: 401, headers: json });
      const { gunzipSync } = await import("node:zlib");
      const body = JSON.parse(gunzipSync(Buffer.from(init?.body as Uint8Array)).toString()) as SalvageRequest;
      heard.push({ headers, body });
      const results = [{ n: 1, outcome: "kept", seq: 4 }];
      const answer = { results, safe_seq: 0, is_wipe_due: false, server_time: NOW };
      const answers = headers.get("Alongside-Nonce") ?? "";
      return new Response(JSON.stringify(answer), { headers: { ...json, "Alongside-Answers": answers } });
    };
    const signer = { device: id(51), signingKey: phone.author.signingKey };
    expect(await deliver(phone.store, transport(send), signer)).toBe(true);
    expect(heard[0]?.headers.get("Alongside-Device")).toBe(id(51));
    expect(heard[0]?.body).toMatchObject({ device: DEVICE, public_key: phone.publicKey, items: [{ n: 1 }] });
  });

  test("what was refused is never forgotten", async () => {
    const phone = await enrolledPhone();
    await phone.memory.capture([newNote(id(1), "x")]);
    await again(phone, id(52));
    const answer = { results: [{ n: 1, outcome: "refused" }], safe_seq: 9, is_wipe_due: true, server_time: NOW };
    const headers = { "Content-Type": "application/json" };
    const send: typeof fetch = async () => new Response(JSON.stringify(answer), { headers });
    await deliver(phone.store, transport(send), null);
    await deliver(phone.store, transport(send), null);
    expect(await sealedWork(phone.store)).toHaveLength(1);
  });
});

describe("the emergency file", () => {
  test("holds what is not safe, readable for the organisation alone, with no key on the phone", async () => {
    const { phone } = await revokedPhone();
    const file = emergencyFile(await sealedWork(phone.store), DEVICE, NOW);
    expect(file).toMatchObject({ v: 1, device: DEVICE, public_key: phone.publicKey, made_at: NOW });
    expect(file?.items.map(({ n }) => n)).toEqual([1, 2, 3]);
    const opened = await Promise.all(
      (file?.items ?? []).map(({ sealed }) =>
        openSealed(phone.organisationKey.privateKey, phone.author.device.sealKey, sealed),
      ),
    );
    expect(opened[1]).toContain("unsent");
    expect(JSON.stringify(file)).not.toContain("unsent");
  });

  test("is not made of nothing", async () => {
    expect(emergencyFile([], DEVICE, NOW)).toBeNull();
  });
});
