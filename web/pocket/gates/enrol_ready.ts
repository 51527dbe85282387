/** The last step of setting up: people and notes arrive. */

import type { EarlierPhone } from "../generated/schema";
import { facts } from "../storage/meta";
import type { GatePage } from "./gate";

/** The first pull, with counts; it can be left at any time. */
const arriving: GatePage = async (_, context) => {
  if (!(await context.isOpen())) return { redirect: "/app/unlock?next=/app/" };
  const { exchange, earlier = [] } = await facts(context.database, "exchange", "earlier");
  const here = await context.database.read(["records"], (transaction) => transaction.objectStore("records").count());
  const isDone = exchange?.outcome === "ok" && exchange.remaining === 0;
  if (!exchange) context.exchange();
  const outcome = exchange?.outcome ?? "under_way";
  return {
    status: 200,
    template: "phone/enrol_ready.html",
    view: {
      here,
      remaining: exchange?.remaining ?? 0,
      is_done: isDone,
      outcome,
      earlier: earlierView(earlier),
      now: context.now,
    },
  };
};

/** Phones of the same person that the office still counts on, and what they said they had. */
function earlierView(earlier: readonly EarlierPhone[]): Record<string, unknown>[] {
  return earlier.map((phone) => ({
    heard_at: phone.heard_at ?? null,
    enrolled_at: phone.enrolled_at,
    unsent: phone.unsent ?? 0,
    drafts: phone.drafts ?? 0,
  }));
}

export const ready: Record<string, GatePage> = { "GET /app/enrol/ready": arriving };
