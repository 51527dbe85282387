/** Proposed contacts on Today, and what a person may say to one: done, another day, not needed. */

import { isDate } from "../forms";
import { schedules } from "../generated/schedules";
import type { ProposalFields } from "../generated/schema";
import { translate } from "../render";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { NewChange, Page, PageAnswer, PageContext } from "./page";
import { type Proposed, proposals } from "./proposals";
import { zoneOf } from "./surroundings";
import { contentOf, line } from "./typed";
import { addDays, local } from "./when";

/** Three months of a busy specialist; the events that still count lie within. */
const NOTES_LIMIT = 1000;
const NEXT_WEEK = 7;

/** A piece of Today, asked for by itself: reading so many notes must not hold the first screen up. */
const list: Page = async (_request, context) => ({
  status: 200,
  template: "phone/proposed_list.html",
  view: await listView(context, await found(context)),
  isFragment: true,
});

const show: Page = async (request, context) => {
  const id = request.params["id"] ?? "";
  const person = await context.memory.participant(id);
  return person ? onePage(id, context, 200, "") : notFound(request, context);
};

const decide: Page = async (request, context) => {
  const id = request.params["id"] ?? "";
  const content = contentOf(request.form);
  const [schedule = "", eventOn = "", day = ""] = line(content, "what").split(" ");
  const proposed = (await found(context)).find(
    (one) => one.participant === id && one.schedule === schedule && one.eventOn === eventOn && one.day === Number(day),
  );
  if (!proposed) return { redirect: "/app/" };
  const today = local(context.now, await zoneOf(context.memory)).day;
  const said = request.form.get("then") ?? "";
  const on =
    said === "tomorrow" ? addDays(today, 1) : said === "week" ? addDays(today, NEXT_WEEK) : line(content, "on");
  const status = said === "done" || said === "dismissed" ? said : "moved";
  if (status === "moved" && (!isDate(on) || on <= today)) return onePage(id, context, 422, "many.error.move_day");
  return saving(
    async () => {
      await context.memory.capture([word(proposed, status, status === "moved" ? on : "", context)]);
      return { redirect: "/app/" };
    },
    (why) => onePage(id, context, 507, why),
  );
};

function word(
  { participant, schedule, eventOn, day }: Proposed,
  status: ProposalFields["status"],
  on: string,
  { newId }: PageContext,
): NewChange {
  const set = { participant, schedule, event_on: eventOn, day, status, ...(on && { on }) };
  return { kind: "create", type: "proposal", doc: newId(), bucket: `p:${participant}`, set };
}

async function found({ memory, now }: PageContext): Promise<Proposed[]> {
  const [notes, decided, people, zone] = await Promise.all([
    memory.recentNotes(NOTES_LIMIT),
    memory.all<ProposalFields>("proposal"),
    memory.participants(),
    zoneOf(memory),
  ]);
  const open = new Set(people.filter(({ fields }) => fields.status !== "closed").map(({ doc }) => doc));
  const words = decided.map(({ fields }) => fields);
  return proposals(notes, words, schedules, local(now, zone).day).filter((one) => open.has(one.participant));
}

async function listView(context: PageContext, all: readonly Proposed[]): Promise<Record<string, unknown>> {
  const people = new Map((await context.memory.participants()).map(({ doc, fields }) => [doc, fields.name]));
  return {
    now: context.now,
    zone: await zoneOf(context.memory),
    proposed: all.map((one) => ({
      name: people.get(one.participant) ?? "",
      href: `/app/proposed/${one.participant}`,
      write_href: `/app/notes/new?person=${one.participant}`,
      schedule: one.schedule,
      what: `${one.schedule} ${one.eventOn} ${one.day}`,
      day: one.day,
      due_on: one.dueOn,
      event_on: one.eventOn,
    })),
  };
}

async function onePage(id: string, context: PageContext, status: 200 | 422 | 507, wrong: string): Promise<PageAnswer> {
  const mine = (await found(context)).filter(({ participant }) => participant === id);
  const person = await context.memory.participant(id);
  const error = wrong ? translate(context.lang, wrong) : "";
  return {
    status,
    template: "phone/proposed.html",
    view: {
      ...(await listView(context, mine)),
      id,
      name: person?.fields.name ?? "",
      write_href: `/app/notes/new?person=${id}`,
      error,
      problems: error ? [{ field: "on", text: error }] : [],
    },
  };
}

export const routes: Readonly<Record<string, Page>> = {
  "GET /app/proposed": list,
  "GET /app/proposed/{id}": show,
  "POST /app/proposed/{id}": decide,
};
