/** Own changes on their way to the office: cut into requests, sent verbatim in order of n, until none is left. */

import { utf8 } from "../bytes";
import type { Clock } from "../clock";
import { isPushAnswer, type PushAnswer, type Report } from "../generated/schema";
import type { DeviceFacts } from "../storage/meta";
import type { Entry } from "../storage/outbox";
import type { Answer, Signer, Transport } from "./transport";

const CHANGES_LIMIT = 500;
const LIMIT_BYTES = 900_000;

/** The first changes of the queue that fit into one request, at least one; a bundle travels whole. */
export function cut(queue: readonly Entry[], changesLimit: number = CHANGES_LIMIT): Entry[] {
  const batch: Entry[] = [];
  let bytes = 0;
  for (const bundle of bundles(queue)) {
    bytes += bundle.reduce((sum, entry) => sum + utf8(entry.text).length + 1, 0);
    if (batch.length > 0 && (batch.length + bundle.length > changesLimit || bytes > LIMIT_BYTES)) break;
    batch.push(...bundle);
  }
  return batch;
}

function bundles(queue: readonly Entry[]): Entry[][] {
  const found: Entry[][] = [];
  for (const entry of queue) {
    const last = found.at(-1);
    if (last && entry.bundle !== "" && last[0]?.bundle === entry.bundle) last.push(entry);
    else found.push([entry]);
  }
  return found;
}

export async function push(
  transport: Transport,
  signer: Signer,
  device: DeviceFacts,
  clock: Clock,
  batch: readonly Entry[],
  report: Report,
): Promise<Answer<PushAnswer>> {
  const head = {
    v: 1,
    epoch: device.epoch,
    device: device.device,
    schema: 1,
    first_n: batch[0]?.n,
    clock: clock.read(),
    report,
  };
  const changes = batch.map((entry) => entry.text).join(",");
  const body = `${JSON.stringify(head).slice(0, -1)},"changes":[${changes}]}`;
  return transport.post("/sync/v1/push", body, isPushAnswer, signer);
}
