/** Where a piece of work is, in the words of the screen: never ahead of what the receipts say. */

import type { Standing } from "./page";

export interface StandingView {
  /** Key of the words; they may use the time and the code. */
  readonly key: string;
  readonly kind: "plain" | "attention";
  readonly at: number;
  readonly code: string;
}

export function standingView(standing: Standing): StandingView {
  const isWaiting = standing.at === "phone" || standing.at === "sent";
  return {
    key: `phone.standing.${standing.at}`,
    kind: standing.at === "received" || standing.at === "sent" ? "plain" : "attention",
    at: isWaiting ? standing.since : standing.when,
    code: "code" in standing ? standing.code : "",
  };
}
