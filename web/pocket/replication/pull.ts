/** Asking the office for what is new in the buckets this phone holds. */

import type { Clock } from "../clock";
import { isPullAnswer, type PullAnswer, type Report } from "../generated/schema";
import type { DeviceFacts } from "../storage/meta";
import type { Answer, Signer, Transport } from "./transport";

const DOCS_LIMIT = 500;

export async function pull(
  transport: Transport,
  signer: Signer,
  device: DeviceFacts,
  clock: Clock,
  since: Readonly<Record<string, number>>,
  report: Report,
  docsLimit: number = DOCS_LIMIT,
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
  });
  return transport.post("/sync/v1/pull", body, isPullAnswer, signer);
}
