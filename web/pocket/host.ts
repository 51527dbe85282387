/**
 * What the worker's programs have in common: they keep the shell, know the windows, and answer everything under /app/.
 * What a program holds in memory may be gone with the next request.
 */

import type { Bytes } from "./bytes";
import { deviceClock } from "./clock";
import type { GateContext } from "./gates/gate";
import { assets, version } from "./generated/assets";
import { keyring, type Message } from "./keyring";
import { introduce } from "./replication/introduce";
import { transport } from "./replication/transport";
import { dropOldShells, fetchOtherLanguages, fromShell, installShell, isShell } from "./shell";
import { database } from "./storage/database";

declare const self: ServiceWorkerGlobalScope;

/** What a window may ask for. */
export type Asked = "exchange" | "opened" | "online" | "hidden" | "lock" | "take-over" | "hello" | "keep";

/** What comes with "keep": a form as typed. A page that is going away waits for no answer. */
export interface LastTyped {
  readonly path: string;
  readonly form: string;
}

/** The program that only sets a phone up is registered under this query. */
const FIRST = "?first";

export const clock = deviceClock();
export const store = database();
export const office = transport((input, init) => fetch(input, init));
export const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });
export const keys = keyring(windows);
export const language = navigator.language.toLowerCase().startsWith("es") ? "es" : "en";
export const readShell = async (address: string) => (await fromShell(new Request(address))).text();

export const gate: Omit<GateContext, "database" | "now" | "isOpen" | "exchange"> = {
  introduce: (said) => introduce(office, said),
  stopwatch: () => performance.now(),
  app: version,
  hold: (key) => keys.hold("vault", key),
  holdPending: (key) => void keys.hold("pending", key),
  pending: () => keys.get("pending"),
  words: async () => (await (await fetch(assets["words.txt"] ?? "")).text()).trim().split("\n"),
};

/** Larger is no more readable. */
const LONGEST_PX = 1800;
const QUALITY = 0.65;

/** A picture is drawn anew, smaller: what the camera wrote beside it, such as the place, does not come along. */
export async function paper(file: Blob): Promise<{ content: Bytes; media: "image/jpeg" | "application/pdf" } | null> {
  if ((await file.slice(0, 5).text()) === "%PDF-")
    return { content: new Uint8Array(await file.arrayBuffer()), media: "application/pdf" };
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = new OffscreenCanvas(width ?? 1, height ?? 1);
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const drawn = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return { content: new Uint8Array(await drawn.arrayBuffer()), media: "image/jpeg" };
}

/** A window that has just opened gets the keys that are here, to keep them while it lives. */
function greet(window: { postMessage(message: Message): void }): void {
  for (const kind of ["vault", "pending"] as const) {
    const key = keys.held(kind);
    if (key) window.postMessage({ say: "hold", kind, key });
  }
}

export function listen(
  answer: (event: FetchEvent) => Promise<Response>,
  hear: (asked: Asked, said: LastTyped, teller?: MessagePort) => Promise<unknown>,
): void {
  self.addEventListener("install", (event) => {
    // The very first version takes over at once, and so does the whole program after the one that sets up; a later
    // version waits for its person's tap.
    const { active } = self.registration;
    const isFollowed = !active || new URL(active.scriptURL).search === FIRST;
    event.waitUntil(
      installShell(language, self.location.search === FIRST).then(() => (isFollowed ? self.skipWaiting() : undefined)),
    );
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
  self.addEventListener("message", (event) => {
    const { ask, ...said } = event.data as { ask: Asked } & LastTyped;
    if (ask === "take-over") event.waitUntil(self.skipWaiting());
    else if (ask === "hello") event.source && greet(event.source);
    else event.waitUntil(hear(ask, said, event.ports[0]));
  });
}
