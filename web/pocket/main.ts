/** The service worker's whole program: host of the engine, which answers every page, and of the exchange. */

import "./luggage";
import { type EngineDeps, handle, type OpenPhone } from "./engine";
import { version } from "./generated/assets";
import { clock, gate, keys, language, listen, office, readShell, store, windows } from "./host";
import type { Message } from "./keyring";
import { type Exchange, exchange } from "./replication/exchange";
import { phoneStatus, report, type StorageFacts, storageFacts } from "./status";
import { pocketMemory } from "./storage/memory";
import { unlocked } from "./storage/unlocked";

declare const self: ServiceWorkerGlobalScope;

interface Running extends OpenPhone {
  readonly key: CryptoKey;
  readonly exchange: Exchange;
}

const STORAGE_REST_MS = 30_000;

let running: Running | null = null;
let hasCaptured = false;
let countedAt = Number.NEGATIVE_INFINITY;
let counted: Promise<StorageFacts> = Promise.resolve({ isProtected: null, usedBytes: null });

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
  if (!opened || opened.device.state === "revoked") return null;
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
  running = { key, unlocked: opened, memory, exchange: round };
  return running;
}

async function lock(): Promise<void> {
  running = null;
  await keys.drop();
}

async function runExchange(isAsked: boolean): Promise<void> {
  const phone = await open();
  if ((await phone?.exchange.run(isAsked)) === "revoked") await lock();
}

const deps: EngineDeps = {
  database: store,
  clock,
  open,
  lock,
  exchange: runExchange,
  status: async ({ memory }) => {
    return phoneStatus(store, memory, await storage(), version, self.registration.waiting !== null);
  },
  readShell,
  language,
  gate: { ...gate, exchange: () => void runExchange(true) },
};

/** After a capture the exchange begins at once, within the life of the request that captured. */
async function answer(event: FetchEvent): Promise<Response> {
  const response = await handle(event.request, deps);
  if (hasCaptured) {
    hasCaptured = false;
    event.waitUntil(runExchange(false));
  }
  return response;
}

listen(answer, (asked) => (asked === "lock" ? lock() : runExchange(asked === "online")));
