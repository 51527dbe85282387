/**
 * Requests of this version of the phone, recorded for ever:
 * `RECORD=1.3.0 python -m web.build vitest tests/web/recorded.test.ts` writes tests/vectors/requests/1.3.0/, and refuses to
 * write over a version that is there. Without it, this asks that the newest recording holds all that a phone still
 * sends. What the office must answer to each, also in years, is asked by tests/server/replication/test_recorded.py.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { base64url, utf8 } from "../../web/pocket/bytes";
import type { Attachment, Change } from "../../web/pocket/generated/schema";
import { introduce } from "../../web/pocket/replication/introduce";
import { deliver, emergencyFile } from "../../web/pocket/replication/salvage";
import { transport } from "../../web/pocket/replication/transport";
import { attachments } from "../../web/pocket/storage/attachments";
import { sealedWork } from "../../web/pocket/storage/fresh";
import { exchangeOf } from "./support/exchange";
import { Office } from "./support/office";
import {
  BUCKET,
  DEVICE,
  EPOCH,
  enrolledPhone,
  id,
  NOW,
  newNote,
  noteFields,
  PERSON,
  SPECIALIST,
  type TestPhone,
} from "./support/phone";
import { aDay, BEFORE } from "./support/recorded_day";

const ROOT = "tests/vectors/requests";
const APP = process.env["RECORD"] ?? "1.2.0";

interface Recorded {
  readonly path: string;
  readonly body: string;
  /** By the deposit token of a phone that may do nothing else any more. */
  readonly isDeposited: boolean;
}

/** A scan beside a note, as it is kept; what a browser makes of a picture before is a journey's. */
async function scanned(phone: TestPhone, sizeBytes: number): Promise<Attachment> {
  const content = utf8("%PDF-1.4 ".padEnd(sizeBytes, "."));
  const read = async () => ({ content, media: "application/pdf" as const });
  const kept = await attachments(phone.store, phone.author.device, read).keep(new Blob([content]));
  if (typeof kept === "string") throw new Error(kept);
  return { ...kept, name: "Plan, signed" };
}

/** What two ordinary days send: enrolment, every kind of record and of change, pulls with everything in them, salvage. */
async function day(): Promise<Record<string, object>> {
  const phone = await enrolledPhone();
  const office = new Office();
  const sent: Recorded[] = [];
  const listening: typeof fetch = async (input, init) => {
    const raw = init?.body as Uint8Array | string;
    const body = typeof raw === "string" ? raw : gunzipSync(Buffer.from(raw)).toString();
    const answer = await office.fetch(input, init);
    const isDeposited = new Headers(init?.headers).has("Alongside-Deposit");
    if (answer.status !== 401 || String(input) === "/sync/v1/enrol")
      sent.push({ path: String(input), body, isDeposited });
    return answer;
  };
  const line = transport(listening);
  await introduce(line, {
    code: "7K3F9-QX2MB",
    passphrase: "the account's own",
    public_key: phone.publicKey,
    deposit_hash: "0".repeat(64),
    app: APP,
  });
  const report = () =>
    Promise.resolve({ unsent: 1, oldest_unsent: NOW, drafts: 1, is_storage_protected: true, app: APP });
  const run = () => exchangeOf(phone, line, report).run("asked");
  await phone.memory.capture([newNote(id(1), "We walked — café 👋")]);
  const paper = await scanned(phone, 600);
  await phone.memory.capture([
    {
      kind: "create",
      type: "note",
      doc: id(5),
      bucket: BUCKET,
      set: { ...noteFields("Signed."), attachments: [paper] },
    },
  ]);
  await run();
  const hash = await phone.memory.contentHash(noteFields("Signed."));
  await phone.memory.capture([
    newNote(id(2), "Signed."),
    { kind: "sign", type: "note", doc: id(2), bucket: BUCKET, content_hash: hash },
  ]);
  await phone.memory.capture([
    { kind: "patch", type: "note", doc: id(1), bucket: BUCKET, set: { answers: { did: "We walked far." } } },
  ]);
  await phone.memory.saveDraft({
    id: id(3),
    form: "one_on_one@1",
    content: { did: ["half"] },
    startedAt: NOW,
    updatedAt: NOW,
  });
  await phone.memory.offerDrafts(NOW);
  await run();
  await aDay(phone);
  await run();
  office.revoked = true;
  const unsent = await scanned(phone, 100);
  await phone.memory.capture([
    {
      kind: "create",
      type: "note",
      doc: id(4),
      bucket: BUCKET,
      set: { ...noteFields("Unsent."), attachments: [unsent] },
    },
  ]);
  await run();
  await deliver(phone.store, line, null);
  const file = emergencyFile(await sealedWork(phone.store), DEVICE, NOW);
  const point = base64url(new Uint8Array(await crypto.subtle.exportKey("raw", phone.organisationKey.publicKey)));
  const of = (path: string, isDeposited = false) =>
    sent.filter((one) => one.path === path && one.isDeposited === isDeposited).map(({ body }) => body);
  return {
    about: {
      device: DEVICE,
      specialist: SPECIALIST,
      person: PERSON,
      epoch: EPOCH,
      now: NOW,
      before: BEFORE,
      deposit: "t",
      public_key: phone.publicKey,
      seal_key: point,
      seal_private: await crypto.subtle.exportKey("jwk", phone.organisationKey.privateKey),
    },
    enrol: of("/sync/v1/enrol"),
    push: of("/sync/v1/push"),
    pull: of("/sync/v1/pull"),
    salvage: of("/sync/v1/salvage", true),
    attachment: of("/sync/v1/attachment"),
    attachment_deposited: of("/sync/v1/attachment", true),
    emergency: [JSON.stringify(file)],
  };
}

const DOORS = ["enrol", "push", "pull", "salvage", "emergency", "attachment", "attachment_deposited"];

/** Kind of change and of record with the fields it sets, and the members of every request: what a recording must hold. */
function shapes(recorded: Readonly<Record<string, unknown>>): string[] {
  const bodies = DOORS.flatMap((door) =>
    (recorded[door] as string[]).map((body) => ({ door, body: JSON.parse(body) })),
  );
  const members = bodies.flatMap(({ door, body }) => Object.keys(body).map((member) => `${door}: ${member}`));
  const changes: Change[] = bodies.flatMap(({ door, body }) => (door === "push" ? body.changes : []));
  const fields = changes.flatMap(({ kind, type, set }) =>
    ["", ...Object.keys(set ?? {})].map((field) => `${kind} ${type}.${field}`),
  );
  return [...new Set([...members, ...fields])].sort();
}

const versions = () => readdirSync(ROOT).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
const read = (version: string, name: string) => JSON.parse(readFileSync(`${ROOT}/${version}/${name}.json`, "utf8"));

test("the phone sends nothing that the newest recording lacks, and all that it holds", async () => {
  const recorded = await day();
  const version = process.env["RECORD"];
  if (version) {
    const folder = `${ROOT}/${version}`;
    if (existsSync(`${folder}/about.json`)) throw new Error(`${folder} is there already; a recording is never changed`);
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(recorded))
      writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(content, null, 1)}\n`);
  }
  const newest = versions().at(-1) ?? "";
  const names = [...Object.keys(recorded), "expected"].map((name) => `${name}.json`);
  if (!version) expect(readdirSync(`${ROOT}/${newest}`).sort()).toEqual(names.sort());
  const held = shapes(Object.fromEntries(DOORS.map((name) => [name, read(newest, name)])));
  expect(shapes(recorded)).toEqual(held);
});
