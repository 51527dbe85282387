import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { base64url, random } from "../../web/pocket/bytes";
import { type EngineDeps, handle } from "../../web/pocket/engine";
import "../../web/pocket/luggage";
import type { Change } from "../../web/pocket/generated/schema";
import { introduce } from "../../web/pocket/replication/introduce";
import { transport } from "../../web/pocket/replication/transport";
import { phoneStatus } from "../../web/pocket/status";
import { attachments } from "../../web/pocket/storage/attachments";
import { wipe } from "../../web/pocket/storage/fresh";
import { jottings, prepareJottings } from "../../web/pocket/storage/jottings";
import { facts, keepFact } from "../../web/pocket/storage/meta";
import { own } from "../../web/pocket/storage/own";
import { newPasskeySalt } from "../../web/pocket/vault/passkey";
import type { Envelope } from "../../web/pocket/vault/seal";
import { newVaultKey, wrapByPassphrase } from "../../web/pocket/vault/wrap";
import { openSealed } from "./support/office_key";
import { DEVICE, enrolledPhone, id, NOW, newNote, PERSON, SPECIALIST, type TestPhone } from "./support/phone";

const words = JSON.parse(readFileSync("web/catalogue/en/phone.json", "utf8")) as Record<string, string>;
const AT = "http://127.0.0.1:8000";
const PASSPHRASE = "ninja doorpost field shop";

const { wrap } = await wrapByPassphrase(await newVaultKey(), PASSPHRASE, { memoryKib: 19456, passes: 2 });

async function pocket(isOpen: boolean) {
  const phone = await enrolledPhone();
  await keepFact(phone.store, "vault", { v: 1, wraps: [wrap] });
  const state = { isOpen, held: 0, exchanges: 0 };
  return { phone, state, ask: (request: Request) => handle(request, depsOf(phone, state)) };
}

const openPhone = ({ author, memory, store, key }: TestPhone) => ({
  unlocked: author,
  memory,
  jottings: jottings(store, key),
  own: own(store, key),
  attachments: attachments(store, author.device, async () => null),
});

function depsOf(phone: TestPhone, state: { isOpen: boolean; held: number; exchanges: number }): EngineDeps {
  const storage = { isProtected: null, usedBytes: null };
  return {
    database: phone.store,
    clock: phone.clock,
    open: async () => (state.isOpen ? openPhone(phone) : null),
    lock: async () => {
      state.isOpen = false;
    },
    exchange: async () => {
      state.exchanges++;
    },
    status: ({ memory }) => phoneStatus(phone.store, memory, SPECIALIST, storage, "test", false, phone.clock.now),
    language: "en",
    readShell: () => Promise.reject(new Error("offline")),
    gate: {
      introduce: (said) =>
        introduce(
          transport(() => Promise.reject(new TypeError("offline"))),
          said,
        ),
      stopwatch: () => 0,
      app: "test",
      hold: async () => {
        state.held++;
        state.isOpen = true;
      },
      holdPending: () => undefined,
      pending: async () => null,
      words: async () => [],
      exchange: () => undefined,
    },
  };
}

const get = (path: string, headers: Record<string, string> = {}) => new Request(AT + path, { headers });
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  new Request(AT + path, { method: "POST", body: new URLSearchParams(form), headers });
const HTMX = { "HX-Request": "true" };

