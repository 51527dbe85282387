/** Drafts as the office keeps them, so that a new phone has them too. */

import type { Draft, Seen } from "../pages/page";
import type { Fields } from "./overlay";

/** The office's draft, restored to this phone and not opened on it since. */
export function restored(record: Seen<Fields>): Draft {
  const {
    form,
    content,
    started_at: startedAt,
  } = record.fields as { form: string; content: string; started_at?: number };
  const { captured } = record.body;
  return {
    id: record.doc,
    form,
    content: JSON.parse(content) as Draft["content"],
    startedAt: startedAt ?? captured,
    updatedAt: captured,
  };
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The little that the office may show of a draft: person, place and when it was begun. */
export function whereabouts(draft: Draft): Fields {
  const id = (name: string, prefix: string): string | undefined =>
    draft.content[name]?.map((value) => value.replace(prefix, "")).find((value) => ID.test(value));
  const participant = id("person", "");
  const site = id("place", "site:");
  return { ...(participant && { participant }), ...(site && { site }), started_at: draft.startedAt };
}
