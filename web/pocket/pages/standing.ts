/** Where a piece of work is, in the words of the screen: never ahead of what the receipts say. */

import type { Standing } from "./page";
import { local } from "./when";

export interface StandingView {
  /** Key of the words; they may use the time and the code. */
  readonly key: string;
  readonly kind: "plain" | "attention";
  readonly at: number;
  readonly zone: string;
  /** A receipt of today shows its hour, an older one its day. */
  readonly is_today: boolean;
  readonly code: string;
}

export function standingView(standing: Standing, now: number, zone: string): StandingView {
  const isWaiting = standing.at === "phone" || standing.at === "sent";
  const at = isWaiting ? standing.since : standing.when;
  return {
    key: `phone.standing.${standing.at}`,
    kind: standing.at === "received" || standing.at === "sent" ? "plain" : "attention",
    at,
    zone,
    is_today: local(at, zone).day === local(now, zone).day,
    code: "code" in standing ? standing.code : "",
  };
}
