/**
 * The service worker: host of the engine. It answers everything under /app/ itself, gives the shell from its cache,
 * and leaves the office's own pages alone. What it holds in memory may be gone with the next request.
 */

import { deviceClock } from "./clock";
import { type EngineDeps, handle, type OpenPhone } from "./engine";
import { assets, version } from "./generated/assets";
import { keyring, type Message } from "./keyring";
import { type Exchange, exchange } from "./replication/exchange";
import { introduce } from "./replication/introduce";
import { transport } from "./replication/transport";
import { dropOldShells, fetchOtherLanguages, fromShell, installShell, isShell } from "./shell";
import { phoneStatus, report, type StorageFacts, storageFacts } from "./status";
import { database } from "./storage/database";
import { pocketMemory } from "./storage/memory";
import { unlocked } from "./storage/unlocked";

declare const self: ServiceWorkerGlobalScope;

interface Running extends OpenPhone {
  readonly key: CryptoKey;
  readonly exchange: Exchange;
}

const STORAGE_REST_MS = 30_000;

const clock = deviceClock();
const store = database();
const office = transport((input, init) => fetch(input, init));
const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });
const keys = keyring(windows);
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
  readShell: async (address) => (await fromShell(new Request(address))).text(),
  language: navigator.language.toLowerCase().startsWith("es") ? "es" : "en",
  gate: {
    introduce: (said) => introduce(office, said),
    stopwatch: () => performance.now(),
    app: version,
    hold: (key) => keys.hold("vault", key),
    holdPending: (key) => void keys.hold("pending", key),
    pending: () => keys.get("pending"),
    words: async () => (await (await fetch(assets["words.txt"] ?? "")).text()).trim().split("\n"),
    exchange: () => void runExchange(true),
  },
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

self.addEventListener("install", (event) => {
  // The very first version takes over at once; a later one waits for its person's tap.
  event.waitUntil(installShell(deps.language).then(() => (self.registration.active ? undefined : self.skipWaiting())));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldShells().then(() => self.clients.claim()));
  event.waitUntil(fetchOtherLanguages());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname === "/app" || url.pathname.startsWith("/app/")) event.respondWith(answer(event));
  else if (event.request.method === "GET" && isShell(url.pathname)) event.respondWith(fromShell(event.request));
});

/** What a window may ask for. */
export type Request_ = "exchange" | "online" | "lock" | "take-over" | "hello";

self.addEventListener("message", (event) => {
  const { ask } = event.data as { ask: Request_ };
  if (ask === "exchange" || ask === "online") event.waitUntil(runExchange(ask === "online"));
  if (ask === "lock") event.waitUntil(lock());
  if (ask === "take-over") event.waitUntil(self.skipWaiting());
  if (ask === "hello") {
    for (const kind of ["vault", "pending"] as const) {
      const key = keys.held(kind);
      if (key) event.source?.postMessage({ say: "hold", kind, key } satisfies Message);
    }
  }
});
