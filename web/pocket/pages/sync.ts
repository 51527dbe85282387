/** Storage and sync: what is only here, what the last exchange met, and, whatever it met, what is safe. */

import type { Page } from "./page";
import { zoneOf } from "./surroundings";

const TROUBLES = ["offline", "captive", "server", "busy", "too_large", "revoked", "clock", "storage"];

const sync: Page = async (_request, context) => {
  const { now, memory } = context;
  const status = await context.status();
  const trouble = status.deviceState === "revoked" ? "revoked" : status.exchange;
  return {
    status: 200,
    template: "phone/sync.html",
    view: {
      now,
      zone: await zoneOf(memory),
      trouble: TROUBLES.includes(trouble) ? trouble : "",
      unsent: status.unsent,
      unsent_notes: status.unsentNotes,
      oldest_unsent: status.oldestUnsent,
      last_exchange: status.lastExchange,
      protection: status.isStorageProtected === null ? "unknown" : status.isStorageProtected ? "yes" : "no",
      used_bytes: status.usedBytes,
      drafts: (await memory.drafts()).length,
      returned: status.returned,
      clock_minutes: status.clockOffset === null ? null : Math.round(Math.abs(status.clockOffset) / 60_000),
      is_clock_ahead: (status.clockOffset ?? 0) > 0,
      app: status.app,
      is_update_waiting: status.isUpdateWaiting,
    },
  };
};

export const routes = { "GET /app/sync": sync };
