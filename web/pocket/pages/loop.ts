/** The loop with the supervisor: what was returned and still waits, what replaced what, and what a revision changes. */

import type { NoteFields } from "../generated/schema";
import { type DifferenceRow, differenceView } from "./difference";
import type { Draft, Memory, PageContext, Seen } from "./page";
import { namesFor } from "./surroundings";
import { one } from "./typed";

type Note = Seen<NoteFields>;

/** Reasons for putting a signed note right, in the order they are offered. Words: `note.reason.<reason>`. */
export const CORRECTIONS = [
  "narrative",
  "time_entry",
  "wrong_date",
  "wrong_person",
  "did_not_happen",
  "duplicate",
  "service_code",
  "billing_indicator",
  "never_billable",
  "no_active_plan",
  "other",
] as const satisfies readonly NonNullable<NoteFields["reason"]>[];

const EXCERPT_CHARS = 160;

/** The unfinished revision of a note, wherever it was begun; a note is not revised in two drafts at once. */
export async function revisionDraft(note: string, { memory }: PageContext): Promise<Draft | null> {
  return (await memory.drafts()).find((draft) => one(draft.content, "supersedes") === note) ?? null;
}

export interface ReturnView {
  readonly by: string;
  readonly at: number;
  readonly comment: string;
  readonly passage: string;
  /** Answer that the passage stands in: `said`; "" for the note as a whole. */
  readonly field: string;
}

/** The newest first: the last word of the supervisor is what counts. */
export function returnViews(note: Note, members: Members): ReturnView[] {
  return (note.body.returned ?? [])
    .map(({ by, at, comment, passage = "", field = "" }) => ({
      by: members[by]?.name ?? "",
      at,
      comment,
      passage,
      field: field.startsWith("answers.") ? field.slice("answers.".length) : "",
    }))
    .reverse();
}

type Members = Awaited<ReturnType<Memory["memberNames"]>>;

/** A return is answered by a signed revision, by words of the author that came after it, or by a co-signature. */
export function isWaiting({ body }: Note, revisions: readonly Note[]): boolean {
  const last = (body.returned ?? []).reduce((latest, { seq }) => Math.max(latest, seq), 0);
  if (last === 0 || revisions.some(isSigned) || (body.cosigned?.seq ?? 0) > last) return false;
  return !(body.addenda ?? []).some((said) => said.by === body.author && (said.seq === 0 || said.seq > last));
}

const isSigned = (note: Note): boolean => note.body.state === "signed";

export const signedOnly = (revisions: readonly Note[]): Note[] => revisions.filter(isSigned);

/** In a word how far the loop is with each of these notes; nothing where it has not begun. */
export async function loopMarks(notes: readonly Note[], memory: Memory): Promise<Map<string, string>> {
  const revised = await memory.revised();
  const mark = async (note: Note): Promise<string> => {
    const revisions = revised.has(note.doc) ? await memory.revisionsOf(note.doc) : [];
    if (revisions.some(isSigned)) return "superseded";
    if (note.body.cosigned) return "cosigned";
    return isWaiting(note, revisions) ? "waits" : "";
  };
  return new Map(await Promise.all(notes.map(async (note) => [note.doc, await mark(note)] as const)));
}

/** Own notes that wait for an answer, the one that has waited longest first, as Today shows them. */
export async function waitingViews(context: PageContext): Promise<Record<string, unknown>[]> {
  const { memory, person } = context;
  const [waiting, members] = await Promise.all([waitingNotes(memory, person.id), memory.memberNames()]);
  const views = await Promise.all(waiting.map((note) => waitingView(note, members, context)));
  return views.sort((a, b) => a.asked_at - b.asked_at);
}

/** Own notes that were returned and not answered. */
export async function waitingNotes(memory: Memory, author: string): Promise<Note[]> {
  const own = (await memory.returns()).filter((note) => note.body.author === author);
  const waits = await Promise.all(own.map(async (note) => isWaiting(note, await memory.revisionsOf(note.doc))));
  return own.filter((_, at) => waits[at]);
}

async function waitingView(note: Note, members: Members, context: PageContext) {
  const { memory } = context;
  const [latest] = returnViews(note, members);
  const [about, draft] = await Promise.all([
    memory.participant(note.fields.participant),
    revisionDraft(note.doc, context),
  ]);
  return {
    href: `/app/notes/${note.doc}`,
    name: about?.fields.name ?? "",
    at: note.fields.started_at,
    zone: note.fields.zone,
    by: latest?.by ?? "",
    asked_at: latest?.at ?? 0,
    comment: excerpt(latest?.comment ?? ""),
    passage: excerpt(latest?.passage ?? ""),
    draft_href: draft ? `/app/drafts/${draft.id}` : "",
    revise_href: `/app/notes/${note.doc}/revise`,
  };
}

function excerpt(text: string): string {
  const letters = [...text.trim()];
  return letters.length > EXCERPT_CHARS ? `${letters.slice(0, EXCERPT_CHARS).join("").trimEnd()}…` : letters.join("");
}

/** What stands over the form of a revision: the note it is to supersede, and what the supervisor asked. */
export async function revisesView(old: string, memory: Memory): Promise<Record<string, unknown> | null> {
  if (!old) return null;
  const [note, members] = await Promise.all([memory.note(old), memory.memberNames()]);
  if (!note) return { href: "", at: null, zone: "UTC", returns: [] };
  const { started_at: at, zone } = note.fields;
  return { href: `/app/notes/${note.doc}`, at, zone, returns: returnViews(note, members) };
}

/** What happened meanwhile to the note that a draft is to supersede, as names of warnings. */
export async function overtaken(fields: NoteFields, memory: Memory): Promise<string[]> {
  if (!fields.supersedes) return [];
  const [old, revisions] = await Promise.all([memory.note(fields.supersedes), memory.revisionsOf(fields.supersedes)]);
  if (!old) return ["old_gone"];
  return [...(revisions.some(isSigned) ? ["revised_already"] : []), ...(old.body.cosigned ? ["cosigned_already"] : [])];
}

/** What a note that supersedes another changes; null where the other is not on this phone. */
export async function changesOf(fields: NoteFields, context: PageContext): Promise<DifferenceRow[] | null> {
  const old = fields.supersedes ? await context.memory.note(fields.supersedes) : null;
  if (!old) return null;
  const [names, before] = await Promise.all([namesFor(context, fields), namesFor(context, old.fields)]);
  const sides = [
    { fields: old.fields, person: before.person },
    { fields, person: names.person },
  ] as const;
  return differenceView(...sides, { ...names, goals: [...names.goals, ...before.goals] });
}
