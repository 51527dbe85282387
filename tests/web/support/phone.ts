/** A phone for tests: real keys, a real (in-memory) IndexedDB under a name of its own, a clock that stands still. */

import "fake-indexeddb/auto";
import { base64url } from "../../../web/pocket/bytes";
import type { Clock } from "../../../web/pocket/clock";
import { type Database, database } from "../../../web/pocket/storage/database";
import { forgetAll } from "../../../web/pocket/storage/fresh";
import { type PocketMemory, pocketMemory } from "../../../web/pocket/storage/memory";
import { closeProfile, type Unlocked, unlocked } from "../../../web/pocket/storage/unlocked";
import { newSigningKey } from "../../../web/pocket/vault/signing";

export const DEVICE = "0190a000-0000-7000-8000-00000000d001";
export const SPECIALIST = "0190a000-0000-7000-8000-00000000a001";
export const PERSON = "0190a000-0000-7000-8000-00000000b001";
export const EPOCH = "0190a000-0000-7000-8000-00000000e001";
export const BUCKET = `p:${PERSON}`;
export const NOW = 1_763_733_600_000;

let names = 0;

/** `id(1)` is a UUIDv7-shaped id that tells its number. */
export const id = (number: number): string => `0190a000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;

export interface TestPhone {
  readonly name: string;
  readonly key: CryptoKey;
  readonly clock: Clock & { now: number };
  readonly publicKey: string;
  readonly organisationKey: CryptoKeyPair;
  store: Database;
  author: Unlocked;
  memory: PocketMemory;
  /** As if the worker had been killed: nothing in memory survives, the disk does. */
  restart(): Promise<void>;
}

export async function enrolledPhone(patienceMs?: number): Promise<TestPhone> {
  const name = `phone-${++names}`;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const organisationKey = (await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, [
    "deriveBits",
  ])) as CryptoKeyPair;
  const sealKey = base64url(new Uint8Array(await crypto.subtle.exportKey("raw", organisationKey.publicKey)));
  const signing = await newSigningKey(key);
  const device = {
    device: DEVICE,
    specialist: SPECIALIST,
    epoch: EPOCH,
    sealKid: "k1",
    sealKey,
    deposit: "t",
    publicKey: signing.publicKey,
    state: "active",
  } as const;
  const clock = {
    now: NOW,
    wall: () => clock.now,
    read: () => ({ wall: clock.now, mono: clock.now - NOW, boot: "b" }),
  };
  const store = database(name, patienceMs);
  const profile = await closeProfile(key, { name: "Dana", organisation: "Harbor" });
  await forgetAll(store, { device, signing: signing.box, profile, nextN: 1 });

  const open = async (phone: TestPhone): Promise<void> => {
    const author = await unlocked(phone.store, key);
    if (!author) throw new Error("this phone does not open");
    phone.author = author;
    phone.memory = pocketMemory(phone.store, author, clock, () => undefined);
  };
  const phone: TestPhone = {
    name,
    key,
    clock,
    publicKey: signing.publicKey,
    organisationKey,
    store,
    author: undefined as unknown as Unlocked,
    memory: undefined as unknown as PocketMemory,
    async restart() {
      await phone.store.close();
      phone.store = database(name, patienceMs);
      await open(phone);
    },
  };
  await open(phone);
  return phone;
}

/** Fields of an ordinary note about PERSON. */
export const noteFields = (did: string, startedAt: number = NOW) => ({
  participant: PERSON,
  contact_kind: "one_on_one" as const,
  form: "one_on_one@1",
  started_at: startedAt,
  ended_at: startedAt + 1_800_000,
  zone: "America/New_York",
  setting: "community" as const,
  mode: "in_person" as const,
  answers: { did },
});

/** An unfinished one about PERSON. */
export const newDraft = (number: number, did: string) => ({
  id: id(number),
  form: "one_on_one@1",
  content: { did: [did], person: [PERSON] },
  startedAt: NOW,
  updatedAt: NOW,
});

export const newNote = (doc: string, did: string, startedAt?: number) =>
  ({ kind: "create", type: "note", doc, bucket: BUCKET, set: noteFields(did, startedAt) }) as const;
