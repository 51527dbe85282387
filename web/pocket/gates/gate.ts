/** Pages before the vault is open. Unlike other pages they work with keys, so they are lent more than others. */

import type { EnrolAnswer, EnrolRequest } from "../generated/schema";
import type { PageAnswer, PageRequest } from "../pages/page";
import type { Database } from "../storage/database";

export interface GateContext {
  readonly database: Database;
  /** The office's answer to this phone's introduction, or the name of what stood in the way. */
  readonly introduce: (said: EnrolRequest) => Promise<EnrolAnswer | string>;
  readonly now: number;
  readonly stopwatch: () => number;
  readonly app: string;
  /** Asks the windows for the key, which takes a moment: only for who wants to know. */
  readonly isOpen: () => Promise<boolean>;
  /** Keeps the key of the open vault, here and in the windows. */
  readonly hold: (key: CryptoKey) => Promise<void>;
  /** Keeps an enrolment's key, whose passphrase is still to be chosen. */
  readonly holdPending: (key: CryptoKey) => void;
  readonly pending: () => Promise<CryptoKey | null>;
  readonly words: () => Promise<readonly string[]>;
  readonly exchange: () => void;
}

export type GatePage = (request: PageRequest, context: GateContext) => Promise<PageAnswer>;
