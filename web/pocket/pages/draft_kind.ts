/** Another kind of contact for a draft, or the newer version of its form: seen first, then done; nothing typed goes. */

import { newestOf, refOf, singleKinds } from "../form_book";
import type { Form } from "../forms";
import { translate } from "../render";
import { formTyped, KINDS, kindTyped } from "./draft_note";
import { freshContent } from "./fresh_draft";
import { notFound } from "./missing";
import { moved } from "./move_draft";
import { saving } from "./not_saved";
import type { Draft, Page, PageAnswer, PageContext } from "./page";
import { type Content, one } from "./typed";
import { unplaced } from "./unplaced";

/** What a fresh draft of another kind begins with otherwise, where nobody has touched it yet. */
const BEGUN = ["place", "minutes", "start"];

const choose: Page = async (request, context) => {
  const draft = await context.memory.draft(request.params["id"] ?? "");
  return draft ? kindPage(draft, context) : notFound(request, context);
};

const change: Page = async (request, context) => {
  const draft = await context.memory.draft(request.params["id"] ?? "");
  if (!draft) return notFound(request, context);
  const to = newestOf(request.form.get("kind") ?? "");
  if (!to || to.is_withdrawn || to.is_single === false) return kindPage(draft, context, "form.error.choice");
  return keep(draft, await inKind(draft.content, to, context), to, context);
};

const preview: Page = async (request, context) => {
  const draft = await context.memory.draft(request.params["id"] ?? "");
  const to = draft && newerFor(draft.content);
  if (!draft) return notFound(request, context);
  if (!to) return { redirect: `/app/drafts/${draft.id}` };
  return formPage(draft, to, context);
};

const move: Page = async (request, context) => {
  const draft = await context.memory.draft(request.params["id"] ?? "");
  if (!draft) return notFound(request, context);
  const to = newerFor(draft.content);
  if (!to) return { redirect: `/app/drafts/${draft.id}` };
  // What was shown is what happens: a form that changed since is shown again.
  if (request.form.get("to") !== refOf(to)) return formPage(draft, to, context);
  return keep(draft, moved(draft.content, formTyped(draft.content), to, context.lang).content, to, context);
};

async function keep(draft: Draft, content: Content, to: Form, context: PageContext): Promise<PageAnswer> {
  return saving(
    async () => {
      await context.memory.saveDraft({ ...draft, form: refOf(to), content, updatedAt: context.now });
      return { redirect: `/app/drafts/${draft.id}` };
    },
    async (why) => kindPage(draft, context, why),
  );
}

/** The draft in another kind; what nobody has touched begins as that kind begins. */
async function inKind(content: Content, to: Form, context: PageContext): Promise<Content> {
  const from = formTyped(content);
  const person = one(content, "person");
  const before = await freshContent(context, person, from?.name);
  const after = await freshContent(context, person, to.name);
  const begun = BEGUN.filter((name) => one(content, name) === one(before, name));
  return {
    ...moved(content, from, to, context.lang).content,
    ...Object.fromEntries(begun.map((name) => [name, after[name] ?? []])),
  };
}

/** The version that a draft could move to; null when there is none. */
function newerFor(content: Content): Form | null {
  const from = formTyped(content);
  const newest = from ? newestOf(kindTyped(content, from)) : null;
  return from && newest && !newest.is_withdrawn && refOf(newest) !== refOf(from) ? newest : null;
}

/** Also what a draft opens with whose form this phone does not know. */
export function kindPage(draft: Pick<Draft, "id" | "content">, context: PageContext, why = ""): PageAnswer {
  const { lang } = context;
  const from = formTyped(draft.content);
  const offered = singleKinds();
  const order = [...KINDS.filter((name) => offered.includes(name)), ...offered.filter((name) => !isListed(name))];
  return {
    status: why === "" ? 200 : why.startsWith("form.error.") ? 422 : 507,
    template: "phone/draft_kind.html",
    view: {
      id: draft.id,
      why: why ? translate(lang, why) : "",
      is_unknown: from === null,
      unplaced: from ? [] : unplaced(draft.content, null, lang),
      kinds: order.map((name) => ({
        name,
        about: newestOf(name)?.about?.[lang] ?? "",
        is_chosen: from !== null && kindTyped(draft.content, from) === name,
      })),
    },
  };
}

function isListed(name: string): boolean {
  return KINDS.some((one) => one === name);
}

function formPage(draft: Draft, to: Form, { lang }: PageContext): PageAnswer {
  const { content: _content, ...shown } = moved(draft.content, formTyped(draft.content), to, lang);
  return { status: 200, template: "phone/draft_form.html", view: { id: draft.id, to: refOf(to), ...shown } };
}

export const routes = {
  "GET /app/drafts/{id}/kind": choose,
  "POST /app/drafts/{id}/kind": change,
  "GET /app/drafts/{id}/form": preview,
  "POST /app/drafts/{id}/form": move,
};
