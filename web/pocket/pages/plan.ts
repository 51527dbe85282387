/** The plan: the person's own picture of where they want to go, written together, and its signed versions. */

import { isDate, length } from "../forms";
import type { ParticipantFields, PlanFields } from "../generated/schema";
import { translate } from "../render";
import { draftOf, keptAnswer, PLAN } from "./kept_form";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext, PageRequest, Seen } from "./page";
import { hasChanged, isEmpty, planView } from "./plan_view";
import { signatureOf } from "./signing";
import { standingView } from "./standing";
import { zoneOf } from "./surroundings";
import { type Content, clean, contentOf, one } from "./typed";
import { local } from "./when";

type Person = Seen<ParticipantFields>;

const PROSE = ["vision", "strengths", "supports"] as const;
const FIELDS = [...PROSE, "review_on"] as const;
const LIMIT_CHARS = 4000;

type Typed = Readonly<Record<(typeof FIELDS)[number], string>>;

const show: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  return person
    ? { status: 200, template: "phone/plan.html", view: await view(person, context) }
    : notFound(request, context);
};

async function view(person: Person, context: PageContext): Promise<Record<string, unknown>> {
  const { memory, now } = context;
  const zone = await zoneOf(memory);
  const versions = await versionsOf(person, context);
  const [latest] = versions;
  return {
    id: person.doc,
    name: person.fields.name,
    now,
    zone,
    is_closed: person.fields.status === "closed",
    is_empty: isEmpty(person.fields),
    plan: planView(person.fields),
    is_review_due: (person.fields.review_on ?? "9") <= local(now, zone).day,
    has_changed: latest !== undefined && hasChanged(person.fields, latest.fields),
    versions: versions.map(({ doc, fields }) => ({
      href: `/app/plans/${doc}`,
      on: fields.signed_on,
      is_declined: fields.signed.how === "declined",
    })),
    is_drafted: (await memory.draft(draftOf(person.doc, 4))) !== null,
  };
}

/** Signed versions, newest first. */
export async function versionsOf(person: Person, { memory }: PageContext): Promise<Seen<PlanFields>[]> {
  const plans = await memory.all<PlanFields>("plan", person.bucket);
  return [...plans].sort((a, b) => b.fields.signed.at - a.fields.signed.at);
}

const version: Page = async (request, context) => {
  const { memory, now } = context;
  const plan = await memory.one<PlanFields>(request.params["id"] ?? "", "plan");
  if (!plan) return notFound(request, context);
  const [person, members, zone] = await Promise.all([
    memory.participant(plan.fields.participant),
    memory.memberNames(),
    zoneOf(memory),
  ]);
  return {
    status: 200,
    template: "phone/plan_version.html",
    view: {
      id: plan.doc,
      person: plan.fields.participant,
      name: person?.fields.name ?? "",
      now,
      plan: planView(plan.fields),
      signed: signatureOf(plan.fields),
      with_name: members[plan.body.author]?.name ?? "",
      standing: standingView(plan.standing, now, zone),
    },
  };
};

const ask: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const draft = await context.memory.draft(draftOf(person.doc, 4));
  const shown = fieldsOf(person);
  const fresh: Content = { before: [JSON.stringify(shown)], base: [String(person.seq)] };
  return formPage(person, draft?.content ?? { ...fresh, ...listed(shown) }, context);
};

const keep: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const content = { ...contentOf(request.form), form_ref: [PLAN], person: [person.doc] };
  return keptAnswer(draftOf(person.doc, 4), PLAN, content, context, "vision" in content);
};

const change: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const content = contentOf(request.form);
  if (!("vision" in content))
    return formPage(person, listed(fieldsOf(person)), context, 422, "", "form.error.incomplete");
  const typed = typedFields(request);
  const long = PROSE.find((name) => length(typed[name]) > LIMIT_CHARS);
  if (long) return formPage(person, content, context, 422, long, "form.error.too_long");
  if (typed.review_on !== "" && !isDate(typed.review_on))
    return formPage(person, content, context, 422, "review_on", "plan.error.date");
  const before = known(one(content, "before"));
  const set = Object.fromEntries(
    FIELDS.filter((name) => typed[name] !== (before[name] ?? "")).map((name) => [name, typed[name]]),
  );
  return saving(
    async () => {
      const { doc, bucket } = person;
      const base = Number(one(content, "base")) || person.seq;
      if (Object.keys(set).length > 0)
        await context.memory.capture([{ kind: "patch", type: "participant", doc, bucket, base, set }], draftOf(doc, 4));
      else await context.memory.dropDraft(draftOf(doc, 4));
      return { redirect: `/app/people/${doc}/plan` };
    },
    (why) => formPage(person, content, context, 507, "", why),
  );
};

function fieldsOf({ fields }: Person): Typed {
  return Object.fromEntries(FIELDS.map((name) => [name, fields[name] ?? ""])) as Typed;
}

const listed = (typed: Typed): Content => Object.fromEntries(FIELDS.map((name) => [name, [typed[name]]]));

function typedFields({ form }: PageRequest): Typed {
  return Object.fromEntries(FIELDS.map((name) => [name, clean(form.get(name) ?? "").trim()])) as Typed;
}

function known(before: string): Partial<Typed> {
  try {
    return JSON.parse(before) as Partial<Typed>;
  } catch {
    // A hidden field that was tampered with or cut: everything typed then counts as changed.
    return {};
  }
}

async function formPage(
  person: Person,
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507 = 200,
  field = "",
  why = "",
): Promise<PageAnswer> {
  const text = why ? translate(context.lang, why, { limit: LIMIT_CHARS, length: length(one(content, field)) }) : "";
  return {
    status,
    template: "phone/plan_edit.html",
    view: {
      id: person.doc,
      draft: draftOf(person.doc, 4),
      name: person.fields.name,
      typed: Object.fromEntries(FIELDS.map((name) => [name, one(content, name)])),
      before: one(content, "before"),
      base: one(content, "base") || String(person.seq),
      problems: text ? [{ field, text }] : [],
      error: Object.fromEntries(FIELDS.map((name) => [name, field === name ? text : ""])),
    },
  };
}

export const routes = {
  "GET /app/people/{id}/plan": show,
  "GET /app/people/{id}/plan/edit": ask,
  "POST /app/people/{id}/plan/edit": change,
  "POST /app/people/{id}/plan/keep": keep,
  "GET /app/plans/{id}": version,
};
