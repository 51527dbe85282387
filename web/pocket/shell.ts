/**
 * The shell: the files a page needs beside itself. They are fetched all or not at all, into a cache of their own;
 * a version with one missing file does not install and leaves the one before it working.
 */

import { assets, precache, version } from "./generated/assets";
import { wordFiles } from "./render";

const PREFIX = "shell-";
const CURRENT = `${PREFIX}${version}`;
const KEPT = 2;

/** What only the whole program needs; setting up does not wait for it. */
const LATER = [assets["passkey.js"] ?? ""];

/** `language`: the browser's; a phone in Spanish is not ready before it has its words. */
export async function installShell(language: "en" | "es", isFirst: boolean): Promise<void> {
  const words = language === "es" ? wordFiles("es") : [];
  const files = [...precache, ...words, ...(isFirst ? [] : LATER)];
  const fetched = await Promise.all(files.map(async (path) => [path, await fetchFile(path)] as const));
  const cache = await caches.open(CURRENT);
  await Promise.all(fetched.map(([path, response]) => cache.put(path, response)));
}

/** Names carry the hash of their content: what an earlier version has fetched is not fetched again. */
async function fetchFile(path: string): Promise<Response> {
  const known = path.startsWith("/static/") ? await caches.match(path) : undefined;
  if (known) return known;
  const response = await fetch(new Request(path, { cache: "no-cache", redirect: "error" }));
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html") ?? true;
  if (!response.ok || isPage) throw new Error(`${path}: ${response.status}`);
  return response;
}

/** The words of another language, for a phone that is set to it later and has no network then. */
export async function fetchOtherLanguages(): Promise<void> {
  const cache = await caches.open(CURRENT);
  for (const path of wordFiles("es")) {
    const response = (await cache.match(path)) ?? (await fetchFile(path).catch(() => null));
    if (response) await cache.put(path, response);
  }
}

/** This version and the one before it stay; a page that is still open may want a file of that one. */
export async function dropOldShells(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CURRENT);
  await Promise.all(old.slice(0, Math.max(0, old.length - KEPT + 1)).map((name) => caches.delete(name)));
}

export const isShell = (path: string): boolean => path.startsWith("/static/") || precache.includes(path);

/** From the cache; from the office only what it never held. */
export async function fromShell(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
