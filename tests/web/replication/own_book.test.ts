/**
 * What never leaves the phone. Two phones live the same day; one of them also keeps its own book. Everything that goes
 * out is recorded, unpacked, and what is sealed to the organisation is opened with the organisation's key: nothing of
 * the book is in it, and nothing differs between the two, not even in size.
 */

import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { courier, emergencyFile } from "../../../web/pocket/replication/salvage";
import { transport } from "../../../web/pocket/replication/transport";
import { report } from "../../../web/pocket/status";
import { forgetAll, sealedWork, wipe } from "../../../web/pocket/storage/fresh";
import { facts } from "../../../web/pocket/storage/meta";
import { own } from "../../../web/pocket/storage/own";
import type { Envelope } from "../../../web/pocket/vault/seal";
import { exchangeOf } from "../support/exchange";
import { Office } from "../support/office";
import { openSealed } from "../support/office_key";
import { enrolledPhone, id, NOW, newNote, PERSON, type TestPhone } from "../support/phone";

const CANARIES = ["canaryheavy", "canaryline", "canarytalk", "canarynote"];

async function keepBook(phone: TestPhone): Promise<void> {
  const book = own(phone.store, phone.key);
  for (let day = 10; day < 22; day++)
    await book.change((last) => ({
      ...last,
      talk: "canarytalk 555 0101",
      days: [{ day: `2026-11-${day}`, answer: "heavy", line: "canaryheavy canaryline" }, ...last.days],
      debriefed: [...last.debriefed, "canarynote"],
    }));
}

/** A day with a crisis, an unfinished draft, exchanges, a revocation, the way of sealed work; all that was said aloud. */
async function day(hasBook: boolean): Promise<string[]> {
  const phone = await enrolledPhone();
  const office = new Office();
  const said: string[] = [];
  const line = transport((input, init) => {
    const { body } = init ?? {};
    const plain = typeof body === "string" ? body : body ? gunzipSync(Buffer.from(body as Uint8Array)).toString() : "";
    said.push(`${String(input)} ${[...new Headers(init?.headers).keys()].join(",")} ${plain}`);
    return office.fetch(input, init);
  });
  const run = () =>
    exchangeOf(phone, line, () => report(phone.memory, { isProtected: true, usedBytes: 1 }, "test")).run("asked");
  const crisis = newNote(id(1), "we called together");
  await phone.memory.capture([{ ...crisis, set: { ...crisis.set, contact_kind: "crisis" } }]);
  await phone.memory.saveDraft({ id: id(2), form: "f", content: { did: ["half"] }, startedAt: NOW, updatedAt: NOW });
  if (hasBook) await keepBook(phone);
  expect(await run()).toBe("ok");
  await phone.memory.offerDrafts(NOW, 0);
  await phone.memory.capture([newNote(id(3), "late work", NOW)]);
  said.push(...(await opened(phone, emergencyFile(await sealedWork(phone.store), phone.author.device.device, NOW))));
  office.revoked = true;
  expect(await run()).toBe("revoked");
  await courier(phone.store, line, phone.clock, () => 0.5)(null, "asked");
  expect(said.some((one) => one.includes("salvage"))).toBe(true);
  return said;
}

/** Every envelope of a file, opened by the organisation. */
async function opened(phone: TestPhone, file: unknown): Promise<string[]> {
  const { sealKey } = phone.author.device;
  const found = [...JSON.stringify(file).matchAll(/\{"v":1,"kid":"k1"[^}]*\}/g)];
  expect(found.length).toBeGreaterThan(0);
  const envelopes = found.map(([text]) => JSON.parse(text) as Envelope);
  return Promise.all(envelopes.map((one) => openSealed(phone.organisationKey.privateKey, sealKey, one)));
}

/** The same for both phones: ids and random bytes by their length only. */
const shape = (said: string): string =>
  said
    .replace(/"iv":"[^"]{16}"/g, '"iv":""')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{20,}/g, (noise) => `<${noise.length}>`);

describe("a specialist's own book", () => {
  test("leaves no trace in anything that the phone says, opened or sealed", async () => {
    const [without, kept] = [await day(false), await day(true)];
    const all = kept.join("\n");
    for (const seen of ["we called together", "half", "late work"]) expect(all).toContain(seen);
    for (const canary of CANARIES) expect(all).not.toContain(canary);
    expect(kept.map(shape)).toEqual(without.map(shape));
  });

  test("lies on the disk as noise, and is there after a restart", async () => {
    const phone = await enrolledPhone();
    await keepBook(phone);
    await phone.restart();
    expect(JSON.stringify(await facts(phone.store, "own"))).not.toMatch(/canary/);
    expect((await own(phone.store, phone.key).read()).days).toHaveLength(12);
  });

  test("goes when its owner deletes it, with a wipe, and with a new enrolment", async () => {
    const gone = async (how: (phone: TestPhone) => Promise<void>) => {
      const phone = await enrolledPhone();
      await keepBook(phone);
      await how(phone);
      return (await facts(phone.store, "own")).own;
    };
    const enrolAgain = async ({ store, author }: TestPhone) => {
      const { signing, profile } = await facts(store, "signing", "profile");
      if (signing && profile) await forgetAll(store, { device: author.device, signing, profile, nextN: 1 });
    };
    expect(await gone((phone) => own(phone.store, phone.key).forget())).toBeUndefined();
    expect(await gone((phone) => wipe(phone.store, false))).toBeUndefined();
    expect(await gone(enrolAgain)).toBeUndefined();
    expect(await gone(async () => undefined)).toBeDefined();
  });

  test("keeps a season of days and no more, and one after the other when two are kept at once", async () => {
    const phone = await enrolledPhone();
    const book = own(phone.store, phone.key);
    const one = (at: number) => ({ day: `d${at}`, answer: "good" as const, line: PERSON });
    const all = Array.from({ length: 95 }, (_, at) =>
      book.change((last) => ({ ...last, days: [one(at), ...last.days] })),
    );
    await Promise.all(all);
    const { days } = await book.read();
    expect([days.length, days[0]?.day, days.at(-1)?.day]).toEqual([90, "d94", "d5"]);
  });
});
