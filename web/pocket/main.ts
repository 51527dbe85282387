/** The service worker's whole program: host of the engine, which answers every page, and of the exchange. */

import "./luggage";
import { type EngineDeps, handle, type OpenPhone } from "./engine";
import { version } from "./generated/assets";
import {
  type Asked,
  clock,
  gate,
  keys,
  type LastTyped,
  language,
  listen,
  office,
  paper,
  readShell,
  store,
  windows,
} from "./host";
import type { Message } from "./keyring";
import { local } from "./pages/when";
import { type Exchange, exchange, opening } from "./replication/exchange";
import type { Kick } from "./replication/pace";
import { courier } from "./replication/salvage";
import { phoneStatus, report, type StorageFacts, storageFacts } from "./status";
import { attachments } from "./storage/attachments";
import { jottings, prepareJottings } from "./storage/jottings";
import { pocketMemory } from "./storage/memory";
import { facts } from "./storage/meta";
import { own } from "./storage/own";
import { unlocked } from "./storage/unlocked";

declare const self: ServiceWorkerGlobalScope;

interface Running extends OpenPhone {
  readonly key: CryptoKey;
  readonly exchange: Exchange;
}

const STORAGE_REST_MS = 30_000;
/** A network that is back is back for everybody: not all at once. */
const ONLINE_MS = 10_000;
const LEAVING_REST_MS = 20_000;
/** A page that goes out of sight keeps its draft first. */
const KEEPING_MS = 300;

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

let running: Running | null = null;
let hasEnded = false;
let parting: Promise<unknown> = Promise.resolve();
let hasCaptured = false;
let countedAt = Number.NEGATIVE_INFINITY;
let counted: Promise<StorageFacts> = Promise.resolve({ isProtected: null, usedBytes: null });

const carry = courier(store, office, clock, Math.random);

const tell = async (message: Message): Promise<void> => {
  for (const window of await windows()) window.postMessage(message);
};

/** The browser takes its time to count bytes; nobody needs them newer than half a minute. */
async function storage(): Promise<StorageFacts> {
  if (performance.now() - countedAt > STORAGE_REST_MS) {
    countedAt = performance.now();
    counted = storageFacts(navigator.storage);
  }
  return counted;
}

async function open(): Promise<Running | null> {
  const key = await keys.get("vault");
  if (!key) return null;
  if (running?.key === key) return running;
  const opened = await unlocked(store, key);
  if (opened?.device.state !== "active") return null;
  const memory = pocketMemory(store, opened, clock, () => {
    hasCaptured = true;
  });
  const round = exchange({
    database: store,
    unlocked: opened,
    memory,
    transport: office,
    clock,
    dice: Math.random,
    report: async () => report(memory, await storage(), version),
    onStep: (hasMoved) => void tell({ say: "exchanged", hasMoved }),
  });
  // Without room for it the phone still opens; writing down while locked is then offered after a later unlock.
  await prepareJottings(store, key).catch(() => undefined);
  const beside = {
    jottings: jottings(store, key),
    own: own(store, key),
    attachments: attachments(store, opened.device, paper),
  };
  running = { key, unlocked: opened, memory, exchange: round, ...beside };
  return running;
}

/** At once for everybody who looks; what was just written still goes to the office, if the line is there. */
async function lock(): Promise<void> {
  const last = running;
  running = null;
  if (last) parting = insure(last).catch(() => undefined);
  await keys.drop();
}

/** Drafts that have changed go to the office before this phone is out of sight. */
async function insure({ memory, exchange: round }: Running): Promise<void> {
  if (navigator.onLine && (await memory.offerDrafts(clock.wall(), LEAVING_REST_MS))) await round.run("routine");
}

async function hide(): Promise<void> {
  await rest(KEEPING_MS);
  const phone = await open();
  if (phone) await insure(phone);
}

async function runExchange(kick: Kick): Promise<void> {
  const phone = await open();
  const outcome = await phone?.exchange.run(kick);
  const hasJustEnded = outcome === "revoked" || outcome === "forked";
  if (hasJustEnded) {
    running = null;
    await keys.drop();
  }
  // Sealed work needs no key: it is delivered while this phone is locked, and when it is somebody else's by now.
  const { device, signingKey } = phone?.unlocked ?? {};
  const signer = outcome === "ok" && device && signingKey ? { device: device.device, signingKey } : null;
  await carry(signer, hasJustEnded ? "asked" : kick);
  if (!phone && (await facts(store, "ended")).ended && !hasEnded) {
    hasEnded = true;
    await tell({ say: "ended" });
  }
}

const whenOpened = opening(runExchange, () => running?.exchange.comeBackMs() ?? 0, rest);

const deps: EngineDeps = {
  database: store,
  clock,
  open,
  lock,
  exchange: runExchange,
  status: async ({ memory, unlocked }) => {
    const me = unlocked.device.specialist;
    return phoneStatus(store, memory, me, await storage(), version, self.registration.waiting !== null, clock.wall());
  },
  readShell,
  language,
  gate: { ...gate, exchange: () => void runExchange("asked") },
};

/**
 * After a capture the exchange begins at once, within the life of the request that captured. The browser's first clock of
 * a worker's life takes as long as a page: it is asked for while somebody types the passphrase.
 */
async function answer(event: FetchEvent): Promise<Response> {
  const response = await handle(event.request, deps);
  if (!running) event.waitUntil(rest(0).then(() => local(clock.wall(), "UTC")));
  event.waitUntil(parting);
  if (hasCaptured) {
    hasCaptured = false;
    event.waitUntil(runExchange("routine"));
  }
  return response;
}

/** An autosave; `teller` is missing where nobody is left to read the answer. */
async function keep({ path, form }: LastTyped, teller?: MessagePort): Promise<void> {
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true" };
  const response = await handle(new Request(path, { method: "POST", body: form, headers }), deps);
  teller?.postMessage({ isKept: response.ok, words: await response.text() });
}

async function hear(asked: Asked, said: LastTyped, teller?: MessagePort): Promise<unknown> {
  if (asked === "keep") return keep(said, teller);
  if (asked === "lock") return lock().then(() => parting);
  if (asked === "hidden") return hide();
  if (asked === "online") await rest(Math.random() * ONLINE_MS);
  return asked === "opened" ? whenOpened() : runExchange(asked === "online" ? "asked" : "routine");
}

listen(answer, hear);
