/** Today: what came back, who to follow up, what is unfinished, whom to write about, what is done this week. */

import type { NoteFields } from "../generated/schema";
import { dueCredentials } from "./credentials";
import { draftViews } from "./draft_list";
import { jottingView } from "./jottings";
import { loopToday } from "./loop_today";
import { ownToday } from "./own";
import type { Page, PageContext, Seen } from "./page";
import { type PersonView, peopleOf } from "./people_view";
import { waitingReferrals } from "./referral_view";
import { standingView } from "./standing";
import { zoneOf } from "./surroundings";
import { instant, local, weekStart } from "./when";

const PEOPLE_LIMIT = 6;
const NOTES_LIMIT = 60;
const DONE_LIMIT = 12;
const DAY_MS = 86_400_000;

const today: Page = async (_request, context) => {
  const { memory, now } = context;
  const zone = await zoneOf(memory);
  // All at once: each waits for the disk, and the first screen after unlocking for all of them.
  const [status, conflicts, people, notes, drafts, returned, { lines: jottings, unreadable }, waiting, ...views] =
    await Promise.all([
      context.status(),
      memory.conflicts(),
      peopleOf(memory),
      memory.recentNotes(NOTES_LIMIT),
      draftViews(context),
      memory.returned(),
      context.jottings.all(),
      waitingReferrals(context, zone),
      dueCredentials(context),
      loopToday(context),
    ]);
  const [credentials, loop] = views;
  const day = local(now, zone).day;
  const referrals = waiting.filter((one) => one.is_due);
  const due = people.filter((one) => isDue(one, day)).sort((a, b) => a.follow_up_on.localeCompare(b.follow_up_on));
  const week = doneSince(notes, context, instant(weekStart(day), "00:00", zone) ?? 0);
  const isDayDone = isOver(week, now, drafts.length + jottings.length + due.length);
  return {
    status: 200,
    template: "phone/today.html",
    view: {
      ...(await ownToday(context, isDayDone)),
      unreadable,
      jottings: await Promise.all(jottings.map((one) => jottingView(one, context))),
      credentials,
      now,
      zone,
      exchange: status.exchange,
      is_unsent_safety: week.some((note) => (note.fields.flags ?? []).length > 0 && note.standing.at !== "received"),
      returned: new Set(returned.map((one) => one.about)).size,
      returned_at: returned.reduce((oldest, one) => Math.min(oldest, one.at), now),
      ...loop,
      conflicts: conflicts.length,
      due,
      referrals,
      drafts,
      people: people.filter((one) => !one.is_closed && !due.includes(one)).slice(0, PEOPLE_LIMIT),
      people_count: people.length,
      done: week.slice(0, DONE_LIMIT).map((note) => doneView(note, people, now, zone)),
      done_count: week.length,
    },
  };
};

/** The day's visits are over: something was done today, and nothing is left to do. */
function isOver(week: readonly Seen<NoteFields>[], now: number, left: number): boolean {
  const isToday = ({ fields }: Seen<NoteFields>) => fields.ended_at <= now && fields.ended_at > now - DAY_MS / 2;
  return left === 0 && week.some(isToday);
}

function isDue(person: PersonView, day: string): boolean {
  return !person.is_closed && person.follow_up_on !== "" && person.follow_up_on <= day;
}

function doneSince(notes: readonly Seen<NoteFields>[], context: PageContext, since: number): Seen<NoteFields>[] {
  const isMine = (note: Seen<NoteFields>) => note.body.author === context.person.id && note.body.state !== "void";
  return notes.filter((note) => isMine(note) && note.fields.started_at >= since);
}

function doneView(
  note: Seen<NoteFields>,
  people: readonly PersonView[],
  now: number,
  zone: string,
): Record<string, unknown> {
  return {
    href: `/app/notes/${note.doc}`,
    name: people.find((one) => one.id === note.fields.participant)?.name ?? "",
    at: note.fields.started_at,
    zone: note.fields.zone,
    minutes: Math.floor((note.fields.ended_at - note.fields.started_at) / 60_000),
    is_cosigned: Boolean(note.body.cosigned) && note.standing.at === "received",
    standing: standingView(note.standing, now, zone),
  };
}

export const routes = { "GET /app/": today };
