/** What was written down while the phone was locked, to be finished: choose the person, and it becomes a draft. */

import { translate } from "../render";
import { freshContent } from "./fresh_draft";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Jotting, Page, PageAnswer, PageContext, PageRequest } from "./page";
import { byName, peopleOf } from "./people_view";
import { zoneOf } from "./surroundings";
import { type Content, one } from "./typed";
import { local } from "./when";

const RECENT_LIMIT = 6;
const DEFAULT_MINUTES = 30;

const show: Page = async (request, context) => {
  const jotting = await jottingOf(request, context);
  // Finished in another window, or with a touch too many: the draft has the same id.
  if (!jotting) return elsewhere(request, context);
  return formPage(jotting, context, 200, "");
};

const finish: Page = async (request, context) => {
  const jotting = await jottingOf(request, context);
  if (!jotting) return elsewhere(request, context);
  const person = request.form.get("person") ?? "";
  const known = person ? await context.memory.participant(person) : null;
  if (!known || known.body.state === "void") return formPage(jotting, context, 422, "form.error.person");
  const content = await contentOf(jotting, person, context);
  const { id, at: startedAt } = jotting;
  return saving(
    async () => {
      await context.jottings.finish(id, {
        id,
        form: one(content, "form_ref"),
        content,
        startedAt,
        updatedAt: context.now,
      });
      return { redirect: `/app/drafts/${id}` };
    },
    (why) => formPage(jotting, context, 507, why),
  );
};

const drop: Page = async (request, context) => {
  const jotting = await jottingOf(request, context);
  if (!jotting) return { redirect: "/app/" };
  return saving(
    async () => {
      await context.jottings.drop(jotting.id);
      return { redirect: "/app/" };
    },
    (why) => formPage(jotting, context, 507, why),
  );
};

/** Lines that do not open here: what is safe, and what to do. */
const unreadable: Page = async (_request, context) => {
  const count = (await context.jottings.all()).unreadable;
  return count === 0 ? { redirect: "/app/" } : unreadablePage(count, 200, "");
};

const dropUnreadable: Page = async (_request, context) => {
  const count = (await context.jottings.all()).unreadable;
  return saving(
    async () => {
      await context.jottings.dropUnreadable();
      return { redirect: "/app/" };
    },
    async (why) => unreadablePage(count, 507, why),
  );
};

function unreadablePage(count: number, status: 200 | 507, why: string): PageAnswer {
  return { status, template: "phone/jotting_unreadable.html", view: { count, why } };
}

async function jottingOf(request: PageRequest, context: PageContext): Promise<Jotting | null> {
  return (await context.jottings.all()).lines.find((each) => each.id === request.params["id"]) ?? null;
}

async function elsewhere(request: PageRequest, context: PageContext): Promise<PageAnswer> {
  const id = request.params["id"] ?? "";
  return (await context.memory.draft(id)) ? { redirect: `/app/drafts/${id}` } : notFound(request, context);
}

/** As a fresh draft of that moment; a place in words that names a site is that site, otherwise it stays in the text. */
async function contentOf(jotting: Jotting, person: string, context: PageContext): Promise<Content> {
  const fresh = await freshContent({ ...context, now: jotting.at }, person);
  const zone = await zoneOf(context.memory);
  const named = jotting.place.toLocaleLowerCase();
  const site = (await context.memory.sites()).find((each) => each.isOpen && each.name.toLocaleLowerCase() === named);
  const place =
    site || jotting.place === "" ? "" : translate(context.lang, "moment.jotting.place", { place: jotting.place });
  const minutes = jotting.minutes || DEFAULT_MINUTES;
  return {
    ...fresh,
    ...(site && { place: [`site:${site.id}`] }),
    minutes: [String(minutes)],
    start: [local(jotting.at - minutes * 60_000, site?.zone ?? zone).clock],
    did: [place ? `${jotting.line}\n${place}` : jotting.line],
  };
}

async function formPage(
  jotting: Jotting,
  context: PageContext,
  status: 200 | 422 | 507,
  problem: string,
): Promise<PageAnswer> {
  const everyone = (await peopleOf(context.memory)).filter((person) => !person.is_closed);
  const recent = everyone.slice(0, RECENT_LIMIT);
  const asChoice = ({ id: value, name: text }: { id: string; name: string }) => ({ value, text });
  return {
    status,
    template: "phone/jotting.html",
    view: {
      ...(await jottingView(jotting, context)),
      recent: recent.map(asChoice),
      everyone: everyone
        .filter((person) => !recent.includes(person))
        .sort(byName)
        .map(asChoice),
      problem: problem && translate(context.lang, problem),
      is_not_saved: status === 507,
    },
  };
}

/** As lists and its own page show it. */
export async function jottingView(jotting: Jotting, context: PageContext): Promise<Record<string, unknown>> {
  return {
    id: jotting.id,
    href: `/app/jottings/${jotting.id}`,
    line: jotting.line,
    at: jotting.at,
    zone: await zoneOf(context.memory),
    now: context.now,
    minutes: jotting.minutes || null,
    place: jotting.place,
  };
}

export const routes = {
  "GET /app/jottings/unreadable": unreadable,
  "POST /app/jottings/unreadable/drop": dropUnreadable,
  "GET /app/jottings/{id}": show,
  "POST /app/jottings/{id}": finish,
  "POST /app/jottings/{id}/drop": drop,
};
