/** Adding a photo or scan of a paper to a draft, looking at it, and taking it away again before signing. */

import type { Attachment } from "../generated/schema";
import { translate } from "../render";
import {
  ATTACHED,
  ATTACHMENTS_LIMIT,
  attachedContent,
  attachedIn,
  attachmentView,
  copiesOf,
  forgetAttached,
} from "./attached";
import { formTyped, noteOf } from "./draft_note";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Draft, Page, PageAnswer, PageContext, PageRequest, Scan } from "./page";
import { contentOf, line } from "./typed";

const NAME_LIMIT = 120;

const show: Page = async (request, context) => {
  const draft = await openDraft(request, context);
  return draft ? attachPage(draft, context) : notFound(request, context);
};

const add: Page = async (request, context) => {
  const draft = await openDraft(request, context);
  if (!draft) return notFound(request, context);
  const before = attachedIn(draft.content);
  const name = line(contentOf(request.form), "name").slice(0, NAME_LIMIT);
  if (before.length >= ATTACHMENTS_LIMIT) return attachPage(draft, context, "attach.error.too_many", name);
  const { file } = request;
  if (!file || file.size === 0) return attachPage(draft, context, "attach.error.nothing", name);
  return saving(
    async () => {
      const kept = await context.attachments.keep(file);
      if (typeof kept === "string") return attachPage(draft, context, `attach.error.${kept}`, name);
      const isAdded = await change(draft, (all) => [...all, { ...kept, ...(name && { name }) }], context);
      if (!isAdded) await context.attachments.drop(kept.id);
      return { redirect: `/app/drafts/${draft.id}/attachments` };
    },
    (why) => attachPage(draft, context, why, name, 507),
  );
};

const drop: Page = async (request, context) => {
  const draft = await openDraft(request, context);
  if (!draft) return notFound(request, context);
  const isGone = ({ id }: Attachment) => id === request.params["hash"];
  return saving(
    async () => {
      await change(draft, (all) => all.filter((one) => !isGone(one)), context);
      await forgetAttached(attachedIn(draft.content).filter(isGone), draft, context);
      return { redirect: `/app/drafts/${draft.id}/attachments` };
    },
    (why) => attachPage(draft, context, why, "", 507),
  );
};

const ofDraft: Page = async (request, context) => {
  const draft = await openDraft(request, context);
  return content(request, context, draft ? attachedIn(draft.content) : []);
};

const ofNote: Page = async (request, context) => {
  const note = await context.memory.note(request.params["id"] ?? "");
  return content(request, context, note && note.body.state !== "void" ? (note.fields.attachments ?? []) : []);
};

async function content(
  request: PageRequest,
  context: PageContext,
  named: readonly Attachment[],
): Promise<PageAnswer | Scan> {
  const one = named.find(({ id }) => id === request.params["hash"]);
  const bytes = one ? await context.attachments.read(one) : null;
  return one && bytes ? { bytes, media: one.media } : notFound(request, context);
}

/** Of one contact; other unfinished forms take no photos. */
async function openDraft(request: PageRequest, { memory }: PageContext): Promise<Draft | null> {
  const draft = await memory.draft(request.params["id"] ?? "");
  return draft && formTyped(draft.content) && !(await memory.note(noteOf(draft.id))) ? draft : null;
}

/** The draft as it is by then: a picture takes its time to be drawn, and somebody may have typed on, or signed. */
async function change(
  { id }: Draft,
  next: (all: readonly Attachment[]) => readonly Attachment[],
  { memory, now }: PageContext,
): Promise<boolean> {
  return memory.changeDraft(id, (kept) => {
    if (!kept) return null;
    const { [ATTACHED]: _, ...typed } = kept.content;
    return { ...kept, content: { ...typed, ...attachedContent(next(attachedIn(kept.content))) }, updatedAt: now };
  });
}

async function attachPage(
  draft: Draft,
  context: PageContext,
  wrong = "",
  name = "",
  status: 422 | 507 = 422,
): Promise<PageAnswer> {
  const all = attachedIn(draft.content);
  const copies = await copiesOf(all, `/app/drafts/${draft.id}`, context);
  const error = wrong ? translate(context.lang, wrong) : "";
  return {
    status: wrong ? status : 200,
    template: "phone/attach.html",
    view: {
      id: draft.id,
      name,
      items: all.map((one) => ({ id: one.id, ...attachmentView(one, copies) })),
      is_full: all.length >= ATTACHMENTS_LIMIT,
      problems: error ? [{ field: "file", text: error }] : [],
      error,
    },
  };
}

export const routes = {
  "GET /app/drafts/{id}/attachments": show,
  "POST /app/drafts/{id}/attachments": add,
  "POST /app/drafts/{id}/attachments/{hash}/drop": drop,
  "GET /app/drafts/{id}/attachments/{hash}": ofDraft,
  "GET /app/notes/{id}/attachments/{hash}": ofNote,
};
