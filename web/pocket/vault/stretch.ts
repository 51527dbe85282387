/** From a passphrase to a key: Argon2id, as strong as this phone can bear, never under the floor. */

import setupWasm from "argon2id/lib/setup.js";
import { type Bytes, utf8 } from "../bytes";
import { simd } from "../generated/argon2";

export interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** Strongest first; the last is the floor. */
export const COSTS: readonly [Cost, ...Cost[]] = [
  { memoryKib: 65536, passes: 3 },
  { memoryKib: 47104, passes: 2 },
  { memoryKib: 32768, passes: 2 },
  { memoryKib: 19456, passes: 2 },
];
const FLOOR: Cost = { memoryKib: 19456, passes: 2 };
const PATIENCE_MS = 1000;
const work = (cost: Cost): number => cost.memoryKib * cost.passes;

/** What a passphrase is to the vault: compatibility forms folded, spaces between words counted once. */
export function folded(passphrase: string): string {
  return passphrase.normalize("NFKC").trim().replace(/\s+/g, " ");
}

export async function stretch(passphrase: string, salt: Bytes, cost: Cost): Promise<CryptoKey> {
  if (work(cost) < work(FLOOR) || cost.memoryKib < FLOOR.memoryKib) throw new Error("cost under the floor");
  // A fresh instance each time: its memory, 64 MiB of traces of the passphrase, goes with it.
  const code = Uint8Array.from(simd, (character) => character.charCodeAt(0));
  const load = (imports: WebAssembly.Imports) => WebAssembly.instantiate(code, imports);
  const argon2id = await setupWasm(load, load);
  const { memoryKib: memorySize, passes } = cost;
  const raw = argon2id({ password: utf8(folded(passphrase)), salt, parallelism: 1, passes, memorySize, tagLength: 32 });
  return crypto.subtle.importKey("raw", new Uint8Array(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** The strongest cost whose unlock stays bearable here, judged by one run at the floor. */
export async function bearableCost(stopwatch: () => number): Promise<Cost> {
  const salt = new Uint8Array(16);
  await stretch("warm", salt, FLOOR);
  const start = stopwatch();
  await stretch("measured", salt, FLOOR);
  const perWork = (stopwatch() - start) / work(FLOOR);
  return COSTS.find((cost) => work(cost) * perWork <= PATIENCE_MS) ?? FLOOR;
}
