/** One person: what support needs to know of them, and what has been written, newest first. */

import { length } from "../forms";
import type { NoteFields, ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext, Seen } from "./page";
import { type StandingView, standingView } from "./standing";
import { zoneOf } from "./surroundings";
import { contentOf, line } from "./typed";

const HISTORY_LIMIT = 20;
const GOALS_LIMIT = 20;
const GOAL_LIMIT_CHARS = 400;
const EXCERPT_CHARS = 140;

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
      const set = { goals: [...goals, { id: context.newId(), words }] };
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
  const { fields } = one;
  const sites = await context.memory.sites();
  const error = wrong
    ? translate(context.lang, wrong, { limit: wrong === "form.error.goals_full" ? GOALS_LIMIT : GOAL_LIMIT_CHARS })
    : "";
  const view = {
    id: one.doc,
    now: context.now,
    name: fields.name,
    code: fields.code ?? "",
    pronouns: fields.pronouns ?? "",
    site: sites.find((site) => site.id === fields.site)?.name ?? "",
    language: fields.language ?? "",
    contact: fields.contact ?? "",
    message_safe: fields.is_message_safe ?? "",
    about: fields.about ?? "",
    goals: (fields.goals ?? []).map(({ words }) => words),
    follow_up_on: fields.follow_up_on ?? "",
    is_closed: fields.status === "closed",
    kept: (one.body.kept ?? []).length > 0,
    standing:
      one.standing.at === "received" ? null : standingView(one.standing, context.now, await zoneOf(context.memory)),
    goal,
    goal_error: error,
    problems: error ? [{ field: "words", text: error }] : [],
    ...(await historyView(one.doc, context)),
  };
  return { status, template: "phone/person.html", view };
}

async function historyView(
  id: string,
  { memory, person: me, now }: PageContext,
  before?: string,
): Promise<Record<string, unknown>> {
  const [page, zone, sites] = await Promise.all([
    memory.notesOf(id, HISTORY_LIMIT, before),
    zoneOf(memory),
    memory.sites(),
  ]);
  return {
    zone,
    total: page.total,
    last_at: page.notes[0]?.fields.started_at ?? null,
    notes: page.notes.map((note) => ({
      ...noteLine(note, sites.find((site) => site.id === note.fields.site)?.name ?? ""),
      standing: openStanding(note, me.id, now, zone),
    })),
    older_href: page.next ? `/app/people/${id}/history?before=${encodeURIComponent(page.next)}` : "",
  };
}

/** Only what still needs a look: in a history, received is the rule. */
function openStanding(note: Seen<NoteFields>, me: string, now: number, zone: string): StandingView | null {
  return note.body.author === me && note.standing.at !== "received" ? standingView(note.standing, now, zone) : null;
}

function noteLine(note: Seen<NoteFields>, site: string): Record<string, unknown> {
  const answers: Readonly<Record<string, unknown>> = note.fields.answers ?? {};
  const text = [answers["said"], answers["did"], answers["went"]].find(
    (value) => typeof value === "string" && value.trim() !== "",
  );
  return {
    href: `/app/notes/${note.doc}`,
    at: note.fields.started_at,
    zone: note.fields.zone,
    minutes: Math.floor((note.fields.ended_at - note.fields.started_at) / 60_000),
    kind: note.fields.contact_kind,
    site,
    setting: note.fields.setting,
    excerpt: excerpt(String(text ?? "")),
    is_flagged: (note.fields.flags ?? []).length > 0,
  };
}

function excerpt(text: string): string {
  const letters = [
    ...text
      .slice(0, EXCERPT_CHARS * 2 + 2)
      .replace(/\s+/g, " ")
      .trim(),
  ];
  return letters.length > EXCERPT_CHARS ? `${letters.slice(0, EXCERPT_CHARS).join("").trimEnd()}…` : letters.join("");
}

export const routes = {
  "GET /app/people/{id}": person,
  "GET /app/people/{id}/history": history,
  "POST /app/people/{id}/goals": addGoal,
};
