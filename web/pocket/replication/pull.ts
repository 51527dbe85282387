/** Asking the office for what is new in the buckets this phone holds, and for receipts whose answer was lost. */

import type { Clock } from "../clock";
import { isPullAnswer, type PullAnswer, type Report } from "../generated/schema";
import type { DeviceFacts } from "../storage/meta";
import type { Answer, Signer, Transport } from "./transport";

/** `open`: own n that may be decided. `docsLimit`: how much at once. `isDigest`: compare what both hold. */
export interface Wanted {
  readonly since: Readonly<Record<string, number>>;
  readonly open: readonly number[];
  readonly docsLimit: number;
  readonly isDigest: boolean;
}

export async function pull(
  transport: Transport,
  signer: Signer,
  device: DeviceFacts,
  clock: Clock,
  { since, open, docsLimit, isDigest }: Wanted,
  report: Report,
): Promise<Answer<PullAnswer>> {
  const body = JSON.stringify({
    v: 1,
    epoch: device.epoch,
    device: device.device,
    schema: 1,
    since,
    clock: clock.read(),
    limit_docs: docsLimit,
    report,
    ...(open.length > 0 && { open }),
    ...(isDigest && { digest: true }),
  });
  return transport.post("/sync/v1/pull", body, isPullAnswer, signer);
}
