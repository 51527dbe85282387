/** One goal of the plan: their words, why, and the steps with who does them and until when. */

import type { Goal, ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { words } from "./choices";
import { contentOfGoal, type GoalProblem, goalFrom, goalProblems, rowsOf } from "./goal_draft";
import { draftOf, GOAL, keptAnswer } from "./kept_form";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { NewChange, Page, PageAnswer, PageContext, PageRequest, Seen } from "./page";
import { DIMENSIONS, OWNERS, STATUSES } from "./plan_view";
import { zoneOf } from "./surroundings";
import { type Content, contentOf, one } from "./typed";
import { local } from "./when";

type Person = Seen<ParticipantFields>;

const GOALS_LIMIT = 20;

const add: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  return { redirect: `/app/people/${person.doc}/goals/${context.newId()}` };
};

const ask: Page = async (request, context) => {
  const found = await find(request, context);
  if (!found) return notFound(request, context);
  const draft = await context.memory.draft(draftOf(found.id, 5));
  return formPage(found, draft?.content ?? { ...contentOfGoal(found.goal), base: [String(found.person.seq)] }, context);
};

const keep: Page = async (request, context) => {
  const found = await find(request, context);
  if (!found) return notFound(request, context);
  const content = { ...contentOf(request.form), form_ref: [GOAL], person: [found.person.doc], goal: [found.id] };
  return keptAnswer(draftOf(found.id, 5), GOAL, content, context, "words" in content);
};

const change: Page = async (request, context) => {
  const found = await find(request, context);
  if (!found) return notFound(request, context);
  const content = contentOf(request.form);
  if (!("words" in content)) return formPage(found, contentOfGoal(found.goal), context, 422, [incomplete]);
  if (request.form.get("then") === "more") return formPage(found, content, context);
  const goals = found.person.fields.goals ?? [];
  const isFull = !found.goal && goals.length >= GOALS_LIMIT;
  const problems = isFull
    ? [{ field: "words", key: "form.error.goals_full", limit: GOALS_LIMIT }]
    : goalProblems(content);
  if (problems.length > 0) return formPage(found, content, context, 422, problems);
  return saving(
    async () => {
      const goal = goalFrom(found.id, content, found.goal, await today(context), context.newId);
      const base = Number(one(content, "base")) || found.person.seq;
      await context.memory.capture([patch(found.person, goal, base)], draftOf(found.id, 5));
      return { redirect: `/app/people/${found.person.doc}/plan` };
    },
    (why) => formPage(found, content, context, 507, [{ field: "", key: why, limit: 0 }]),
  );
};

/** A step is done, or not after all: one touch on the plan. */
const tick: Page = async (request, context) => {
  const found = await find(request, context);
  if (!found?.goal) return notFound(request, context);
  const wanted = request.form.get("step");
  const day = await today(context);
  const steps = (found.goal.steps ?? []).map((step) => {
    if (step.id !== wanted) return step;
    const { done_on, ...open } = step;
    return done_on ? open : { ...open, done_on: day };
  });
  await context.memory.capture([patch(found.person, { ...found.goal, steps }, found.person.seq)]);
  return { redirect: `/app/people/${found.person.doc}/plan` };
};

const incomplete: GoalProblem = { field: "", key: "form.error.incomplete", limit: 0 };

interface Found {
  readonly person: Person;
  readonly id: string;
  /** null: not there yet. */
  readonly goal: Goal | null;
}

async function find(request: PageRequest, { memory }: PageContext): Promise<Found | null> {
  const person = await memory.participant(request.params["id"] ?? "");
  const id = request.params["goal"] ?? "";
  return person && { person, id, goal: person.fields.goals?.find((goal) => goal.id === id) ?? null };
}

/** All goals are one value: the others go along as they stand. */
function patch({ doc, bucket, fields }: Person, goal: Goal, base: number): NewChange {
  const goals = fields.goals ?? [];
  const isThere = goals.some(({ id }) => id === goal.id);
  const set = { goals: isThere ? goals.map((each) => (each.id === goal.id ? goal : each)) : [...goals, goal] };
  return { kind: "patch", type: "participant", doc, bucket, base, set };
}

async function formPage(
  { person, id, goal }: Found,
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507 = 200,
  wrong: readonly GoalProblem[] = [],
): Promise<PageAnswer> {
  const { lang } = context;
  const problems = wrong.map(({ field, key, limit }) => ({ field, text: translate(lang, key, { limit }) }));
  const error = (name: string): string => problems.find(({ field }) => field === name)?.text ?? "";
  return {
    status,
    template: "phone/goal.html",
    view: {
      id,
      draft: draftOf(id, 5),
      person: person.doc,
      name: person.fields.name,
      is_new: goal === null,
      base: one(content, "base") || String(person.seq),
      typed: { words: one(content, "words"), dimension: one(content, "dimension"), why: one(content, "why") },
      status: one(content, "status") || "active",
      dimensions: words(lang, "plan.dimension.", DIMENSIONS),
      statuses: words(lang, "plan.status.", STATUSES),
      owners: words(lang, "plan.who.", OWNERS),
      steps: rowsOf(content).map((row) => ({
        ...row,
        number: row.at + 1,
        error: error(`step_${row.at}_text`),
        due_error: error(`step_${row.at}_due_on`),
      })),
      problems,
      error: { words: error("words"), why: error("why") },
    },
  };
}

async function today({ memory, now }: PageContext): Promise<string> {
  return local(now, await zoneOf(memory)).day;
}

export const routes = {
  "GET /app/people/{id}/goals/new": add,
  "GET /app/people/{id}/goals/{goal}": ask,
  "POST /app/people/{id}/goals/{goal}": change,
  "POST /app/people/{id}/goals/{goal}/keep": keep,
  "POST /app/people/{id}/goals/{goal}/tick": tick,
};
