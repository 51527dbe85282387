/** A draft: written, kept at every pause, checked, signed. Nothing typed is ever cleared by an error. */

import { newestOf } from "../form_book";
import { type FormField, fieldsOf } from "../forms";
import type { NoteFields } from "../generated/schema";
import { ADDENDUM } from "./addendum_draft";
import { attachedIn, forgetAttached, keepAttached } from "./attached";
import { checkView } from "./check_view";
import { kindPage } from "./draft_kind";
import { type FieldError, formTyped, noteOf, readNote } from "./draft_note";
import { followUp } from "./follow_up";
import { freshContent } from "./fresh_draft";
import { homeOf, sortOf } from "./kept_form";
import { leftOver } from "./left_over";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import { keptView, noteFormView } from "./note_form";
import { type Draft, NotSaved, type Page, type PageAnswer, type PageContext, type PageRequest } from "./page";
import { unplacedWords } from "./person_says";
import { manyDraft } from "./session_draft";
import { around, aroundCounting } from "./surroundings";
import { type Content, contentOf, one } from "./typed";
import { joined, whomOf, withName } from "./whom";

type Status = 200 | 409 | 422 | 507;

const write: Page = async (request, context) => {
  const person = request.query.get("person") ?? "";
  const known = person ? await context.memory.participant(person) : null;
  const kind = request.query.get("kind") ?? "";
  const as = newestOf(kind) ? `&kind=${kind}` : "";
  return { redirect: known ? `/app/drafts/${context.newId()}?person=${known.doc}${as}` : "/app/capture" };
};

const open: Page = async (request, context) => {
  const id = idOf(request);
  if (await context.memory.note(noteOf(id))) return { redirect: `/app/notes/${noteOf(id)}` };
  const draft = await context.memory.draft(id);
  const many = draft && manyDraft(draft);
  if (many) return { redirect: many.href };
  const left = draft ? await leftOver(draft, context.memory) : "";
  if (left) return { redirect: left };
  if (draft?.form === ADDENDUM) return { redirect: `/app/notes/${one(draft.content, "note")}/addendum` };
  const other = draft ? sortOf(draft) : null;
  if (other) return { redirect: other.href };
  const person = request.query.get("person") ?? "";
  if (!draft && !(await context.memory.participant(person))) return notFound(request, context);
  return formPage(
    id,
    draft?.content ?? (await freshContent(context, person, request.query.get("kind") ?? undefined)),
    context,
    200,
    [],
    draft?.updatedAt ?? null,
  );
};

/** Autosave posts the whole form; the button adds `then`. */
const keep: Page = async (request, context) => {
  const id = idOf(request);
  const earlier = (await context.memory.draft(id))?.content;
  const posted = keepAttached(contentOf(request.form), earlier);
  const then = request.form.get("then");
  const about = then === "join" ? await joined(posted, context.memory) : posted;
  const content = await withName(about, context.memory, earlier);
  if (!isWhole(content))
    return then === null
      ? keptPage(content, context, 422)
      : formPage(id, await keptContent(id, content, context), context, 422, [missingForm()]);
  if (await isSigned(id, content, context))
    return then === null ? keptPage({}, context, 200) : { redirect: `/app/notes/${noteOf(id)}` };
  return saving(
    async () => {
      const keeping = context.memory.changeDraft(id, (kept) => ({
        id,
        form: one(content, "form_ref"),
        content: keepAttached(content, kept?.content),
        startedAt: kept?.startedAt ?? context.now,
        updatedAt: context.now,
      }));
      // What an autosave is answered is put together while the disk works, and told when that is done.
      if (then === null) return (await Promise.all([keptPage(content, context, 200, context.now), keeping]))[0];
      await keeping;
      if (then === "join") return { redirect: `/app/drafts/${id}` };
      if (then === "later") return { redirect: "/app/" };
      if (then === "person" || then === "kind" || then === "form" || then === "attachments")
        return { redirect: `/app/drafts/${id}/${then}` };
      return checkOrForm(id, content, context);
    },
    async (why) =>
      then === null
        ? keptPage(content, context, 507)
        : formPage(id, content, context, 507, [{ field: "", key: why, args: {} }]),
  );
};

const check: Page = async (request, context) => {
  const id = idOf(request);
  const draft = await context.memory.draft(id);
  if (await context.memory.note(noteOf(id))) return { redirect: `/app/notes/${noteOf(id)}` };
  return draft ? checkPage(id, draft.content, context) : notFound(request, context);
};

/** Signs what was read on the check page: `seen` is the hash of it, and anything else is shown again. */
const sign: Page = async (request, context) => {
  const id = idOf(request);
  const note = noteOf(id);
  // The draft first: another window may sign it between the two looks.
  const draft = await context.memory.draft(id);
  if (await context.memory.note(note)) return { redirect: `/app/notes/${note}` };
  if (!draft) return notFound(request, context);
  const surroundings = await around(context, one(draft.content, "person"));
  const { fields } = readNote(draft.content, surroundings);
  if (!fields) return checkPage(id, draft.content, context);
  const hash = await context.memory.contentHash(fields);
  if (request.form.get("seen") !== hash) return checkPage(id, draft.content, context, 409);
  return saving(
    async () => {
      await capture(note, fields, hash, draft, context);
      return { redirect: `/app/notes/${note}` };
    },
    (why) => checkPage(id, draft.content, context, 507, why),
  );
};

