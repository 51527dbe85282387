/** The last step of setting up: people and notes arrive. */

import { facts } from "../storage/meta";
import type { GatePage } from "./gate";

/** The first pull, with counts; it can be left at any time. */
const arriving: GatePage = async (_, context) => {
  if (!context.isOpen) return { redirect: "/app/unlock?next=/app/" };
  const { exchange } = await facts(context.database, "exchange");
  const here = await context.database.read(["records"], (transaction) => transaction.objectStore("records").count());
  const isDone = exchange?.outcome === "ok" && exchange.remaining === 0;
  if (!exchange) context.exchange();
  const outcome = exchange?.outcome ?? "under_way";
  return {
    status: 200,
    template: "phone/enrol_ready.html",
    view: { here, remaining: exchange?.remaining ?? 0, is_done: isDone, outcome },
  };
};

export const ready: Record<string, GatePage> = { "GET /app/enrol/ready": arriving };
