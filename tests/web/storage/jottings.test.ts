/** Lines written on the locked phone: sealed at once, opened by the vault alone, never in two places and never in none. */

import { describe, expect, test } from "vitest";
import { wipe } from "../../../web/pocket/storage/fresh";
import { jotDown, jottingState, jottings, prepareJottings } from "../../../web/pocket/storage/jottings";
import { facts, keepFact } from "../../../web/pocket/storage/meta";
import { newSealPair } from "../../../web/pocket/vault/unseal";
import { newVaultKey } from "../../../web/pocket/vault/wrap";
import { enrolledPhone, id, NOW, PERSON } from "../support/phone";

const jotting = (number: number, line: string) => ({
  id: id(number),
  at: NOW + number,
  line,
  minutes: 15,
  place: "car",
});
const draft = (number: number) => ({
  id: id(number),
  form: "one_on_one@1",
  content: { did: ["finished"], person: [PERSON] },
  startedAt: NOW,
  updatedAt: NOW,
});

async function prepared() {
  const phone = await enrolledPhone();
  await prepareJottings(phone.store, phone.key);
  return phone;
}

describe("a jotting", () => {
  test("lies on the disk as noise and opens with the vault's key, oldest first", async () => {
    const phone = await prepared();
    expect(await jotDown(phone.store, jotting(2, "canary two"))).toBe(1);
    expect(await jotDown(phone.store, jotting(1, "canary one"))).toBe(2);
    await phone.restart();
    const onDisk = JSON.stringify(await facts(phone.store, "jottings", "jottingKey"));
    expect(onDisk).not.toMatch(/canary|car"/);
    expect((await jottings(phone.store, phone.key).all()).lines.map(({ line }) => line)).toEqual([
      "canary one",
      "canary two",
    ]);
  });

  test("does not open with another key, and is counted, so that Today still stands and says so", async () => {
    const phone = await prepared();
    await jotDown(phone.store, jotting(1, "x"));
    expect(await jottings(phone.store, await newVaultKey()).all()).toEqual({ lines: [], unreadable: 1 });
  });

  test("that was damaged does not keep the others from being read", async () => {
    const phone = await prepared();
    await jotDown(phone.store, jotting(1, "whole"));
    await jotDown(phone.store, jotting(2, "torn"));
    const [whole, torn] = (await facts(phone.store, "jottings")).jottings ?? [];
    if (!whole || !torn) throw new Error("not kept");
    await keepFact(phone.store, "jottings", [whole, { ...torn, sealed: { ...torn.sealed, ct: whole.sealed.ct } }]);
    const kept = jottings(phone.store, phone.key);
    expect(await kept.all()).toMatchObject({ lines: [{ line: "whole" }], unreadable: 1 });
    expect((await jottingState(phone.store)).waiting).toBe(2);
    await kept.dropUnreadable();
    expect(await kept.all()).toMatchObject({ lines: [{ line: "whole" }], unreadable: 0 });
    expect((await jottingState(phone.store)).waiting).toBe(1);
  });

  test("is sealed to a key that opens, though the one before was damaged", async () => {
    const phone = await prepared();
    await jotDown(phone.store, jotting(1, "lost"));
    const { jottingKey } = await facts(phone.store, "jottingKey");
    if (!jottingKey) throw new Error("not prepared");
    await keepFact(phone.store, "jottingKey", { ...jottingKey, box: (await newSealPair(await newVaultKey())).box });
    await prepareJottings(phone.store, phone.key);
    await jotDown(phone.store, jotting(2, "kept"));
    expect(await jottings(phone.store, phone.key).all()).toMatchObject({ lines: [{ line: "kept" }], unreadable: 1 });
  });

  test("becomes a draft once, whoever touches twice", async () => {
    const phone = await prepared();
    await jotDown(phone.store, jotting(1, "x"));
    const kept = jottings(phone.store, phone.key);
    const both = await Promise.all([kept.finish(id(1), draft(1)), kept.finish(id(1), draft(1))]);
    expect(both.filter(Boolean)).toHaveLength(1);
    expect(await kept.all()).toEqual({ lines: [], unreadable: 0 });
    expect(await phone.memory.draft(id(1))).toEqual(draft(1));
  });

  test("and its draft change places in one step: when that fails, the jotting stays", async () => {
    const phone = await prepared();
    await jotDown(phone.store, jotting(1, "stays"));
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function full(this: IDBObjectStore, ...given: Parameters<typeof put>) {
      if (this.name === "drafts") throw new DOMException("full", "QuotaExceededError");
      return put.apply(this, given);
    };
    const finished = jottings(phone.store, phone.key).finish(id(1), draft(1));
    await expect(finished).rejects.toMatchObject({ why: "quota" });
    IDBObjectStore.prototype.put = put;
    expect((await jottings(phone.store, phone.key).all()).lines.map(({ line }) => line)).toEqual(["stays"]);
    expect(await phone.memory.draft(id(1))).toBeNull();
  });

  test("and its key go with a wipe", async () => {
    const phone = await prepared();
    await jotDown(phone.store, jotting(1, "x"));
    await wipe(phone.store, false);
    expect(await facts(phone.store, "jottings", "jottingKey")).toEqual({ jottings: undefined, jottingKey: undefined });
    expect(await jottingState(phone.store)).toEqual({ isOffered: false, waiting: 0 });
  });

  test("keeps its key over later unlocks", async () => {
    const phone = await prepared();
    await jotDown(phone.store, jotting(1, "before"));
    await prepareJottings(phone.store, phone.key);
    expect((await jottings(phone.store, phone.key).all()).lines).toHaveLength(1);
  });
});
