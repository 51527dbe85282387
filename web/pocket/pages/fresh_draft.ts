/** A draft before its first word: nothing is asked that the phone can carry forward or work out. */

import { newestOf, refOf } from "../form_book";
import type { NoteFields } from "../generated/schema";

import type { PageContext, Seen } from "./page";
import { readPlace, spellPlace } from "./place";
import type { Content } from "./typed";
import { local } from "./when";

const NOTES_LIMIT = 20;
const LENGTH_MIN = 30;
const ROUTINE = "one_on_one";

/** Place and way of meeting: as the kind begins, else as last time with this person, else as in my last note, else the person's site. */
export async function freshContent(context: PageContext, person: string, kind = ROUTINE): Promise<Content> {
  const { memory, now } = context;
  const form = newestOf(kind) ?? newestOf(ROUTINE);
  const minutes = form?.defaults?.minutes ?? LENGTH_MIN;
  const [sites, organisation] = await Promise.all([memory.sites(), memory.organisation()]);
  const place = form?.defaults?.place || (await carriedPlace(context, person));
  const zone = readPlace(place, sites, organisation)?.zone ?? organisation?.zone ?? "UTC";
  const { day, clock } = local(now, zone);
  return {
    form_ref: [form ? refOf(form) : ""],
    person: person ? [person] : [],
    place: [place],
    day: [day],
    end: [clock],
    start: [local(now - minutes * 60_000, zone).clock],
    minutes: [String(minutes)],
    kind: [form?.name ?? ROUTINE],
    ...(form?.defaults?.support ? { support: [...form.defaults.support] } : {}),
  };
}

export async function carriedPlace(context: PageContext, person: string): Promise<string> {
  const { memory } = context;
  const sites = (await memory.sites()).filter((site) => site.isOpen);
  const isMine = (note: Seen<NoteFields>) => note.body.author === context.person.id;
  const isOpen = (spelled: string) =>
    !spelled.startsWith("site:") || sites.some((site) => spelled === `site:${site.id}`);
  const withPerson = person ? (await memory.notesOf(person, NOTES_LIMIT)).notes : [];
  const last = withPerson.find(isMine) ?? withPerson[0] ?? (await memory.recentNotes(NOTES_LIMIT)).find(isMine);
  const carried = last ? spellPlace(last.fields) : "";
  if (carried && isOpen(carried)) return carried;
  const own = person ? (await memory.participant(person))?.fields.site : undefined;
  const site = sites.find((one) => one.id === own) ?? sites[0];
  return site ? `site:${site.id}` : "setting:community";
}
