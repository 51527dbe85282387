/**
 * Whom unfinished work is about, when that changed meanwhile: support has ended, two records were joined, or the person
 * went to a colleague. It is said before signing, with what happens then and the way on; nothing typed is lost by it.
 */

import type { ParticipantFields } from "../generated/schema";
import type { Memory, Seen } from "./page";
import { type Content, isId, one } from "./typed";

/** "away": joined with a record that is not on this phone; "left": was on this phone when it was typed, and is not any more. */
export type Whereto = "here" | "nobody" | "closed" | "joined" | "away" | "left";

export interface Whom {
  readonly state: Whereto;
  readonly name: string;
  /** The record that goes on for them. */
  readonly other: { readonly id: string; readonly name: string } | null;
}

type Person = Seen<ParticipantFields>;

const NAME = "person_name";

/** Who a draft says it is about, whether they are on this phone or not; "" for nobody. */
export function whoTyped(content: Content): string {
  const id = one(content, "person");
  return isId(id) ? id : "";
}

export async function whomOf(content: Content, memory: Memory): Promise<Whom> {
  const id = whoTyped(content);
  const person = id ? await memory.participant(id) : null;
  if (!person) {
    const name = id && nameTyped(content);
    return { state: name ? "left" : "nobody", name, other: null };
  }
  const { name, status, merged_into } = person.fields;
  if (status !== "closed") return { state: "here", name, other: null };
  if (!merged_into) return { state: "closed", name, other: null };
  const other = goesOnAs(person, new Map((await memory.participants()).map((one) => [one.doc, one])));
  return { state: other ? "joined" : "away", name, other: other && { id: other.doc, name: other.fields.name } };
}

/** The open record at the end of the chain that others were joined with; null when it is not here. */
export function goesOnAs(person: Person, people: ReadonlyMap<string, Person>): Person | null {
  const seen = new Set([person.doc]);
  let next: Person | undefined = person;
  while (next?.fields.merged_into && !seen.has(next.fields.merged_into)) {
    seen.add(next.fields.merged_into);
    next = people.get(next.fields.merged_into);
  }
  return next && next !== person && next.fields.status !== "closed" ? next : null;
}

export const nameTyped = (content: Content): string => one(content, NAME);

/** With the name of whom it is about: they may leave this phone before it is signed. `before`: as it was kept last. */
export async function withName(content: Content, memory: Memory, before: Content = {}): Promise<Content> {
  const id = whoTyped(content);
  const person = id ? await memory.participant(id) : null;
  const earlier = id !== "" && whoTyped(before) === id ? nameTyped(before) : "";
  const name = person?.fields.name ?? (earlier || (id && nameTyped(content)));
  const { [NAME]: _, ...nameless } = content;
  return name ? { ...nameless, [NAME]: [name] } : nameless;
}

/** The same work about the record that goes on. Goals are a record's own, and are chosen anew. */
export async function joined(content: Content, memory: Memory): Promise<Content> {
  const { other } = await whomOf(content, memory);
  return other ? { ...content, person: [other.id], goals: [] } : content;
}
