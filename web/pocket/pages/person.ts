/** One person: card, goals, what has been written, newest first, and the way to everything else. */

import { overall } from "../consents";
import { length } from "../forms";
import type { ConsentFields, Goal, ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { consentWarnDays } from "../rules";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext, Seen } from "./page";
import { historyView } from "./person_history";
import { versionsOf } from "./plan";
import { hasChanged, isOpen } from "./plan_view";
import { standingView } from "./standing";
import { zoneOf } from "./surroundings";
import { contentOf, line } from "./typed";
import { local } from "./when";

/** The last contacts; the rest is one touch away. */
const NOTES_SHOWN = 3;
const GOALS_LIMIT = 20;
const GOAL_LIMIT_CHARS = 400;

const person: Page = async (request, context) => {
  const one = await context.memory.participant(request.params["id"] ?? "");
  return one ? personPage(one, context) : notFound(request, context);
};

const history: Page = async (request, context) => {
  const one = await context.memory.participant(request.params["id"] ?? "");
  if (!one) return notFound(request, context);
  const view = await historyView(one.doc, context, request.query.get("before") ?? undefined);
  return {
    status: 200,
    template: "phone/history.html",
    view: { ...view, id: one.doc, name: one.fields.name, now: context.now },
  };
};

const addGoal: Page = async (request, context) => {
  const one = await context.memory.participant(request.params["id"] ?? "");
  if (!one) return notFound(request, context);
  const words = line(contentOf(request.form), "words");
  const goals = one.fields.goals ?? [];
  if (goals.some((goal) => goal.words === words)) return { redirect: `/app/people/${one.doc}` };
  const wrong = goalError(words, goals.length);
  if (wrong) return personPage(one, context, 422, words, wrong);
  return saving(
    async () => {
      const opened_on = local(context.now, await zoneOf(context.memory)).day;
      const set = { goals: [...goals, { id: context.newId(), words, opened_on }] };
      await context.memory.capture([{ kind: "patch", type: "participant", doc: one.doc, bucket: one.bucket, set }]);
      return { redirect: `/app/people/${one.doc}` };
    },
    (why) => personPage(one, context, 507, words, why),
  );
};

function goalError(words: string, count: number): string {
  if (words === "") return "form.error.goal";
  if (length(words) > GOAL_LIMIT_CHARS) return "form.error.too_long_short";
  return count >= GOALS_LIMIT ? "form.error.goals_full" : "";
}

async function personPage(
  one: Seen<ParticipantFields>,
  context: PageContext,
  status: 200 | 422 | 507 = 200,
  goal = "",
  wrong = "",
): Promise<PageAnswer> {
  const { memory, now } = context;
  const [zone, sites, consents, organisation] = await Promise.all([
    zoneOf(memory),
    memory.sites(),
    memory.all<ConsentFields>("consent", one.bucket),
    memory.organisation(),
  ]);
  const error = wrong
    ? translate(context.lang, wrong, { limit: wrong === "form.error.goals_full" ? GOALS_LIMIT : GOAL_LIMIT_CHARS })
    : "";
  const history = await historyView(one.doc, context, undefined, NOTES_SHOWN);
  const view = {
    id: one.doc,
    now,
    ...cardView(one.fields, sites.find((site) => site.id === one.fields.site)?.name ?? ""),
    consent: overall(
      consents.map(({ fields }) => fields),
      local(now, zone).day,
      consentWarnDays(organisation),
    ),
    plan_row: await planRow(one, local(now, zone).day, context),
    other: await otherView(one.fields, context),
    ...goalsView(one.fields.goals ?? []),
    follow_up_on: one.fields.follow_up_on ?? "",
    kept: (one.body.kept ?? []).length > 0,
    standing: one.standing.at === "received" ? null : standingView(one.standing, now, zone),
    goal,
    goal_error: error,
    problems: error ? [{ field: "words", text: error }] : [],
    ...history,
    older_href: "",
    has_more: history["older_href"] !== "",
  };
  return { status, template: "phone/person.html", view };
}

/** What the card at the top tells. */
function cardView(fields: ParticipantFields, site: string): Record<string, unknown> {
  const { emergency } = fields;
  return {
    name: fields.name,
    is_alias: fields.is_alias ?? false,
    code: fields.code ?? "",
    pronouns: fields.pronouns ?? "",
    site,
    language: fields.language ?? "",
    contact: fields.contact ?? "",
    preferred: fields.preferred ?? "",
    message_safe: fields.is_message_safe ?? "",
    about: fields.about ?? "",
    programs: (fields.programs ?? []).map((program) => ({ name: program.name, is_part2: program.is_part2 ?? false })),
    emergency: emergency
      ? {
          name: emergency.name,
          relation: emergency.relation ?? "",
          number: emergency.number ?? "",
          is_agreed: emergency.is_agreed ?? false,
        }
      : null,
    is_closed: fields.status === "closed",
  };
}

/** The record that goes on for somebody whose record was joined with another; its name only if it is here. */
async function otherView({ merged_into }: ParticipantFields, { memory }: PageContext): Promise<unknown> {
  if (!merged_into) return null;
  const found = await memory.participant(merged_into);
  return { name: found?.fields.name ?? "", href: found ? `/app/people/${found.doc}` : "" };
}

/** How the plan stands, for its row: to be looked at again, changed, signed, or not yet. */
async function planRow(
  one: Seen<ParticipantFields>,
  today: string,
  context: PageContext,
): Promise<{ key: string; on: string; kind: string }> {
  const [latest] = await versionsOf(one, context);
  const on = latest?.fields.signed_on ?? "";
  if (one.fields.review_on && one.fields.review_on <= today)
    return { key: "plan.row_review", on: one.fields.review_on, kind: "attention" };
  if (!latest) return { key: "", on: "", kind: "plain" };
  return { key: hasChanged(one.fields, latest.fields) ? "plan.row_changed" : "plan.row_signed", on, kind: "plain" };
}

/** Goals that are worked on stand open, the others are counted. */
function goalsView(goals: readonly Goal[]): Record<string, unknown> {
  const open = goals.filter(isOpen);
  return {
    goals: open.map((goal) => ({
      words: goal.words,
      is_paused: goal.status === "paused",
      step: goal.steps?.find((step) => !step.done_on)?.text ?? "",
    })),
    goals_done: goals.length - open.length,
  };
}

export const routes = {
  "GET /app/people/{id}": person,
  "GET /app/people/{id}/history": history,
  "POST /app/people/{id}/goals": addGoal,
};
