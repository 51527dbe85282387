/** People as lists show them: name, when last seen, ready to write about. */

import type { ParticipantFields } from "../generated/schema";
import type { Memory, Seen } from "./page";

export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly href: string;
  readonly write_href: string;
  /** ms of the last contact on this phone, or null. */
  readonly seen_at: number | null;
  readonly notes: number;
  readonly follow_up_on: string;
  readonly is_closed: boolean;
}

/** Everyone on this phone, last seen first; those never seen come after, by name. */
export async function peopleOf(memory: Memory): Promise<PersonView[]> {
  const [participants, seen] = await Promise.all([memory.participants(), memory.lastSeen()]);
  const people = participants.filter((one) => one.body.state !== "void").map((one) => personView(one, seen[one.doc]));
  return people.sort((a, b) => (b.seen_at ?? 0) - (a.seen_at ?? 0) || byName(a, b));
}

export function byName(a: PersonView, b: PersonView): number {
  return a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
}

function personView(one: Seen<ParticipantFields>, seen: { at: number; notes: number } | undefined): PersonView {
  return {
    id: one.doc,
    name: one.fields.name,
    code: one.fields.code ?? "",
    href: `/app/people/${one.doc}`,
    write_href: `/app/notes/new?person=${one.doc}`,
    seen_at: seen?.at ?? null,
    notes: seen?.notes ?? 0,
    follow_up_on: one.fields.follow_up_on ?? "",
    is_closed: one.fields.status === "closed",
  };
}
