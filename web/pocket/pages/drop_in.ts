/**
 * The drop-in log: one touch writes somebody down, a second says why they came. The list of the day can be corrected
 * until one touch signs it; each visit is then a note of its own.
 */

import { translate } from "../render";
import { chipOf, placeChoices, words } from "./choices";
import { type FieldError, noteOf, placeTyped } from "./draft_note";
import { LENGTHS, type LogReading, readLog, withEntry, withoutEntry } from "./drop_in_read";
import { matches } from "./find";
import { carriedPlace } from "./fresh_draft";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext } from "./page";
import { peopleOf } from "./people_view";
import { readPlace } from "./place";
import { aroundMany, asked, DRAFT_FORMS, type ManyAround } from "./session_draft";
import { keptLine } from "./session_view";
import { peopleWarnings } from "./session_whom";
import { bundles } from "./sessions";
import { type Content, contentOf, line, one } from "./typed";
import { local } from "./when";

const RECENT_LIMIT = 12;
const FOUND_LIMIT = 40;

/** The log of today that is still open, else a new one. */
const today: Page = async (_request, context) => {
  const around = await aroundMany(context);
  const { day } = local(context.now, around.organisation?.zone ?? "UTC");
  const drafts = await context.memory.drafts();
  const mine = drafts.find(
    (draft) =>
      "roster_form" in draft.content && draft.form === DRAFT_FORMS.drop_in && one(draft.content, "day") === day,
  );
  return { redirect: `/app/drop-in/${mine?.id ?? context.newId()}` };
};

const open: Page = async (request, context) => {
  const id = request.params["id"] ?? "";
  if (await context.memory.one(noteOf(id), "session")) return { redirect: `/app/sessions/${noteOf(id)}` };
  const draft = await context.memory.draft(id);
  return logPage(id, draft?.content ?? (await fresh(context)), context, 200, []);
};

const keep: Page = async (request, context) => {
  const id = request.params["id"] ?? "";
  const then = request.form.get("then");
  const content = contentOf(request.form);
  const around = await aroundMany(context);
  const kept = (status: 200 | 422 | 507, at: number | null): PageAnswer => ({
    status,
    template: "phone/kept.html",
    view: { kept: keptLine(around, at, status !== 200) },
    isFragment: true,
  });
  if (!("roster_form" in content && "headcount" in content)) {
    const standing = (await context.memory.draft(id))?.content ?? (await fresh(context));
    const problem = { field: "", key: "form.error.incomplete", args: {} };
    return then === null ? kept(422, null) : logPage(id, { ...standing, ...content }, context, 422, [problem]);
  }
  if (await context.memory.one(noteOf(id), "session"))
    return then === null ? kept(200, null) : { redirect: `/app/sessions/${noteOf(id)}` };
  const next = then === null ? content : acted(then, content, around, context);
  return saving(
    async () => {
      const earlier = await context.memory.draft(id);
      const startedAt = earlier?.startedAt ?? context.now;
      const form = DRAFT_FORMS.drop_in;
      await context.memory.saveDraft({ id, form, content: next, startedAt, updatedAt: context.now });
      if (then === null) return kept(200, context.now);
      if (then === "later") return { redirect: "/app/" };
      return then === "sign" ? sign(id, next, around, context) : logPage(id, next, context, 200, []);
    },
    async (why) =>
      then === null ? kept(507, null) : logPage(id, content, context, 507, [{ field: "", key: why, args: {} }]),
  );
};

/** A wall-clock time as the templates' clock shows it. */
function clockMs(clock: string): number {
  const [hour = 0, minute = 0] = /^\d\d:\d\d$/.test(clock) ? clock.split(":").map(Number) : [];
  return (hour * 60 + minute) * 60_000;
}