describe("writing down while locked", () => {
  const typed = { id: id(77), line: "met at the shelter", minutes: "15", place: "the pantry" };
  const prepared = async (isOpen = false) => {
    const made = await pocket(isOpen);
    await prepareJottings(made.phone.store, made.phone.key);
    return made;
  };

  test("is offered on the unlock screen, sealed, and found on Today after unlocking", async () => {
    const { ask, phone, state } = await prepared();
    expect(await (await ask(get("/app/unlock"))).text()).toContain('href="/app/jot"');
    const saved = await ask(post("/app/jot", typed));
    expect(saved.status).toBe(200);
    expect(await saved.text()).toContain("Saved on this phone, sealed");
    const locked = await (await ask(get("/app/unlock"))).text();
    expect(locked).toContain("1 sealed line waits");
    expect(locked).not.toContain("shelter");
    state.isOpen = true;
    expect(await (await ask(get("/app/"))).text()).toContain("met at the shelter");
    expect((await ask(get("/app/jot"))).headers.get("Location")).toBe(`${AT}/app/capture`);
    await phone.store.close();
  });

  test("shows nothing that is on the phone, whatever is asked", async () => {
    const { ask } = await prepared();
    await ask(post("/app/jot", typed));
    for (const path of ["/app/jot", `/app/jottings/${typed.id}`, "/app/own", "/app/drafts"])
      expect(await (await ask(get(path))).text()).not.toMatch(/shelter|pantry/);
    expect(await (await ask(post(`/app/jottings/${typed.id}`, { person: PERSON }, HTMX))).status).toBe(409);
  });

  test("says what is wrong and keeps what was typed", async () => {
    const { ask } = await prepared();
    const empty = await ask(post("/app/jot", { ...typed, line: "  " }));
    expect([empty.status, await empty.text()]).toEqual([422, expect.stringContaining("the pantry")]);
    const long = await ask(post("/app/jot", { ...typed, line: "x".repeat(1001) }));
    expect([long.status, await long.text()]).toEqual([422, expect.stringContaining("x".repeat(1001))]);
    const bare = await ask(post("/app/jot", { line: "no id" }));
    expect([bare.status, await bare.text()]).toEqual([422, expect.stringContaining("no id")]);
  });

  test("never says saved when the disk is full, and keeps the line on the screen", async () => {
    const { ask } = await prepared();
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    const answer = await ask(post("/app/jot", typed)).finally(() => {
      IDBObjectStore.prototype.put = put;
    });
    const document = await answer.text();
    expect(answer.status).toBe(507);
    expect(document).toContain("NOT saved: the storage of this phone is full.");
    expect(document).toContain("met at the shelter");
    expect(document).not.toContain("Saved on this phone");
  });

  test("ends at fifty, and says so without losing the fifty-first", async () => {
    const { ask } = await prepared();
    for (let at = 0; at < 50; at++) await ask(post("/app/jot", { ...typed, id: id(100 + at) }));
    const answer = await ask(post("/app/jot", { ...typed, id: id(200) }));
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining("met at the shelter")]);
    expect((await ask(post("/app/jot", { ...typed, id: id(120) }))).status).toBe(200);
  });

  test("works with the lease over, and is not offered on a phone that was revoked", async () => {
    const { ask, phone } = await prepared();
    const exchange = { at: NOW, triedAt: NOW, outcome: "ok", offset: 0, safeSeq: 0, remaining: 0, leaseUntil: NOW - 1 };
    await keepFact(phone.store, "exchange", exchange);
    expect((await ask(post("/app/jot", typed))).status).toBe(200);
    await keepFact(phone.store, "device", { ...phone.author.device, state: "revoked" });
    const unlock = await (await ask(get("/app/unlock"))).text();
    expect(unlock).not.toContain('href="/app/jot"');
    expect(unlock).toContain("cannot be opened any more");
    expect((await ask(get("/app/jot"))).headers.get("Location")).toBe(`${AT}/app/unlock`);
    const late = await ask(post("/app/jot", { ...typed, id: id(78) }));
    expect([late.status, await late.text()]).toEqual([409, expect.stringContaining("met at the shelter")]);
  });

  test("is not offered before the first unlock has made a key", async () => {
    const { ask } = await pocket(false);
    expect(await (await ask(get("/app/unlock"))).text()).not.toContain('href="/app/jot"');
  });
});

