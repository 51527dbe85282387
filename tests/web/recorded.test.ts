/**
 * Requests of this version of the phone, recorded for ever: `RECORD=1.0.0 npx vitest run tests/web/recorded.test.ts`
 * writes tests/vectors/requests/<version>/. Without it, this asks that they are still made by the same paths. What the
 * office must answer to each, also in years, is asked by tests/server/replication/test_recorded.py.
 */

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { base64url } from "../../web/pocket/bytes";
import { exchange } from "../../web/pocket/replication/exchange";
import { introduce } from "../../web/pocket/replication/introduce";
import { deliver, emergencyFile } from "../../web/pocket/replication/salvage";
import { transport } from "../../web/pocket/replication/transport";
import { sealedWork } from "../../web/pocket/storage/fresh";
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
} from "./support/phone";

const ROOT = "tests/vectors/requests";

interface Recorded {
  readonly path: string;
  readonly body: string;
}

/** What an ordinary first day sends: enrolment, notes of each kind of change, a pull with everything in it, salvage. */
async function day(): Promise<Record<string, object>> {
  const phone = await enrolledPhone();
  const office = new Office();
  const sent: Recorded[] = [];
  const listening: typeof fetch = async (input, init) => {
    const raw = init?.body as Uint8Array | string;
    const body = typeof raw === "string" ? raw : gunzipSync(Buffer.from(raw)).toString();
    const answer = await office.fetch(input, init);
    if (answer.status !== 401 || String(input) === "/sync/v1/enrol") sent.push({ path: String(input), body });
    return answer;
  };
  const line = transport(listening);
  await introduce(line, {
    code: "7K3F9-QX2MB",
    passphrase: "the account's own",
    public_key: phone.publicKey,
    deposit_hash: "0".repeat(64),
    app: "1.0.0",
  });
  const report = () =>
    Promise.resolve({ unsent: 1, oldest_unsent: NOW, drafts: 1, is_storage_protected: true, app: "1.0.0" });
  const run = (when: "asked" = "asked") =>
    exchange({
      database: phone.store,
      unlocked: phone.author,
      memory: phone.memory,
      transport: line,
      clock: phone.clock,
      dice: () => 0.5,
      report,
      onStep: () => undefined,
    }).run(when);
  await phone.memory.capture([newNote(id(1), "We walked — café 👋")]);
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
  office.revoked = true;
  await phone.memory.capture([newNote(id(4), "Unsent.")]);
  await run();
  await deliver(phone.store, line, null);
  const file = emergencyFile(await sealedWork(phone.store), DEVICE, NOW);
  const point = base64url(new Uint8Array(await crypto.subtle.exportKey("raw", phone.organisationKey.publicKey)));
  const of = (path: string) => sent.filter((one) => one.path === path).map(({ body }) => body);
  return {
    about: {
      device: DEVICE,
      specialist: SPECIALIST,
      person: PERSON,
      epoch: EPOCH,
      now: NOW,
      deposit: "t",
      public_key: phone.publicKey,
      seal_key: point,
      seal_private: await crypto.subtle.exportKey("jwk", phone.organisationKey.privateKey),
    },
    enrol: of("/sync/v1/enrol"),
    push: of("/sync/v1/push"),
    pull: of("/sync/v1/pull"),
    salvage: of("/sync/v1/salvage"),
    emergency: [JSON.stringify(file)],
  };
}

test("the phone still sends what was recorded of it", async () => {
  const recorded = await day();
  for (const [name, bodies] of Object.entries(recorded))
    if (Array.isArray(bodies)) expect(bodies.length, name).toBeGreaterThan(0);
  const version = process.env["RECORD"];
  if (version) {
    mkdirSync(`${ROOT}/${version}`, { recursive: true });
    for (const [name, content] of Object.entries(recorded))
      writeFileSync(`${ROOT}/${version}/${name}.json`, `${JSON.stringify(content, null, 1)}\n`);
  }
  const names = [...Object.keys(recorded), "expected"].map((name) => `${name}.json`);
  expect(readdirSync(`${ROOT}/1.0.0`).sort()).toEqual(names.sort());
});
