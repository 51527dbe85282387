/** A signed note: where it stands, what it says, what was added since. */

import type { NoteFields } from "../generated/schema";
import { shownDraft } from "./addendum_draft";
import { copiesOf } from "./attached";
import { countedOf } from "./counting";
import { changesOf, isWaiting, returnViews, signedOnly } from "./loop";
import { notFound } from "./missing";
import { noteView } from "./note_view";
import type { Page, PageContext, Seen } from "./page";
import { isShown } from "./person_history";
import { standingView } from "./standing";
import { stepsView } from "./steps";
import { namesFor } from "./surroundings";

const note: Page = async (request, context) => {
  const seen = await context.memory.note(request.params["id"] ?? "");
  if (!seen || seen.body.state === "void") return notFound(request, context);
  const isOver = !isShown(seen, await context.memory.organisation(), context.now);
  if (isOver && !(await waits(seen, context))) return notFound(request, context);
  const view = { ...(await signedView(seen, context)), ...(await loopView(seen, context)) };
  return { status: 200, template: "phone/note.html", view };
};

/** However old it is, what its author is asked about has to be read. */
async function waits(seen: Seen<NoteFields>, { memory, person }: PageContext): Promise<boolean> {
  return seen.body.author === person.id && isWaiting(seen, await memory.revisionsOf(seen.doc));
}

/** What happened to the note after it was signed. */
async function loopView(seen: Seen<NoteFields>, context: PageContext): Promise<Record<string, unknown>> {
  const { memory, person } = context;
  const [all, names, difference] = await Promise.all([
    memory.revisionsOf(seen.doc),
    namesFor(context, seen.fields),
    changesOf(seen.fields, context),
  ]);
  const revisions = signedOnly(all).map(({ doc, body }) => ({
    href: `/app/notes/${doc}`,
    by: body.author,
    at: body.signed?.at ?? body.captured,
    seq: body.signed?.seq ?? 0,
  }));
  const returns = returnViews(seen, names.members);
  const isMine = seen.body.author === person.id;
  const { cosigned } = seen.body;
  return {
    revisions,
    is_mine: isMine,
    shown_draft: (await shownDraft(seen.doc, memory))?.id ?? "",
    is_waiting: isMine && isWaiting(seen, all),
    returns,
    asked_at: returns[0]?.at ?? context.now,
    cosigned: cosigned ? { by: names.members[cosigned.by]?.name ?? "", at: cosigned.at } : null,
    revise_href: `/app/notes/${seen.doc}/revise`,
    old_href: difference ? `/app/notes/${seen.fields.supersedes}` : "",
    correction: seen.fields.reason ?? "",
    difference,
    is_open_difference: seen.standing.at !== "received",
    steps: stepsView(seen, names, revisions),
  };
}

export async function signedView(seen: Seen<NoteFields>, context: PageContext): Promise<Record<string, unknown>> {
  const written = { doc: seen.doc, author: seen.body.author, fields: seen.fields };
  const [names, counted, copies] = await Promise.all([
    namesFor(context, seen.fields),
    countedOf(context.memory, written),
    copiesOf(seen.fields.attachments ?? [], `/app/notes/${seen.doc}`, context),
  ]);
  const isMine = seen.body.author === context.person.id;
  const members = isMine
    ? { [context.person.id]: { name: context.person.name, title: "" }, ...names.members }
    : names.members;
  return {
    now: context.now,
    note: noteView(seen, { ...names, members, counted, copies }),
    href: `/app/notes/${seen.doc}`,
    person_href: `/app/people/${seen.fields.participant}`,
    write_href: `/app/notes/new?person=${seen.fields.participant}`,
    addendum_href: `/app/notes/${seen.doc}/addendum`,
    inbox_href: `/app/inbox/${seen.doc}`,
    standing: isMine ? standingView(seen.standing, context.now, seen.fields.zone) : null,
    is_unsent_safety: (seen.fields.flags ?? []).length > 0 && seen.standing.at !== "received",
  };
}

export const routes = { "GET /app/notes/{id}": note };
