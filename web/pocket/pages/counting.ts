/** How a note's minutes count on this phone: against the other contacts of the same person that the rules look at. */

import type { MemberFields, NoteFields, OrganisationFields } from "../generated/schema";
import { type Contact, type Counted, count, firstDay, rulesOf } from "../units";
import type { Memory, PageContext, Seen } from "./page";
import { dayNumber } from "./when";

const NOTES_AT_ONCE = 50;
const DAY_MS = 86_400_000;
const DAYS_OF_DRAFTS = 31;

/** A note as it is or would be. */
export interface Written {
  readonly doc: string;
  readonly author: string;
  readonly fields: NoteFields;
}

/** What is known of places, colleagues and sessions, for reading notes as contacts. */
export interface Known {
  readonly sites: ReadonlyMap<string, boolean>;
  readonly volunteers: ReadonlySet<string>;
  readonly sizes: ReadonlyMap<string, number>;
}

/** What the line above the button counts against. */
export interface Counting {
  readonly known: Known;
  readonly others: readonly Contact[];
  readonly author: string;
  readonly today: (zone: string) => number;
}

/** A session with many people, as far as counting needs it. */
interface Session {
  readonly notes?: readonly string[];
  readonly headcount?: number;
}

export async function known(memory: Memory): Promise<Known> {
  const [sites, members, sessions] = await Promise.all([
    memory.sites(),
    memory.all<MemberFields>("member"),
    memory.all<Session>("session"),
  ]);
  const sizes = sessions.map(
    ({ doc, fields }) => [doc, (fields.notes?.length ?? 0) + (fields.headcount ?? 0)] as const,
  );
  return {
    sites: new Map(sites.map((site) => [site.id, site.isBillable])),
    volunteers: new Set(members.filter(({ fields }) => fields.is_volunteer).map(({ doc }) => doc)),
    sizes: new Map(sizes),
  };
}

export function contactOf({ doc, author, fields }: Written, { sites, volunteers, sizes }: Known): Contact {
  const session = (fields as { session?: string | null }).session ?? "";
  return {
    doc,
    person: fields.participant,
    specialist: author,
    started_at: fields.started_at,
    ended_at: fields.ended_at,
    day: dayNumber(fields.started_at, fields.zone),
    kind: fields.contact_kind,
    setting: fields.setting,
    mode: fields.mode,
    is_site_paid: fields.site ? (sites.get(fields.site) ?? true) : null,
    has_goal: (fields.goals ?? []).length > 0,
    group_size: fields.contact_kind === "group" ? (sizes.get(session) ?? 0) : 0,
    is_volunteer: volunteers.has(author),
    is_transport_only: fields.answers?.["transport_only"] === true,
  };
}

/** A person's contacts from `first` on (days since 1970; null: all). Void notes and superseded ones are left out. */
async function contactsOf(
  memory: Memory,
  person: string,
  around: Known,
  first: number | null,
  replaces?: string | null,
): Promise<Contact[]> {
  const notes = await notesFrom(memory, person, first);
  const replaced = new Set([replaces, ...notes.map(({ fields }) => fields.supersedes)]);
  return notes
    .filter((one) => one.body.state !== "void" && !replaced.has(one.doc))
    .map((one) => contactOf({ doc: one.doc, author: one.body.author, fields: one.fields }, around))
    .filter((one) => first === null || one.day >= first);
}

/** The other contacts of a note's person. */
export async function othersOf(memory: Memory, note: Written, around: Known, first: number | null): Promise<Contact[]> {
  const contacts = await contactsOf(memory, note.fields.participant, around, first, note.fields.supersedes);
  return contacts.filter((one) => one.doc !== note.doc);
}

/** A note by the organisation's rules, with everything of the day and the period that this phone holds. */
export async function countedOf(memory: Memory, note: Written): Promise<Counted> {
  const [organisation, around] = await Promise.all([memory.organisation(), known(memory)]);
  const { rule, billing } = rulesOf(organisation);
  const contact = contactOf(note, around);
  const others = await othersOf(memory, note, around, firstDay(contact.day, rule));
  return countOne(contact, others, rule, billing);
}

/** For a draft whose day may still change: what the rules could look at, were it of the last month. */
export async function countingFor(
  { memory, person, now }: PageContext,
  about: string,
  organisation: OrganisationFields | null,
): Promise<Counting> {
  const { rule } = rulesOf(organisation);
  const around = await known(memory);
  const month = dayNumber(now, organisation?.zone ?? "UTC") - DAYS_OF_DRAFTS;
  const isAlone = rule.aggregate === "per_contact" && !rule.max_per_day && !rule.max_per_period;
  const others = about && !isAlone ? await contactsOf(memory, about, around, firstDay(month, rule)) : [];
  return { known: around, others, author: person.id, today: (zone) => dayNumber(now, zone) };
}

export function countOne(
  contact: Contact,
  others: readonly Contact[],
  ...rules: [Parameters<typeof count>[1], Parameters<typeof count>[2]]
): Counted {
  const counted = count([...others, contact], ...rules).get(contact.doc);
  if (!counted) throw new Error("a contact that was counted has a count");
  return counted;
}

/** A zone may be a day ahead of UTC or behind it, so two days more are read than asked for. */
async function notesFrom(memory: Memory, person: string, first: number | null): Promise<Seen<NoteFields>[]> {
  const found: Seen<NoteFields>[] = [];
  const oldest = first === null ? Number.NEGATIVE_INFINITY : (first - 2) * DAY_MS;
  let before: string | undefined;
  do {
    const { notes, next } = await memory.notesOf(person, NOTES_AT_ONCE, before);
    found.push(...notes);
    before = next ?? undefined;
  } while (before !== undefined && (found.at(-1)?.fields.started_at ?? 0) >= oldest);
  return found;
}
