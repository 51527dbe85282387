/**
 * Capture: from "I wrote this" to "it is on the disk". Every value is frozen here: the JSON text made now is what
 * the office will hash, however often it is sent. The text, its sealed copy and the next number are written in one
 * strict transaction; "saved" may be said when this has returned, and not before.
 */

import type { Clock } from "../clock";
import { newId } from "../ids";
import type { NewChange } from "../pages/page";
import { close } from "../vault/box";
import { type Database, Undone } from "./database";
import { facts, getFact, putFact } from "./meta";
import { entryLabel } from "./outbox";
import type { OutboxRow } from "./rows";
import { sealed, type Unlocked } from "./unlocked";

const ATTEMPTS = 5;

/** A change with its `base` known, and the draft it makes superfluous. */
export type Captured = NewChange & { readonly base: number };

/** What else the same transaction shall do, and how many changes each bundle has where they are not all one bundle. */
export interface Along {
  readonly dropDraft?: string;
  readonly bundles?: readonly number[];
}

/** Only raised when another capture took the number between our look and our transaction. */
class NumberTaken extends Undone {}

export async function capture(
  database: Database,
  author: Unlocked,
  clock: Clock,
  changes: readonly Captured[],
  along: Along = {},
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await captureOnce(database, author, clock, changes, along);
    } catch (error) {
      if (!(error instanceof NumberTaken) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function captureOnce(
  database: Database,
  author: Unlocked,
  clock: Clock,
  changes: readonly Captured[],
  along: Along,
): Promise<void> {
  const { nextN = 1, cursors = {} } = await facts(database, "nextN", "cursors");
  const bundles = (along.bundles ?? [changes.length]).flatMap((size) => bundleOf(size, clock));
  const captured = clock.read();
  const rows = await Promise.all(
    changes.map((change, at) => {
      const n = nextN + at;
      const { base, ...said } = change;
      const together = bundles[at] ?? {};
      const scope = cursors[change.bucket] ?? 0;
      const known = { n, author: author.device.specialist, captured };
      const seen = { ...(base > 0 && { base }), ...(scope > 0 && { scope_seq: scope }), ...together };
      const text = frozen({ ...said, ...known, ...seen });
      return outboxRow(author, n, change, together.bundle ?? "", text);
    }),
  );
  await database.write(["meta", "outbox", "drafts"], "strict", async (transaction) => {
    if (((await getFact(transaction, "nextN")) ?? 1) !== nextN) throw new NumberTaken();
    const outbox = transaction.objectStore("outbox");
    await Promise.all([
      ...rows.map((row) => outbox.add(row)),
      putFact(transaction, "nextN", nextN + rows.length),
      ...(along.dropDraft ? [transaction.objectStore("drafts").delete(along.dropDraft)] : []),
    ]);
  });
}

/** What each change of a bundle carries; nothing where it is alone. */
function bundleOf(size: number, clock: Clock): { bundle?: string; bundle_size?: number }[] {
  const together = size > 1 ? { bundle: newId(clock.wall()), bundle_size: size } : {};
  return Array.from({ length: size }, () => together);
}

/** Half a surrogate pair, which UTF-8 cannot carry, becomes U+FFFD. */
function frozen(change: Record<string, unknown>): string {
  return JSON.stringify(change, (_, value: unknown) =>
    typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value,
  );
}

async function outboxRow(
  author: Unlocked,
  n: number,
  change: NewChange,
  bundle: string,
  text: string,
): Promise<OutboxRow> {
  const [box, copy] = await Promise.all([close(author.key, entryLabel(n), text), sealed(author, n, text)]);
  const { doc, bucket } = change;
  return { doc, bucket, bundle, state: "queued", seq: 0, day: 0, receipt: null, box, ...copy };
}
