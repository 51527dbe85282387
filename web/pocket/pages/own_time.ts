/** One's own time: supervision, training, travel, paperwork. The week as a list, a new entry above it. */

import { refOf } from "../form_book";
import { length } from "../forms";
import type { WorkTimeFields } from "../generated/schema";
import { translate } from "../render";
import { chipOf, dayChoices, words } from "./choices";
import { dayTyped, type FieldError, readSpan } from "./draft_note";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { NewChange, Page, PageAnswer, PageContext } from "./page";
import { asked, formFor } from "./session_draft";
import { standingView } from "./standing";
import { zoneOf } from "./surroundings";
import { type Content, contentOf, isId, line, one } from "./typed";
import { addDays, instant, local, weekStart } from "./when";

const ACTIVITIES = ["supervision", "training", "travel", "paperwork", "meeting", "other"] as const;
const LENGTHS = ["15", "30", "60", "120"] as const;
const WORDS_LIMIT = 400;
const MINUTE_MS = 60_000;
const WEEK_DAYS = 7;

const show: Page = async (_request, context) => timePage(await fresh(context), context, 200, []);

const add: Page = async (request, context) => {
  const content = contentOf(request.form);
  const id = one(content, "entry");
  if (!isId(id) || !("end" in content))
    return timePage({ ...(await fresh(context)), ...content }, context, 422, [problem("", "form.error.incomplete")]);
  if (await context.memory.one(id, "work_time")) return { redirect: "/app/own-time" };
  const { fields, errors } = await readTime(content, context);
  if (!fields) return timePage(content, context, 422, errors);
  return saving(
    async () => {
      const bucket = `me:${context.person.id}`;
      await context.memory.capture([{ kind: "create", type: "work_time", doc: id, bucket, set: { ...fields } }]);
      return { redirect: "/app/own-time" };
    },
    (why) => timePage(content, context, 507, [problem("", why)]),
  );
};

const remove: Page = async (request, context) => {
  const seen = await context.memory.one<WorkTimeFields>(request.params["id"] ?? "", "work_time");
  if (!seen) return notFound(request, context);
  const change: NewChange = { kind: "void", type: "work_time", doc: seen.doc, bucket: seen.bucket };
  return saving(
    async () => {
      await context.memory.capture([change]);
      return { redirect: "/app/own-time" };
    },
    async (why) => timePage(await fresh(context), context, 507, [problem("", why)]),
  );
};

async function readTime(
  content: Content,
  context: PageContext,
): Promise<{ fields: WorkTimeFields | null; errors: FieldError[] }> {
  const zone = await zoneOf(context.memory);
  const activity = ACTIVITIES.find((name) => name === one(content, "activity"));
  const { span, errors } = readSpan(content, zone, context.now);
  const said = line(content, "words");
  if (!activity) errors.unshift(problem("activity", "form.error.choice"));
  if (length(said) > WORDS_LIMIT) errors.push(problem("words", "form.error.too_long_short", { limit: WORDS_LIMIT }));
  if (errors.length > 0 || !span || !activity) return { fields: null, errors };
  const times = { started_at: span.start, ended_at: span.end, zone };
  return { fields: { form: refOf(formFor("own_time")), activity, ...times, ...(said && { words: said }) }, errors };
}

async function timePage(
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507,
  errors: readonly FieldError[],
): Promise<PageAnswer> {
  const { lang, now } = context;
  const zone = await zoneOf(context.memory);
  const { day } = local(now, zone);
  const days = dayChoices(lang, day);
  const { chip, other } = chipOf(days, dayTyped(content));
  const problems = errors.map(({ field, key, args }) => ({ field, text: translate(lang, key, args) }));
  const named = ["activity", "day", "minutes", "start", "end", "words"];
  return {
    status,
    template: "phone/own_time.html",
    view: {
      now,
      zone,
      entry: one(content, "entry"),
      problems,
      error: Object.fromEntries(
        named.map((name) => [name, problems.find((wrong) => wrong.field === name)?.text ?? ""]),
      ),
      asked: asked("own_time", "activity", lang),
      asked_words: asked("own_time", "words", lang),
      activity: one(content, "activity"),
      days,
      day: chip === "" ? "other" : chip,
      day_other: other,
      lengths: words(lang, "many.minutes.", [...LENGTHS, "exact"]),
      minutes: one(content, "minutes"),
      start: one(content, "start"),
      end: one(content, "end"),
      words: one(content, "words"),
      ...(await weekView(context, zone, day)),
    },
  };
}

/** This week and the last, so that a Monday's look back finds something. */
async function weekView({ memory, person, now, lang }: PageContext, zone: string, day: string): Promise<object> {
  const monday = instant(weekStart(day), "00:00", zone) ?? 0;
  const before = instant(addDays(weekStart(day), -WEEK_DAYS), "00:00", zone) ?? 0;
  const all = await memory.all<WorkTimeFields>("work_time", `me:${person.id}`);
  const names = asked("own_time", "activity", lang).options;
  const rows = all
    .filter(({ fields }) => fields.started_at >= before)
    .sort((a, b) => b.fields.started_at - a.fields.started_at);
  const view = rows.map(({ doc, fields, standing }) => ({
    id: doc,
    activity: names.find(({ value }) => value === fields.activity)?.text ?? "",
    words: fields.words ?? "",
    at: fields.started_at,
    zone: fields.zone,
    minutes: Math.floor((fields.ended_at - fields.started_at) / MINUTE_MS),
    is_this_week: fields.started_at >= monday,
    standing: standingView(standing, now, zone),
  }));
  const week = view.filter((row) => row.is_this_week);
  const is_sending = rows.some(({ standing }) => standing.at === "sent");
  return { week, is_sending, last_week: view.filter((row) => !row.is_this_week), week_minutes: sum(week) };
}

function sum(rows: readonly { minutes: number }[]): number {
  return rows.reduce((total, { minutes }) => total + minutes, 0);
}

async function fresh({ memory, now, newId }: PageContext): Promise<Content> {
  const { day, clock } = local(now, await zoneOf(memory));
  const start = local(now - 30 * MINUTE_MS, await zoneOf(memory)).clock;
  return { entry: [newId()], day: [day], end: [clock], start: [start], minutes: ["30"] };
}

function problem(field: string, key: string, args: FieldError["args"] = {}): FieldError {
  return { field, key, args };
}

export const routes: Readonly<Record<string, Page>> = {
  "GET /app/own-time": show,
  "POST /app/own-time": add,
  "POST /app/own-time/{id}/remove": remove,
};
