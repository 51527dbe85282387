/** From a passphrase to a key: Argon2id, as strong as this phone can bear, never under the floor. */

import { argon2id } from "hash-wasm";
import { type Bytes, utf8 } from "../bytes";

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
const PATIENCE_MS = 750;
const work = (cost: Cost): number => cost.memoryKib * cost.passes;

/** What a passphrase is to the vault: compatibility forms folded, spaces between words counted once. */
export function folded(passphrase: string): string {
  return passphrase.normalize("NFKC").trim().replace(/\s+/g, " ");
}

export async function stretch(passphrase: string, salt: Bytes, cost: Cost): Promise<CryptoKey> {
  if (work(cost) < work(FLOOR) || cost.memoryKib < FLOOR.memoryKib) throw new Error("cost under the floor");
  // Every call has an instance of its own: its memory, 64 MiB of traces of the passphrase, goes with it.
  const { memoryKib: memorySize, passes: iterations } = cost;
  const password = utf8(folded(passphrase));
  const made = {
    password,
    salt,
    parallelism: 1,
    iterations,
    memorySize,
    hashLength: 32,
    outputType: "binary",
  } as const;
  const raw = await argon2id(made);
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
