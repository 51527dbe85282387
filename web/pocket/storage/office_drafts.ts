/** Drafts as the office keeps them, so that a new phone has them too. */

import { contentAndId, contentWithId } from "../draft_id";
import type { Draft, Seen } from "../pages/page";
import type { Fields } from "./overlay";

type DraftRecord = Seen<Fields>;

/** The office's draft, restored to this phone and not opened on it since. */
function restored(record: DraftRecord): Draft {
  const {
    form,
    content,
    started_at: startedAt,
  } = record.fields as { form: string; content: string; started_at?: number };
  const { captured } = record.body;
  const own = contentAndId(record.doc, content);
  return { ...own, form, startedAt: startedAt ?? captured, updatedAt: captured };
}

/** Drafts that only the office has. Two records of one draft: the newer is it, the other stands beside it under its own id. */
export function restoredBeside(records: readonly DraftRecord[], here: ReadonlySet<string>): Draft[] {
  const known = new Set(here);
  return newestFirst(records).flatMap((record) => {
    const draft = restored(record);
    if (here.has(record.doc) || (here.has(draft.id) && recordOf(draft.id, records) === record)) return [];
    const id = known.has(draft.id) ? record.doc : draft.id;
    known.add(id);
    return [{ ...draft, id }];
  });
}

/** The office's record of a draft, the newest where there are several. */
export function recordOf(id: string, records: readonly DraftRecord[]): DraftRecord | null {
  const newest = newestFirst(records);
  return newest.find((record) => restored(record).id === id) ?? newest.find(({ doc }) => doc === id) ?? null;
}

const newestFirst = (records: readonly DraftRecord[]): DraftRecord[] =>
  [...records].sort((a, b) => b.body.captured - a.body.captured || b.doc.localeCompare(a.doc));

/** The fields of its record. */
export function officeFields(draft: Draft): Fields {
  return { form: draft.form, content: contentWithId(draft.id, draft.content), ...whereabouts(draft) };
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The little that the office may show of a draft: person, place and when it was begun. */
function whereabouts(draft: Draft): Fields {
  const id = (name: string, prefix: string): string | undefined =>
    draft.content[name]?.map((value) => value.replace(prefix, "")).find((value) => ID.test(value));
  const participant = id("person", "");
  const site = id("place", "site:");
  return { ...(participant && { participant }), ...(site && { site }), started_at: draft.startedAt };
}
