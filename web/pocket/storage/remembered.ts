/** Answers from the disk, remembered for as long as nothing may have been written where they came from. */

import type { Database } from "./database";
import type { StoreName } from "./rows";

const ANSWERS_LIMIT = 500;

/** The answer to a question: the one that is known, or what `read` says. A failure is not remembered. */
export type Remembered = <T>(question: string, read: () => Promise<T>) => Promise<T>;

/** Pages ask the same things again and again; only what writes to `store` changes the answers. */
export function remembering(database: Database, store: StoreName): Remembered {
  const answers = new Map<string, Promise<unknown>>();
  let answeredAt = 0;
  return <T>(question: string, read: () => Promise<T>): Promise<T> => {
    const now = database.written(store);
    if (answeredAt !== now || answers.size >= ANSWERS_LIMIT) answers.clear();
    answeredAt = now;
    const known = answers.get(question) as Promise<T> | undefined;
    if (known) return known;
    const answer = read();
    answers.set(question, answer);
    answer.catch(() => answers.get(question) === answer && answers.delete(question));
    return answer;
  };
}

const shared = new WeakMap<Database, Map<StoreName, Remembered>>();

/** For what stands on the disk in clear, one for all who ask. What a key has opened must not outlive the lock here. */
export function remembered(database: Database, store: StoreName): Remembered {
  const ofDatabase = shared.get(database) ?? new Map<StoreName, Remembered>();
  shared.set(database, ofDatabase);
  const known = ofDatabase.get(store) ?? remembering(database, store);
  ofDatabase.set(store, known);
  return known;
}
