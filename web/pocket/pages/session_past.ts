/** Sessions that were: a list of one's own, one of them with its notes, and what the next one may begin with. */

import type { NoteFields, SessionFields } from "../generated/schema";
import { notFound } from "./missing";
import type { Page, PageContext, Seen } from "./page";
import { asked, type Sort } from "./session_draft";
import { standingView } from "./standing";
import { zoneOf } from "./surroundings";

const LIST_LIMIT = 60;

export interface Past {
  readonly doc: string;
  readonly session: SessionFields;
  /** Who was there, as far as this phone still knows. */
  readonly people: readonly string[];
}

/** One's own sessions, newest first. */
async function mySessions({ memory, person }: PageContext): Promise<Seen<SessionFields>[]> {
  const all = await memory.all<SessionFields>("session", `me:${person.id}`);
  return all.sort((a, b) => b.fields.started_at - a.fields.started_at);
}

/** The session with this id, or the newest of its sort. */
export async function likeLast(sort: Sort, context: PageContext, doc: string): Promise<Past | null> {
  const all = (await mySessions(context)).filter(({ fields }) => fields.sort === sort);
  const found = all.find((session) => session.doc === doc) ?? all[0];
  if (!found) return null;
  const notes = await notesOf(found.fields, context);
  const here = await Promise.all(notes.map(({ fields }) => context.memory.participant(fields.participant)));
  const people = here.flatMap((person) => (person && person.fields.status !== "closed" ? [person.doc] : []));
  return { doc: found.doc, session: found.fields, people };
}

async function notesOf(session: SessionFields, { memory }: PageContext): Promise<Seen<NoteFields>[]> {
  const notes = await Promise.all((session.notes ?? []).map((id) => memory.note(id)));
  return notes.filter((note) => note !== null);
}

const list: Page = async (_request, context) => {
  const zone = await zoneOf(context.memory);
  const all = await mySessions(context);
  return {
    status: 200,
    template: "phone/sessions.html",
    view: {
      now: context.now,
      zone,
      count: all.length,
      sessions: all.slice(0, LIST_LIMIT).map(({ doc, fields, standing }) => ({
        href: `/app/sessions/${doc}`,
        like_href: fields.sort === "group" ? `/app/groups/new?like=${doc}` : "",
        sort: fields.sort,
        title: fields.title,
        at: fields.started_at,
        zone: fields.zone,
        people: fields.notes?.length ?? 0,
        standing: standingView(standing, context.now, zone),
      })),
    },
  };
};

const show: Page = async (request, context) => {
  const { memory, now } = context;
  const seen = await memory.one<SessionFields>(request.params["id"] ?? "", "session");
  if (!seen) return notFound(request, context);
  const { fields } = seen;
  const [notes, sites] = await Promise.all([notesOf(fields, context), memory.sites()]);
  const people = await Promise.all(notes.map((note) => memory.participant(note.fields.participant)));
  return {
    status: 200,
    template: "phone/session.html",
    view: {
      now,
      sort: fields.sort,
      title: fields.title,
      topic: fields.topic ?? "",
      description: fields.description ?? "",
      asked_did: asked("group", "did", context.lang),
      headcount: fields.headcount ?? 0,
      beside: [...(fields.beside ?? [])],
      start: fields.started_at,
      end: fields.ended_at,
      minutes: Math.floor((fields.ended_at - fields.started_at) / 60_000),
      zone: fields.zone,
      place: sites.find((site) => site.id === fields.site)?.name ?? "",
      setting: fields.setting,
      is_shared_out: fields.is_shared_out ?? false,
      standing: standingView(seen.standing, now, fields.zone),
      like_href: fields.sort === "group" ? `/app/groups/new?like=${seen.doc}` : "",
      href: `/app/sessions/${seen.doc}`,
      away: (fields.notes?.length ?? 0) - notes.length,
      notes: notes.map((note, at) => ({
        href: `/app/notes/${note.doc}`,
        name: people[at]?.fields.name ?? "",
        start: note.fields.started_at,
        minutes: Math.floor((note.fields.ended_at - note.fields.started_at) / 60_000),
        standing: standingView(note.standing, now, note.fields.zone),
      })),
    },
  };
};

export const routes: Readonly<Record<string, Page>> = {
  "GET /app/sessions": list,
  "GET /app/sessions/{id}": show,
};
