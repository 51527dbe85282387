/**
 * The specialist's own wellbeing: one question at the end of a day, a few numbers after a hard contact. It stays on
 * this phone. Nothing here counts days in a row, compares, or tells anybody.
 */

import type { NoteFields } from "../generated/schema";
import { wellbeing } from "../rules";
import { words } from "./choices";
import { saving } from "./not_saved";
import type { Evening, OwnBook, Page, PageAnswer, PageContext, Seen } from "./page";
import { zoneOf } from "./surroundings";
import { clean } from "./typed";
import { addDays, local } from "./when";

const EVENINGS: readonly Evening[] = ["good", "all_right", "tired", "heavy", "talk"];
const HEAVY: readonly string[] = ["heavy", "talk"];
const HOUR_MS = 3_600_000;
/** Somebody who works into the night is still in the same day until four in the morning. */
const NIGHT_H = 4;
const NIGHT_MS = NIGHT_H * HOUR_MS;
const NOTES_LIMIT = 30;
const LINE_LIMIT_CHARS = 500;
const SHOWN_DAYS = 14;
const IS_DAY = /^\d{4}-\d\d-\d\d$/;

/** What Today shows of it: the question, or a hand after a hard contact, or nothing. */
export async function ownToday(context: PageContext, isDayDone: boolean): Promise<Record<string, unknown>> {
  const [book, day, organisation] = await Promise.all([
    context.own.read(),
    dayOf(context),
    context.memory.organisation(),
  ]);
  const { eveningHour, debriefMs } = wellbeing(organisation);
  const hard = await hardContact(context, book, debriefMs);
  // The day's clock starts when the night is over, so that one in the morning is still the evening.
  const isTime = Number(day.clock.slice(0, 2)) >= eveningHour - NIGHT_H || isDayDone;
  const isAsked = book.asks && isTime && !book.days.some((one) => one.day === day.day);
  return {
    own_asks: isAsked && hard === null,
    own_day: day.day,
    evenings: words(context.lang, "moment.own.answer.", EVENINGS),
    hard: hard && { note: hard.doc, talk: book.talk, calls: calls(context) },
  };
}

/** The newest crisis or flagged contact of mine that nobody has talked over with me yet; its content is not looked at. */
async function hardContact(context: PageContext, book: OwnBook, debriefMs: number): Promise<Seen<NoteFields> | null> {
  const notes = await context.memory.recentNotes(NOTES_LIMIT);
  const isHard = ({ doc, fields, body }: Seen<NoteFields>) =>
    body.author === context.person.id &&
    body.state === "signed" &&
    (fields.contact_kind === "crisis" || (fields.flags ?? []).length > 0) &&
    context.now - fields.ended_at < debriefMs &&
    !book.debriefed.includes(doc);
  return notes.find(isHard) ?? null;
}

function calls(context: PageContext): Record<string, unknown>[] {
  return context.onCall.map(({ name, number }) => ({ name, number, href: `tel:${number.replace(/[^+\d]/g, "")}` }));
}

async function dayOf(context: PageContext): Promise<{ day: string; clock: string }> {
  return local(context.now - NIGHT_MS, await zoneOf(context.memory));
}

const show: Page = async (_request, context) => ownPage(context, 200, "");

const answer: Page = async (request, context) => {
  const day = request.form.get("day") ?? "";
  const said = request.form.get("answer") ?? "";
  const known = EVENINGS.find((one) => one === said) ?? "";
  const today = (await dayOf(context)).day;
  // A page that stood open overnight still means its own day; any other day is a slip.
  const isRecent = IS_DAY.test(day) && day <= today && day >= addDays(today, -2);
  if (!isRecent || (said !== "" && known === "")) return ownPage(context, 422, "form.error.incomplete");
  const line = clean(request.form.get("line") ?? "").slice(0, LINE_LIMIT_CHARS);
  const one: OwnBook["days"][number] = { day, answer: known, line };
  return kept(context, HEAVY.includes(known) ? "/app/own" : "/app/", (book) => {
    const others = book.days.filter((each) => each.day !== day);
    return { ...book, days: [one, ...others].sort((a, b) => b.day.localeCompare(a.day)) };
  });
};

const debriefed: Page = async (request, context) => {
  const note = request.form.get("note") ?? "";
  return kept(context, "/app/", (book) => ({ ...book, debriefed: [...new Set([...book.debriefed, note])] }));
};

const choose: Page = async (request, context) => {
  const talk = clean(request.form.get("talk") ?? "").slice(0, LINE_LIMIT_CHARS);
  const asks = request.form.get("asks") === "yes";
  return kept(context, "/app/own", (book) => ({ ...book, asks, talk }));
};

const remove: Page = async (request, context) => {
  const day = request.form.get("day") ?? "";
  if (IS_DAY.test(day))
    return kept(context, "/app/own", (book) => ({ ...book, days: book.days.filter((one) => one.day !== day) }));
  return saving(
    async () => {
      await context.own.forget();
      return { redirect: "/app/own" };
    },
    (why) => ownPage(context, 507, why),
  );
};

function kept(context: PageContext, then: string, next: (book: OwnBook) => OwnBook): Promise<PageAnswer> {
  return saving(
    async () => {
      await context.own.change(next);
      return { redirect: then };
    },
    (why) => ownPage(context, 507, why),
  );
}

async function ownPage(context: PageContext, status: 200 | 422 | 507, why: string): Promise<PageAnswer> {
  const [book, { day }] = await Promise.all([context.own.read(), dayOf(context)]);
  const today = book.days.find((one) => one.day === day);
  return {
    status,
    template: "phone/own.html",
    view: {
      why,
      now: context.now,
      zone: await zoneOf(context.memory),
      day,
      evenings: words(context.lang, "moment.own.answer.", EVENINGS),
      today: today?.answer ?? "",
      line: today?.line ?? "",
      is_heavy: HEAVY.includes(today?.answer ?? ""),
      calls: calls(context),
      talk: book.talk,
      asks: book.asks,
      days: book.days.filter((one) => one.answer !== "").slice(0, SHOWN_DAYS),
    },
  };
}

export const routes = {
  "GET /app/own": show,
  "POST /app/own": answer,
  "POST /app/own/debriefed": debriefed,
  "POST /app/own/choose": choose,
  "POST /app/own/remove": remove,
};