/** What a touch does to the log: `add:<person>`, `remove:<entry>`, `plus`, `minus`; anything else leaves it. */
function acted(then: string, content: Content, around: ManyAround, context: PageContext): Content {
  const [act, id = ""] = then.split(":");
  const count = Number(line(content, "headcount") || 0);
  if (act === "plus") return { ...content, headcount: [String(count + 1)] };
  if (act === "minus") return { ...content, headcount: [String(Math.max(0, count - 1))] };
  if (act === "remove") return withoutEntry(content, id);
  const person = around.people.get(id);
  if (act !== "add" || !person) return content;
  const zone =
    readPlace(placeTyped(content), around.sites, around.organisation)?.zone ?? around.organisation?.zone ?? "UTC";
  const { day, clock } = local(context.now, zone);
  return { ...withEntry(content, context.newId(), id, person.fields.name, day, clock), q: [""] };
}

async function sign(id: string, content: Content, around: ManyAround, context: PageContext): Promise<PageAnswer> {
  const doc = noteOf(id);
  const reading = readLog(doc, content, around);
  if (!reading.session) return logPage(id, content, context, 422, reading.errors);
  await context.memory.captureEach(await bundles(doc, asRoster(reading), context), id);
  return { redirect: `/app/sessions/${doc}` };
}

function asRoster({ session, entries }: LogReading): Parameters<typeof bundles>[1] {
  return {
    session,
    roster: entries.map((entry) => ({ ...entry, note: entry.id, code: "", line: "" })),
  };
}

const drop: Page = async (request, context) => {
  await context.memory.dropDraft(request.params["id"] ?? "");
  return { redirect: "/app/" };
};

async function logPage(
  id: string,
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507,
  errors: readonly FieldError[],
): Promise<PageAnswer> {
  const { lang, memory, now } = context;
  const around = await aroundMany(context);
  const problems = errors.map(({ field, key, args }) => ({ field, text: translate(lang, key, args) }));
  const error = (name: string) => problems.find(({ field }) => field === name)?.text ?? "";
  const { entries } = readLog(noteOf(id), content, around);
  const rows = entries.map((entry) => ({
    id: entry.id,
    key: entry.key,
    person: entry.person,
    name: entry.name,
    day: entry.day,
    clock: entry.clock,
    came: clockMs(entry.clock),
    minutes: entry.minutes,
    reasons: [...entry.reasons],
    error: error(`at_${entry.key}`),
  }));
  const q = line(content, "q");
  const everyone = (await peopleOf(memory)).filter((person) => !person.is_closed);
  const found = q ? everyone.filter((person) => matches(`${person.name} ${person.code}`, q)) : everyone;
  const current = placeTyped(content);
  const { chips, others } = placeChoices(lang, around.sites, current);
  const { chip, other } = chipOf(chips, current);
  return {
    status,
    template: "phone/drop_in.html",
    view: {
      id,
      now,
      zone: around.organisation?.zone ?? "UTC",
      problems,
      error: { place: error("place"), q: error("q"), headcount: error("headcount") },
      day: one(content, "day"),
      q,
      people: found.slice(0, q ? FOUND_LIMIT : RECENT_LIMIT).map((person) => ({ id: person.id, name: person.name })),
      more: Math.max(0, everyone.length - RECENT_LIMIT),
      places: chips,
      place: chip,
      other_places: others,
      place_other: other,
      headcount: one(content, "headcount") || "0",
      why: asked("drop_in", "reasons", lang).label,
      reasons: asked("drop_in", "reasons", lang).options,
      lengths: words(lang, "many.minutes.", LENGTHS),
      latest: rows.slice(0, 1),
      earlier: rows.slice(1),
      count: entries.length,
      warnings: peopleWarnings(entries, lang),
      kept: keptLine(around, null, false),
    },
  };
}

async function fresh(context: PageContext): Promise<Content> {
  const organisation = await context.memory.organisation();
  const { day } = local(context.now, organisation?.zone ?? "UTC");
  return { roster_form: ["1"], day: [day], headcount: ["0"], place: [await carriedPlace(context, "")] };
}

export const routes: Readonly<Record<string, Page>> = {
  "GET /app/drop-in": today,
  "GET /app/drop-in/{id}": open,
  "POST /app/drop-in/{id}": keep,
  "POST /app/drop-in/{id}/drop": drop,
};