describe("a passkey", () => {
  const PRF = base64url(random(32));
  const made = { credential: "Y3JlZA", salt: newPasskeySalt(), prf: PRF, passphrase: PASSPHRASE };
  const kinds = async (phone: TestPhone) => (await facts(phone.store, "vault")).vault?.wraps.map(({ kind }) => kind);

  test("is set up beside the passphrase, opens the phone, and is taken off", async () => {
    const { ask, phone, state } = await pocket(true);
    expect((await ask(post("/app/passkey", made))).headers.get("Location")).toBe(`${AT}/app/passkey`);
    expect(await kinds(phone)).toEqual(["passphrase", "passkey"]);
    expect(await (await ask(get("/app/passkey"))).text()).toContain("A passkey is set up");
    state.isOpen = false;
    const page = await (await ask(get("/app/people"))).text();
    expect(page).toContain('action="/app/unlock/passkey"');
    expect(page).toContain(`value="${made.salt}"`);
    expect(page).not.toContain(PRF);
    const opened = await ask(post("/app/unlock/passkey", { prf: PRF, next: "/app/people" }));
    expect([opened.status, opened.headers.get("Location"), state.held]).toEqual([303, `${AT}/app/people`, 1]);
    await ask(post("/app/passkey/remove", {}));
    expect(await kinds(phone)).toEqual(["passphrase"]);
  });

  test("that answers wrongly, or not at all, leaves the passphrase", async () => {
    const { ask, state } = await pocket(true);
    await ask(post("/app/passkey", made));
    state.isOpen = false;
    for (const prf of ["", base64url(random(32)), "x".repeat(5000)]) {
      const refused = await ask(post("/app/unlock/passkey", { prf }));
      expect([refused.status, state.held]).toEqual([422, 0]);
      expect(await refused.text()).toContain('action="/app/unlock"');
    }
    expect((await ask(post("/app/unlock", { passphrase: PASSPHRASE }))).status).toBe(303);
  });

  test("is not set up with a wrong passphrase, nor on a full disk, nor while locked", async () => {
    const { ask, phone, state } = await pocket(true);
    const wrong = await ask(post("/app/passkey", { ...made, passphrase: "four words but wrong" }));
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining(`value="${PRF}"`)]);
    expect((await ask(post("/app/passkey", { ...made, prf: "nothing" }))).status).toBe(422);
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    const full = await ask(post("/app/passkey", made)).finally(() => {
      IDBObjectStore.prototype.put = put;
    });
    expect([full.status, await full.text()]).toEqual([507, expect.stringContaining("NOT saved")]);
    state.isOpen = false;
    expect((await ask(post("/app/passkey", made))).headers.get("Location")).toContain("/app/unlock");
    expect((await ask(post("/app/passkey/remove", {}))).headers.get("Location")).toContain("/app/unlock");
    expect(await kinds(phone)).toEqual(["passphrase"]);
  });

  test("opens no phone that was revoked, and goes with a wipe", async () => {
    const { ask, phone, state } = await pocket(true);
    await ask(post("/app/passkey", made));
    state.isOpen = false;
    await keepFact(phone.store, "device", { ...phone.author.device, state: "revoked" });
    expect(await (await ask(post("/app/unlock/passkey", { prf: PRF }))).text()).not.toContain("data-passkey");
    expect(state.held).toBe(0);
    await wipe(phone.store, false);
    expect((await facts(phone.store, "vault")).vault).toBeUndefined();
  });
});

describe("a locked phone", () => {
  test.each(["/app/", "/app/people", `/app/people/${PERSON}`, "/app/sync", "/app/settings", "/app/nothing"])(
    "answers %s with the unlock screen, and keeps the address",
    async (path) => {
      const { ask } = await pocket(false);
      const response = await ask(get(path));
      const document = await response.text();
      expect(response.status).toBe(200);
      expect(document).toContain('action="/app/unlock"');
      expect(document).not.toContain("Dana");
    },
  );

  test("shows the safety card", async () => {
    const { ask } = await pocket(false);
    const document = await (await ask(get("/app/safety"))).text();
    expect(document).toContain("988");
    expect(document).not.toContain('action="/app/unlock"');
  });

  test("keeps a form on the screen instead of taking it away", async () => {
    const { ask } = await pocket(false);
    const response = await ask(post(`/app/drafts/${id(1)}`, { did: "x" }, HTMX));
    expect(response.status).toBe(409);
    expect(response.headers.get("HX-Reswap")).toBe("none");
  });

  test("sends a boosted link to a new document, where the passphrase can be typed", async () => {
    const { ask } = await pocket(false);
    expect((await ask(get("/app/people", HTMX))).headers.get("HX-Redirect")).toBe("/app/people");
  });

  test("opens with the passphrase and goes on to where it was asked", async () => {
    const { ask, state } = await pocket(false);
    const response = await ask(post("/app/unlock", { passphrase: PASSPHRASE, next: "/app/people" }));
    expect([response.status, response.headers.get("Location")]).toEqual([303, `${AT}/app/people`]);
    expect(state.held).toBe(1);
  });

  test("says no to another passphrase, and never goes to another place", async () => {
    const { ask, state } = await pocket(false);
    const wrong = await ask(post("/app/unlock", { passphrase: "ninja doorpost field ship", next: "/app/people" }));
    expect([wrong.status, state.held]).toEqual([422, 0]);
    const away = await ask(post("/app/unlock", { passphrase: PASSPHRASE, next: "//evil.example/app/" }));
    expect(away.headers.get("Location")).toBe(`${AT}/app/`);
  });

  test("that was revoked opens to nobody", async () => {
    const { ask, phone, state } = await pocket(false);
    await keepFact(phone.store, "device", { ...phone.author.device, state: "revoked" });
    const response = await ask(post("/app/unlock", { passphrase: PASSPHRASE }));
    expect(state.held).toBe(0);
    expect(await response.text()).not.toContain('action="/app/unlock"');
  });
});

