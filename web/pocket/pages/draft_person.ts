/** Whom a draft is about: somebody known, or somebody met in passing, for whom an alias or a sign is enough. */

import { length } from "../forms";
import { translate } from "../render";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Draft, Page, PageAnswer, PageContext } from "./page";
import { peopleOf } from "./people_view";
import { contentOf, isId, line, one } from "./typed";
import { withName } from "./whom";

const NAME_LIMIT = 120;

/** What was typed for somebody new, and what is wrong with it. */
interface Newcomer {
  readonly id: string;
  readonly alias: string;
  readonly problem: string;
  readonly isSameName: boolean;
}

const choose: Page = async (request, context) => {
  const draft = await draftOf(request.params["id"], context);
  return draft ? personPage(draft, context, 200, nobody(context)) : notFound(request, context);
};

const change: Page = async (request, context) => {
  const draft = await draftOf(request.params["id"], context);
  if (!draft) return notFound(request, context);
  const person = await context.memory.participant(request.form.get("person") ?? "");
  if (!person) return personPage(draft, context, 200, nobody(context));
  return about(draft, person.doc, context, nobody(context));
};

/** A record of its own at once, so that the note is about somebody; the same id again makes nobody twice. */
const add: Page = async (request, context) => {
  const draft = await draftOf(request.params["id"], context);
  if (!draft) return notFound(request, context);
  const typed = contentOf(request.form);
  const alias = line(typed, "alias");
  const id = isId(line(typed, "person_id")) ? line(typed, "person_id") : context.newId();
  const isAgreed = line(typed, "same") === "yes";
  const key = await problemOf(alias, isAgreed, context);
  const typedSoFar = { id, alias, problem: key && translate(context.lang, key, { limit: NAME_LIMIT }) };
  const newcomer = { ...typedSoFar, isSameName: key === "form.error.same_name" };
  if (key) return personPage(draft, context, 422, newcomer);
  if (await context.memory.participant(id)) return about(draft, id, context, newcomer);
  return saving(
    async () => {
      const set = { name: alias };
      await context.memory.capture([{ kind: "create", type: "participant", doc: id, bucket: `p:${id}`, set }]);
      return about(draft, id, context, newcomer);
    },
    async (why) => personPage(draft, context, 507, { ...newcomer, problem: translate(context.lang, why) }),
  );
};

async function problemOf(alias: string, isAgreed: boolean, { memory }: PageContext): Promise<string> {
  if (alias === "") return "form.error.name";
  if (length(alias) > NAME_LIMIT) return "form.error.too_long_short";
  const isKnown = (await memory.participants()).some((one) => one.fields.name.toLowerCase() === alias.toLowerCase());
  return isKnown && !isAgreed ? "form.error.same_name" : "";
}

async function about(draft: Draft, person: string, context: PageContext, newcomer: Newcomer): Promise<PageAnswer> {
  const content = await withName({ ...draft.content, person: [person], goals: [] }, context.memory);
  return saving(
    async () => {
      await context.memory.saveDraft({ ...draft, content, updatedAt: context.now });
      return { redirect: `/app/drafts/${draft.id}` };
    },
    async (why) => personPage(draft, context, 507, { ...newcomer, problem: translate(context.lang, why) }),
  );
}

async function personPage(
  draft: Draft,
  context: PageContext,
  status: 200 | 422 | 507,
  newcomer: Newcomer,
): Promise<PageAnswer> {
  const people = (await peopleOf(context.memory)).filter((person) => !person.is_closed);
  return {
    status,
    template: "phone/draft_person.html",
    view: {
      id: draft.id,
      people,
      chosen: one(draft.content, "person"),
      person_id: newcomer.id,
      alias: newcomer.alias,
      problem: newcomer.problem,
      problems: newcomer.problem ? [{ field: "alias", text: newcomer.problem }] : [],
      is_same_name: newcomer.isSameName,
    },
  };
}

function nobody({ newId }: PageContext): Newcomer {
  return { id: newId(), alias: "", problem: "", isSameName: false };
}

async function draftOf(id: string | undefined, { memory }: PageContext): Promise<Draft | null> {
  return memory.draft(id ?? "");
}

export const routes = {
  "GET /app/drafts/{id}/person": choose,
  "POST /app/drafts/{id}/person": change,
  "POST /app/drafts/{id}/someone": add,
};
