/** Notes of one person as the page and the history list them: what stands in them before one opens them. */

import type { NoteFields, OrganisationFields } from "../generated/schema";
import { shownFrom } from "../rules";
import { loopMarks } from "./loop";
import type { PageContext, Seen } from "./page";
import { type StandingView, standingView } from "./standing";
import { zoneOf } from "./surroundings";

const HISTORY_LIMIT = 20;
const EXCERPT_CHARS = 140;

export async function historyView(
  id: string,
  { memory, person: me, now }: PageContext,
  before?: string,
  limit = HISTORY_LIMIT,
): Promise<Record<string, unknown>> {
  const [page, zone, sites, organisation] = await Promise.all([
    memory.notesOf(id, limit, before),
    zoneOf(memory),
    memory.sites(),
    memory.organisation(),
  ]);
  const notes = page.notes.filter((note) => isShown(note, organisation, now));
  const isCut = notes.length < page.notes.length;
  const marks = await loopMarks(page.notes, memory);
  return {
    zone,
    total: page.total,
    last_at: page.notes[0]?.fields.started_at ?? null,
    notes: notes.map((note) => ({
      ...noteLine(note, sites.find((site) => site.id === note.fields.site)?.name ?? ""),
      standing: openStanding(note, me.id, now, zone),
      loop: marks.get(note.doc) ?? "",
    })),
    is_cut: isCut,
    older_href: page.next && !isCut ? `/app/people/${id}/history?before=${encodeURIComponent(page.next)}` : "",
  };
}

/** What the organisation's phones still show: everything that is not at the office yet, and what is young enough. */
export function isShown(note: Seen<NoteFields>, organisation: OrganisationFields | null, now: number): boolean {
  return note.standing.at !== "received" || note.fields.started_at >= shownFrom(organisation, now);
}

/** Only what still needs a look: in a history, received is the rule. */
function openStanding(note: Seen<NoteFields>, me: string, now: number, zone: string): StandingView | null {
  return note.body.author === me && note.standing.at !== "received" ? standingView(note.standing, now, zone) : null;
}

function noteLine(note: Seen<NoteFields>, site: string): Record<string, unknown> {
  const answers: Readonly<Record<string, unknown>> = note.fields.answers ?? {};
  const text = [answers["said"], answers["did"], answers["went"]].find(
    (value) => typeof value === "string" && value.trim() !== "",
  );
  return {
    href: `/app/notes/${note.doc}`,
    at: note.fields.started_at,
    zone: note.fields.zone,
    minutes: Math.floor((note.fields.ended_at - note.fields.started_at) / 60_000),
    kind: note.fields.contact_kind,
    site,
    setting: note.fields.setting,
    excerpt: excerpt(String(text ?? "")),
    is_flagged: (note.fields.flags ?? []).length > 0,
  };
}

function excerpt(text: string): string {
  const letters = [
    ...text
      .slice(0, EXCERPT_CHARS * 2 + 2)
      .replace(/\s+/g, " ")
      .trim(),
  ];
  return letters.length > EXCERPT_CHARS ? `${letters.slice(0, EXCERPT_CHARS).join("").trimEnd()}…` : letters.join("");
}