describe("an open phone", () => {
  test("answers an unknown address itself, as a whole document", async () => {
    const { ask } = await pocket(true);
    const response = await ask(get("/app/nothing"));
    expect(response.status).toBe(404);
    expect(await response.text()).toMatch(/^<!doctype html>/);
  });

  test("every answer carries its own policy and is kept nowhere", async () => {
    const { ask } = await pocket(true);
    for (const path of ["/app/", "/app/people", "/app/nothing", "/app/unlock", "/app/safety"]) {
      const { headers } = await ask(get(path));
      expect(headers.get("Content-Security-Policy")).toContain("default-src 'none'");
      expect(headers.get("Content-Security-Policy")).not.toContain("unsafe");
      expect(headers.get("Cache-Control")).toBe("no-store");
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    }
  });

  test("a refused post does not push its address into the history", async () => {
    const { ask } = await pocket(true);
    const response = await ask(post("/app/people/new", {}, HTMX));
    expect(response.status).toBe(422);
    expect(response.headers.get("HX-Push-Url")).toBe("false");
  });

  test("a post without its fields is 422, never an empty note", async () => {
    const { ask, phone } = await pocket(true);
    for (const path of ["/app/capture", `/app/drafts/${id(1)}`, "/app/people/new"]) {
      expect((await ask(post(path, {}))).status).toBe(422);
    }
    expect(await phone.memory.pending()).toEqual([]);
    expect(await phone.memory.drafts()).toEqual([]);
  });

  test("locks on request and starts a new document", async () => {
    const { ask, state } = await pocket(true);
    const response = await ask(post("/app/lock", {}));
    expect([response.status, response.headers.get("Location")]).toEqual([303, `${AT}/app/unlock`]);
    expect(state.isOpen).toBe(false);
  });

  test("exchanges when a person asks", async () => {
    const { ask, state } = await pocket(true);
    expect((await ask(post("/app/exchange", {}, HTMX))).headers.get("HX-Location")).toBe("/app/sync");
    expect(state.exchanges).toBe(1);
  });
});

describe("enrolment", () => {
  test("keeps what was typed when the office is away", async () => {
    const { ask } = await pocket(false);
    const response = await ask(post("/app/enrol", { code: "31D95-SV531", passphrase: "velvet tunnel", again: "yes" }));
    const document = await response.text();
    expect(response.status).toBe(422);
    expect(document).toContain("31D95-SV531");
    expect(document).toContain("velvet tunnel");
  });

  test("asks for what is missing without asking the office", async () => {
    const { ask } = await pocket(false);
    expect((await ask(post("/app/enrol", { again: "yes" }))).status).toBe(422);
    expect((await ask(post("/app/enrol", { code: "31D95-SV531", again: "yes" }))).status).toBe(422);
  });

  test("of a phone that is somebody's begins only on purpose", async () => {
    const { ask } = await pocket(false);
    expect((await ask(get("/app/enrol"))).headers.get("Location")).toBe(`${AT}/app/unlock`);
    expect((await ask(get("/app/enrol?again=yes"))).status).toBe(200);
  });
});

describe("a phone that may show nothing any more", () => {
  const end = (phone: TestPhone, state: "revoked" | "forked") =>
    keepFact(phone.store, "device", { ...phone.author.device, state });

  test.each(["revoked", "forked"] as const)("%s: every address is the same closed door", async (state) => {
    const { ask, phone } = await pocket(false);
    await phone.memory.capture([newNote(id(1), "canary words")]);
    await end(phone, state);
    for (const path of ["/app/", "/app/people", `/app/notes/${id(1)}`, "/app/unlock"]) {
      const document = await (await ask(get(path))).text();
      expect(document).not.toContain("canary");
      expect(document).not.toContain('action="/app/unlock"');
    }
  });

  test("still gives out its sealed work as a file, which only the office can read", async () => {
    const { ask, phone } = await pocket(false);
    await phone.memory.capture([newNote(id(1), "canary words")]);
    await end(phone, "revoked");
    const response = await ask(post("/app/emergency", {}));
    expect(response.headers.get("Content-Disposition")).toMatch(/^attachment; filename="alongside-[\d-]+\.json"$/);
    const file = await response.text();
    expect(file).not.toContain("canary");
    expect(JSON.parse(file)).toMatchObject({ v: 1, device: DEVICE, items: [{ n: 1 }] });
  });

  test("wiped: it says so, and can be set up again", async () => {
    const { ask, phone } = await pocket(false);
    await wipe(phone.store, false);
    expect(await (await ask(get("/app/"))).text()).not.toContain('action="/app/unlock"');
    expect((await ask(get("/app/enrol"))).status).toBe(200);
  });
});

