/** An exchange as the engine puts it together, over whatever line a test gives it. */

import type { ExchangeDeps, Outcome } from "../../../web/pocket/replication/deps";
import { type Exchange, exchange } from "../../../web/pocket/replication/exchange";
import { type Transport, transport } from "../../../web/pocket/replication/transport";
import type { Office } from "./office";
import type { TestPhone } from "./phone";

type Open = Pick<TestPhone, "store" | "author" | "memory"> & Pick<ExchangeDeps, "clock">;

export const exchangeOf = (
  { store, author, memory, clock }: Open,
  line: Transport,
  report: ExchangeDeps["report"] = () => Promise.resolve({ app: "test" }),
): Exchange =>
  exchange({
    database: store,
    unlocked: author,
    memory,
    transport: line,
    clock,
    dice: () => 0.5,
    report,
    onStep: () => undefined,
  });

/** One exchange with this office, as when somebody touches *Sync now*. */
export const synced = (phone: Open, office: Office): Promise<Outcome | "waiting"> =>
  exchangeOf(phone, transport(office.fetch)).run("asked");