async function capture(
  note: string,
  fields: NoteFields,
  hash: string,
  draft: Draft,
  context: PageContext,
): Promise<void> {
  const about = { type: "note", doc: note, bucket: `p:${fields.participant}` } as const;
  const said = unplacedWords(draft.content, fields, context.lang);
  await context.memory.capture(
    [
      { ...about, kind: "create", set: { ...fields } },
      { ...about, kind: "sign", content_hash: hash },
      ...(said ? [{ ...about, kind: "addendum", set: said } as const] : []),
    ],
    draft.id,
  );
  const next = await followUp(fields, context);
  if (!next) return;
  try {
    await context.memory.capture([next]);
  } catch (error) {
    // The note is safe and names the day itself; only the reminder on Today is lost.
    if (!(error instanceof NotSaved)) throw error;
  }
}

const drop: Page = async (request, context) => {
  const draft = await context.memory.draft(idOf(request));
  await context.memory.dropDraft(idOf(request));
  if (!draft) return { redirect: "/app/" };
  await forgetAttached(attachedIn(draft.content), draft, context);
  return { redirect: (await leftOver(draft, context.memory)) ? "/app/" : homeOf(draft) };
};

async function checkOrForm(id: string, content: Content, context: PageContext): Promise<PageAnswer> {
  const surroundings = await around(context, one(content, "person"));
  const { errors } = readNote(content, surroundings);
  return errors.length > 0 ? formPage(id, content, context, 422, errors) : { redirect: `/app/drafts/${id}/check` };
}

async function checkPage(
  id: string,
  content: Content,
  context: PageContext,
  status: 200 | 409 | 507 = 200,
  why = "",
): Promise<PageAnswer> {
  const surroundings = await around(context, one(content, "person"));
  const { fields, errors } = readNote(content, surroundings);
  if (!fields) return formPage(id, content, context, 422, errors);
  const whom = await whomOf(content, context.memory);
  const view = await checkView(id, fields, surroundings, context, whom.name);
  return { status, template: "phone/check.html", view: { ...view, whom, has_changed: status === 409, why } };
}

async function formPage(
  id: string,
  content: Content,
  context: PageContext,
  status: Status,
  errors: readonly FieldError[] = [],
  keptAt: number | null = null,
): Promise<PageAnswer> {
  const form = formTyped(content);
  if (!form) return kindPage({ id, content }, context, errors.find((one) => one.field === "")?.key);
  const surroundings = await aroundCounting(context, one(content, "person"));
  const view = await noteFormView(id, content, form, surroundings, context, errors);
  return {
    status,
    template: "phone/note_form.html",
    view: { ...view, kept: keptView(content, surroundings, keptAt, context.lang) },
  };
}

/** The answer to an autosave: never ahead of the truth. */
async function keptPage(
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507,
  keptAt: number | null = null,
): Promise<PageAnswer> {
  const surroundings = await aroundCounting(context, one(content, "person"));
  const kept = keptView(content, surroundings, keptAt, context.lang);
  const view = { kept: { ...kept, is_refused: status !== 200 } };
  return { status, template: "phone/kept.html", view, isFragment: true };
}

/** An empty body must never become an empty note: what is already kept stays, and what did arrive is shown with it. */
async function keptContent(id: string, content: Content, context: PageContext): Promise<Content> {
  const kept = (await context.memory.draft(id))?.content ?? (await freshContent(context, ""));
  return { ...kept, ...content };
}

/** A late autosave of a page whose note is signed already. */
async function isSigned(id: string, content: Content, context: PageContext): Promise<boolean> {
  return one(content, "form_ref") !== ADDENDUM && (await context.memory.note(noteOf(id))) !== null;
}

/** Whether a body is a whole form: its last control of the core came, and words. */
function isWhole(content: Content): boolean {
  if (one(content, "form_ref") === ADDENDUM) return "text" in content && "note" in content;
  const form = formTyped(content);
  const isWriting = (field: FormField) => field.type === "prose" && field.key in content;
  return form !== null && "end" in content && fieldsOf(form).some(isWriting);
}

function missingForm(): FieldError {
  return { field: "", key: "form.error.incomplete", args: {} };
}

function idOf(request: PageRequest): string {
  return request.params["id"] ?? "";
}

export const routes = {
  "GET /app/notes/new": write,
  "GET /app/drafts/{id}": open,
  "POST /app/drafts/{id}": keep,
  "GET /app/drafts/{id}/check": check,
  "POST /app/drafts/{id}/sign": sign,
  "POST /app/drafts/{id}/drop": drop,
};
