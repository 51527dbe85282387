/** Words added after signing. The signed note stays as it is; the addendum stands under it, with its own time. */

import { length } from "../forms";
import type { NoteFields } from "../generated/schema";
import { translate } from "../render";
import { ADDENDUM, addendumDraftOf, EARLIER_REASONS, REASONS } from "./addendum_draft";
import { words } from "./choices";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import { signedView } from "./note";
import type { Page, PageAnswer, PageContext, Seen } from "./page";
import { type Content, contentOf, one } from "./typed";

const TEXT_LIMIT_CHARS = 20_000;

const ask: Page = async (request, context) => {
  const seen = await context.memory.note(request.params["id"] ?? "");
  if (!seen || seen.body.state === "void") return notFound(request, context);
  const draft = await context.memory.draft(addendumDraftOf(seen.doc));
  return formPage(seen, draft?.content ?? {}, context, 200);
};

const add: Page = async (request, context) => {
  const seen = await context.memory.note(request.params["id"] ?? "");
  if (!seen || seen.body.state === "void") return notFound(request, context);
  const content = contentOf(request.form);
  const text = one(content, "text").trim();
  const reason = [...REASONS, ...EARLIER_REASONS].find((name) => name === one(content, "reason"));
  const wrong = textError(content, text);
  if (wrong) return formPage(seen, content, context, 422, wrong);
  if (isThere(seen, text, context)) return { redirect: `/app/notes/${seen.doc}` };
  return saving(
    async () => {
      const set = { text, ...(reason ? { reason } : {}) };
      await context.memory.capture(
        [{ kind: "addendum", type: "note", doc: seen.doc, bucket: seen.bucket, set }],
        addendumDraftOf(seen.doc),
      );
      return { redirect: `/app/notes/${seen.doc}` };
    },
    (why) => formPage(seen, content, context, 507, why),
  );
};

function textError(content: Content, text: string): string {
  if (!("text" in content)) return "form.error.incomplete";
  if (text === "") return "form.error.addendum";
  return length(text) > TEXT_LIMIT_CHARS ? "form.error.too_long" : "";
}

/** The same words again are a second touch on the button, not a second addendum. */
function isThere(seen: Seen<NoteFields>, text: string, { person }: PageContext): boolean {
  return (seen.body.addenda ?? []).some((one) => one.by === person.id && one.text === text);
}

async function formPage(
  seen: Seen<NoteFields>,
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507,
  wrong = "",
): Promise<PageAnswer> {
  const text = one(content, "text");
  const error = wrong ? translate(context.lang, wrong, { length: length(text), limit: TEXT_LIMIT_CHARS }) : "";
  return {
    status,
    template: "phone/addendum.html",
    view: {
      ...(await signedView(seen, context)),
      id: seen.doc,
      draft: addendumDraftOf(seen.doc),
      form: ADDENDUM,
      person: seen.fields.participant,
      reasons: words(context.lang, "note.reason.", REASONS),
      reason: one(content, "reason") || "left_out",
      text,
      problems: error ? [{ field: "text", text: error }] : [],
      error,
    },
  };
}

export const routes = { "GET /app/notes/{id}/addendum": ask, "POST /app/notes/{id}/addendum": add };
