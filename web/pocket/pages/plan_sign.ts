/** Signing the plan: read together, then signed on the screen. Each signature freezes a version of its own. */

import type { ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext, Seen } from "./page";
import { frozen, isEmpty, planView } from "./plan_view";
import { readSigning, signingView } from "./signing";
import { zoneOf } from "./surroundings";
import { type Content, contentOf, isId, one } from "./typed";
import { local } from "./when";

type Person = Seen<ParticipantFields>;

const ask: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  return isEmpty(person.fields) ? { redirect: `/app/people/${person.doc}/plan` } : page(person, {}, context);
};

const sign: Page = async (request, context) => {
  const { memory, now } = context;
  const person = await memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const typed = contentOf(request.form);
  const id = one(typed, "plan_id");
  if (!isId(id) || !("signed_name" in typed)) return page(person, typed, context, 422, "", "form.error.incomplete");
  if (await memory.one(id, "plan")) return { redirect: `/app/plans/${id}` };
  const plan = frozen(person.fields);
  if (one(typed, "seen") !== JSON.stringify(plan)) return page(person, typed, context, 409, "", "plan.error.changed");
  const signed = readSigning(typed, now, true);
  if ("key" in signed) return page(person, typed, context, 422, signed.field, signed.key);
  return saving(
    async () => {
      const set = { participant: person.doc, ...plan, signed, signed_on: local(now, await zoneOf(memory)).day };
      await memory.capture([{ kind: "create", type: "plan", doc: id, bucket: person.bucket, set }]);
      return { redirect: `/app/plans/${id}` };
    },
    (why) => page(person, typed, context, 507, "", why),
  );
};

async function page(
  person: Person,
  typed: Content,
  context: PageContext,
  status: 200 | 409 | 422 | 507 = 200,
  field = "",
  why = "",
): Promise<PageAnswer> {
  const text = why ? translate(context.lang, why) : "";
  const error = (name: string): string => (field === name ? text : "");
  return {
    status,
    template: "phone/plan_sign.html",
    view: {
      id: person.doc,
      name: person.fields.name,
      plan: planView(person.fields),
      plan_id: one(typed, "plan_id") || context.newId(),
      seen: JSON.stringify(frozen(person.fields)),
      signing: signingView(typed, person.fields.is_alias ? "" : person.fields.name),
      is_declined: one(typed, "declined") === "yes",
      problems: text ? [{ field, text }] : [],
      error: { signed_name: error("signed_name"), agree: error("agree"), drawing: error("drawing") },
    },
  };
}

export const routes = {
  "GET /app/people/{id}/plan/sign": ask,
  "POST /app/people/{id}/plan/sign": sign,
};