describe("a lease that is over", () => {
  test("hides what this phone holds, and leaves writing, safety and the exchange open", async () => {
    const { ask, phone } = await pocket(true);
    await phone.memory.capture([newNote(id(1), "canary words")]);
    const exchange = { at: NOW, triedAt: NOW, outcome: "ok", offset: 0, safeSeq: 0, remaining: 0 };
    await keepFact(phone.store, "exchange", { ...exchange, leaseUntil: NOW - 1 });
    for (const path of ["/app/", "/app/people", `/app/people/${PERSON}`, `/app/notes/${id(1)}`]) {
      const document = await (await ask(get(path))).text();
      expect(document).not.toContain("canary");
      expect(document).toContain('action="/app/exchange"');
    }
    for (const path of ["/app/capture", "/app/safety", "/app/sync", "/app/settings"])
      expect(await (await ask(get(path))).text()).not.toContain(words["phone.lease.title"]);
    await keepFact(phone.store, "exchange", { ...exchange, leaseUntil: NOW + 1 });
    expect(await (await ask(get(`/app/notes/${id(1)}`))).text()).toContain("canary");
  });
});

test("an open phone puts its drafts into the emergency file", async () => {
  const { ask, phone } = await pocket(true);
  const draft = { id: id(2), form: "f", content: { did: ["half"] }, startedAt: NOW, updatedAt: NOW };
  await phone.memory.saveDraft(draft);
  const file = JSON.parse(await (await ask(post("/app/emergency", {}))).text()) as { items: { sealed: Envelope }[] };
  const { privateKey } = phone.organisationKey;
  const opened = await openSealed(privateKey, phone.author.device.sealKey, file.items[0]?.sealed as Envelope);
  const { type, set } = JSON.parse((JSON.parse(opened) as { change: string }).change) as Change;
  expect(type).toBe("draft");
  expect(JSON.parse(String(set?.["content"]))).toEqual({ did: ["half"], draft_id: [id(2)] });
});

describe("while the phone is in the person's hands", () => {
  const path = `/app/drafts/${id(1)}/show`;
  const turned = async (isOpen = true) => {
    const made = await pocket(isOpen);
    await keepFact(made.phone.store, "turned", path);
    return made;
  };
  const kept = async (phone: TestPhone) => (await phone.memory.setting("turned")) ?? "";

  test.each([
    "/app/",
    "/app/people",
    `/app/people/${PERSON}`,
    "/app/settings",
    "/app/sync",
    `/app/drafts/${id(1)}/check`,
    "/app/nothing",
  ])("%s leads back to the reading view", async (address) => {
    const { ask } = await turned();
    const plain = await ask(get(address));
    expect([plain.status, plain.headers.get("Location")]).toEqual([303, AT + path]);
    expect((await ask(get(address, HTMX))).headers.get("HX-Location")).toBe(path);
  });

  test("help is one touch away, and an autosave of another window is not lost", async () => {
    const { ask } = await turned();
    expect(await (await ask(get("/app/safety"))).text()).toContain("988");
    const address = `/app/drafts/${id(7)}`;
    expect((await ask(post(address, { form_ref: "one_on_one@1" }, HTMX))).headers.get("HX-Location")).toBeNull();
  });

  test("only handing back on purpose ends it", async () => {
    const { ask, phone } = await turned();
    const back = await ask(post("/app/turned/back", {}));
    expect(back.headers.get("Location")).toBe(`${AT}/app/drafts/${id(1)}/check`);
    expect(await kept(phone)).toBe("");
    expect((await ask(get("/app/"))).status).toBe(200);
  });

  test("the lock ends it too: whoever opens the phone again has its passphrase", async () => {
    const { ask, phone } = await turned();
    await ask(post("/app/lock", {}));
    expect(await (await ask(get(path))).text()).toContain('action="/app/unlock"');
    expect(await kept(phone)).toBe("");
    await keepFact(phone.store, "turned", path);
    await ask(get("/app/unlock"));
    expect(await kept(phone)).toBe("");
  });
});
