/** What an exchange needs, and how it may end. */

import type { Clock } from "../clock";
import type { Report } from "../generated/schema";
import type { Database } from "../storage/database";
import type { PocketMemory } from "../storage/memory";
import type { Unlocked } from "../storage/unlocked";
import type { Transport } from "./transport";

/**
 * Names that the screen knows; see PhoneStatus.exchange. "update": the office reads only newer versions of the app;
 * "ahead": the office has gone back in time and somebody there must put it right; "unknown": so far back that it
 * does not know this phone, which a person may set up again.
 */
export type Outcome =
  | "ok"
  | "offline"
  | "captive"
  | "server"
  | "busy"
  | "too_large"
  | "revoked"
  | "forked"
  | "update"
  | "ahead"
  | "unknown"
  | "storage";

export interface ExchangeDeps {
  readonly database: Database;
  readonly unlocked: Unlocked;
  readonly memory: PocketMemory;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly dice: () => number;
  readonly report: () => Promise<Report>;
  /** Something durable has changed: a receipt, rows, the end of the exchange. */
  readonly onStep: (hasMoved: boolean) => void;
}
