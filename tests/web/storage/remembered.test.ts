import { describe, expect, test } from "vitest";
import { facts, keepFact, knownFacts } from "../../../web/pocket/storage/meta";
import { remembering } from "../../../web/pocket/storage/remembered";
import { newDraft as draft, enrolledPhone, id, newNote } from "../support/phone";

describe("what is remembered of the disk", () => {
  test("is asked once, and again when its store may have been written", async () => {
    const { store } = await enrolledPhone();
    const ask = remembering(store, "meta");
    let asked = 0;
    const look = () => ask("how often", async () => ++asked);
    expect([await look(), await look()]).toEqual([1, 1]);
    await store.write(["drafts"], "strict", async () => undefined);
    expect(await look()).toBe(1);
    await keepFact(store, "lang", "es");
    expect(await look()).toBe(2);
  });

  test("is no failure", async () => {
    const { store } = await enrolledPhone();
    const ask = remembering(store, "meta");
    await expect(ask("what", () => Promise.reject(new Error("busy")))).rejects.toThrow("busy");
    expect(await ask("what", async () => "here")).toBe("here");
  });

  test("is asked again after a write that was undone, whose outcome nobody else knows", async () => {
    const { store } = await enrolledPhone();
    const ask = remembering(store, "meta");
    let asked = 0;
    await ask("how often", async () => ++asked);
    const undone = store.write(["meta"], "strict", () => Promise.reject(new Error("no")));
    await expect(undone).rejects.toThrow();
    expect(await ask("how often", async () => ++asked)).toBe(2);
  });

  test("is the newest fact at once after it was kept", async () => {
    const { store } = await enrolledPhone();
    for (const lang of ["es", "en", "es"]) {
      await keepFact(store, "lang", lang);
      expect([await knownFacts(store, "lang"), await knownFacts(store, "lang")]).toEqual([{ lang }, { lang }]);
    }
  });
});

describe("drafts in memory", () => {
  test("an autosave leaves what is known standing, and the disk says the same", async () => {
    const phone = await enrolledPhone();
    await phone.memory.saveDraft(draft(1, "we walked"));
    await phone.memory.drafts();
    for (const did of ["we walked on", "we walked on and on"]) await phone.memory.saveDraft(draft(1, did));
    expect(await phone.memory.draft(id(1))).toEqual(draft(1, "we walked on and on"));
    await phone.restart();
    expect(await phone.memory.draft(id(1))).toEqual(draft(1, "we walked on and on"));
  });

  test("a draft that is signed while another is kept is not remembered", async () => {
    const phone = await enrolledPhone();
    for (const number of [1, 2]) await phone.memory.saveDraft(draft(number, "x"));
    await phone.memory.drafts();
    await Promise.all([
      phone.memory.saveDraft(draft(1, "y")),
      phone.memory.capture([newNote(id(9), "x")], id(2)),
      phone.memory.saveDraft(draft(3, "z")),
    ]);
    const known = await phone.memory.drafts();
    await phone.restart();
    expect(known.map((one) => [one.id, one.content["did"]]).sort()).toEqual([
      [id(1), ["y"]],
      [id(3), ["z"]],
    ]);
    expect(await phone.memory.drafts()).toEqual(known);
  });

  test("what was not kept is not remembered either", async () => {
    const phone = await enrolledPhone();
    await phone.memory.saveDraft(draft(1, "on the disk"));
    await phone.memory.drafts();
    const { write } = phone.store;
    Object.assign(phone.store, {
      write: (...[stores, how]: Parameters<typeof write>) =>
        write(stores, how, () => Promise.reject(new DOMException("full", "QuotaExceededError"))),
    });
    await expect(phone.memory.saveDraft(draft(1, "never there"))).rejects.toMatchObject({ why: "quota" });
    Object.assign(phone.store, { write });
    expect((await phone.memory.draft(id(1)))?.content["did"]).toEqual(["on the disk"]);
    expect((await facts(phone.store, "nextN")).nextN ?? 1).toBe(1);
  });
});
