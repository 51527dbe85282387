/** A signed note: where it stands, what it says, what was added since. */

import type { NoteFields } from "../generated/schema";
import { countedOf } from "./counting";
import { notFound } from "./missing";
import { noteView } from "./note_view";
import type { Page, PageContext, Seen } from "./page";
import { isShown } from "./person_history";
import { standingView } from "./standing";
import { namesFor } from "./surroundings";

const note: Page = async (request, context) => {
  const seen = await context.memory.note(request.params["id"] ?? "");
  if (!seen || seen.body.state === "void") return notFound(request, context);
  if (!isShown(seen, await context.memory.organisation(), context.now)) return notFound(request, context);
  return { status: 200, template: "phone/note.html", view: await signedView(seen, context) };
};

export async function signedView(seen: Seen<NoteFields>, context: PageContext): Promise<Record<string, unknown>> {
  const written = { doc: seen.doc, author: seen.body.author, fields: seen.fields };
  const [names, counted] = await Promise.all([namesFor(context, seen.fields), countedOf(context.memory, written)]);
  const isMine = seen.body.author === context.person.id;
  const members = isMine
    ? { [context.person.id]: { name: context.person.name, title: "" }, ...names.members }
    : names.members;
  return {
    now: context.now,
    note: noteView(seen, { ...names, members, counted }),
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
