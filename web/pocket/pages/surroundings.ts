/** What a draft or a note is shown against, gathered from the phone's memory. */

import type { NoteFields } from "../generated/schema";
import { countingFor } from "./counting";
import type { Around } from "./draft_note";
import type { Names } from "./note_view";
import type { Memory, PageContext } from "./page";

export async function around(context: PageContext, person: string): Promise<Around> {
  const { memory, now } = context;
  const [participant, sites, organisation] = await Promise.all([
    person ? memory.participant(person) : null,
    memory.sites(),
    memory.organisation(),
  ]);
  return { participant: participant?.body.state === "void" ? null : participant, sites, organisation, now };
}

/** The same, and what the units of a note about this person are counted against. */
export async function aroundCounting(context: PageContext, person: string): Promise<Around> {
  const surroundings = await around(context, person);
  return { ...surroundings, counting: await countingFor(context, person, surroundings.organisation) };
}

export async function namesFor({ memory, lang }: PageContext, fields: NoteFields): Promise<Names> {
  const [participant, sites, organisation, members] = await Promise.all([
    memory.participant(fields.participant),
    memory.sites(),
    memory.organisation(),
    memory.memberNames(),
  ]);
  return {
    person: participant?.fields.name ?? "",
    goals: participant?.fields.goals ?? [],
    sites: sites.map((site) => ({ id: site.id, name: site.name, is_billable: site.isBillable })),
    members,
    units: organisation?.units ?? {},
    billing: organisation?.rules?.billing ?? {},
    lang,
  };
}

export async function zoneOf(memory: Memory): Promise<string> {
  return (await memory.organisation())?.zone ?? "UTC";
}
