/**
 * A signed note is put right by a new one that supersedes it. The new one begins with the old one's words and form;
 * the old one stays as it was signed.
 */

import type { NoteFields } from "../generated/schema";
import { translate } from "../render";
import { words } from "./choices";
import { CORRECTIONS, returnViews, revisionDraft, signedOnly } from "./loop";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import { signedView } from "./note";
import type { Page, PageAnswer, PageContext, PageRequest, Seen } from "./page";
import { noteContent } from "./returned";
import { contentOf, one } from "./typed";
import { withName } from "./whom";

const ask: Page = async (request, context) => {
  const note = await ownNote(request, context);
  if (!note) return notFound(request, context);
  const draft = await revisionDraft(note.doc, context);
  return draft ? { redirect: `/app/drafts/${draft.id}` } : askPage(note, context, 200);
};

const begin: Page = async (request, context) => {
  const note = await ownNote(request, context);
  if (!note) return notFound(request, context);
  const { memory, now } = context;
  const [newest] = signedOnly(await memory.revisionsOf(note.doc));
  if (newest) return { redirect: `/app/notes/${newest.doc}` };
  const begun = await revisionDraft(note.doc, context);
  if (begun) return { redirect: `/app/drafts/${begun.id}` };
  const given = one(contentOf(request.form), "reason");
  const reason = CORRECTIONS.find((name) => name === given);
  if (!reason) return askPage(note, context, 422, "loop.revise.error");
  const old = noteContent({ ...note.fields }, note.body.captured, await memory.organisation());
  const content = await withName({ ...old, supersedes: [note.doc], reason: [reason] }, memory);
  const id = context.newId();
  return saving(
    async () => {
      await memory.saveDraft({ id, form: note.fields.form, content, startedAt: now, updatedAt: now });
      return { redirect: `/app/drafts/${id}` };
    },
    (why) => askPage(note, context, 507, why, reason),
  );
};

/** Only its author revises a note, and only what is signed. */
async function ownNote(request: PageRequest, { memory, person }: PageContext): Promise<Seen<NoteFields> | null> {
  const note = await memory.note(request.params["id"] ?? "");
  return note?.body.author === person.id && note.body.state === "signed" ? note : null;
}

async function askPage(
  note: Seen<NoteFields>,
  context: PageContext,
  status: 200 | 422 | 507,
  wrong = "",
  reason = "",
): Promise<PageAnswer> {
  const error = wrong ? translate(context.lang, wrong) : "";
  return {
    status,
    template: "phone/revise.html",
    view: {
      ...(await signedView(note, context)),
      id: note.doc,
      returns: returnViews(note, await context.memory.memberNames()),
      reasons: words(context.lang, "note.reason.", CORRECTIONS),
      reason,
      problems: error ? [{ field: "reason", text: error }] : [],
      error,
    },
  };
}

export const routes = { "GET /app/notes/{id}/revise": ask, "POST /app/notes/{id}/revise": begin };
