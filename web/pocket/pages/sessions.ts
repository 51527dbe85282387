/**
 * A group, or a visit to a locked place: one draft about many people, kept at every pause, checked, signed at once.
 * Signing writes the session and one note a person in one transaction; on the wire each note goes by itself.
 */

import { type FieldError, noteOf } from "./draft_note";
import { followUp } from "./follow_up";
import { carriedPlace } from "./fresh_draft";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Draft, NewChange, Page, PageAnswer, PageContext } from "./page";
import { spellPlace } from "./place";
import { aroundMany, DRAFT_FORMS, type Sort, tidied, withCodes } from "./session_draft";
import { likeLast } from "./session_past";
import { readSession, type SessionReading } from "./session_read";
import { keptLine, seenHash, sessionCheckView, sessionFormView } from "./session_view";
import { type Content, contentOf } from "./typed";
import { local } from "./when";

type Status = 200 | 409 | 422 | 507;

const PLACES = { group: "groups", visit: "visits" } as const;
const FORMS = { group: "phone/group.html", visit: "phone/visit.html" } as const;
const FALLBACK_LENGTH = { group: "60", visit: "120" } as const;
const MINUTE_MS = 60_000;
const LOCKED: readonly string[] = ["prison", "jail", "inpatient"];

const begin = (sort: Sort): Page => {
  return async (request, context) => {
    const like = request.query.get("like") ?? "";
    return { redirect: `/app/${PLACES[sort]}/${context.newId()}${like ? `?like=${encodeURIComponent(like)}` : ""}` };
  };
};

const open = (sort: Sort): Page => {
  return async (request, context) => {
    const id = request.params["id"] ?? "";
    if (await context.memory.one(noteOf(id), "session")) return { redirect: `/app/sessions/${noteOf(id)}` };
    const draft = await context.memory.draft(id);
    const content = draft?.content ?? (await fresh(sort, context, request.query.get("like") ?? ""));
    return formPage(sort, id, content, context, 200, []);
  };
};

/** Autosave posts the whole form; the buttons add `then`. */
const keep = (sort: Sort): Page => {
  return async (request, context) => {
    const id = request.params["id"] ?? "";
    const then = request.form.get("then");
    const around = await aroundMany(context);
    const content = tidied(contentOf(request.form), around);
    const kept = (status: Status, at: number | null): PageAnswer => ({
      status,
      template: "phone/kept.html",
      view: { kept: keptLine(around, at, status !== 200) },
      isFragment: true,
    });
    if (!("roster_form" in content && "end" in content)) {
      if (then === null) return kept(422, null);
      const standing = (await context.memory.draft(id))?.content ?? (await fresh(sort, context, ""));
      return formPage(sort, id, { ...standing, ...content }, context, 422, [incomplete()]);
    }
    if (await context.memory.one(noteOf(id), "session"))
      return then === null ? kept(200, null) : { redirect: `/app/sessions/${noteOf(id)}` };
    const whole = then === "sheet" ? withCodes(content, around) : content;
    return saving(
      async () => {
        await context.memory.saveDraft(await draftOf(sort, id, whole, context));
        if (then === "later") return { redirect: "/app/" };
        if (then === "sheet") return { redirect: `/app/visits/${id}/sheet` };
        if (then === "check") return checkOrForm(sort, id, whole, context);
        return then === null ? kept(200, context.now) : formPage(sort, id, whole, context, 200, []);
      },
      async (why) =>
        then === null
          ? kept(507, null)
          : formPage(sort, id, content, context, 507, [{ field: "", key: why, args: {} }]),
    );
  };
};

const check = (sort: Sort): Page => {
  return async (request, context) => {
    const id = request.params["id"] ?? "";
    const draft = await context.memory.draft(id);
    if (await context.memory.one(noteOf(id), "session")) return { redirect: `/app/sessions/${noteOf(id)}` };
    return draft ? checkPage(sort, id, draft.content, context) : notFound(request, context);
  };
};

/** Signs what was read on the check page: `seen` is the hash of it, and anything else is shown again. */
const sign = (sort: Sort): Page => {
  return async (request, context) => {
    const id = request.params["id"] ?? "";
    const draft = await context.memory.draft(id);
    if (await context.memory.one(noteOf(id), "session")) return { redirect: `/app/sessions/${noteOf(id)}` };
    if (!draft) return notFound(request, context);
    const reading = readSession(sort, id, draft.content, await aroundMany(context));
    if (!reading.session) return checkPage(sort, id, draft.content, context);
    const notes = reading.roster.flatMap(({ fields }) => fields ?? []);
    if (request.form.get("seen") !== (await seenHash(context, reading.session, notes)))
      return checkPage(sort, id, draft.content, context, 409);
    return saving(
      async () => {
        await context.memory.captureEach(await bundles(noteOf(id), reading, context), id);
        return { redirect: `/app/sessions/${noteOf(id)}` };
      },
      (why) => checkPage(sort, id, draft.content, context, 507, why),
    );
  };
};

/** The session, a bundle for each person's note, and what a note changes about the day to look in again. */
export async function bundles(
  doc: string,
  { session, roster }: Pick<SessionReading, "session" | "roster">,
  context: PageContext,
): Promise<NewChange[][]> {
  const notes = await Promise.all(
    roster.map(async ({ note, fields }): Promise<NewChange[]> => {
      if (!fields) return [];
      const about = { type: "note", doc: note, bucket: `p:${fields.participant}` } as const;
      const hash = await context.memory.contentHash(fields);
      return [
        { ...about, kind: "create", set: { ...fields } },
        { ...about, kind: "sign", content_hash: hash },
      ];
    }),
  );
  const reminders = await Promise.all(roster.map(({ fields }) => (fields ? followUp(fields, context) : null)));
  const create: NewChange = {
    kind: "create",
    type: "session",
    doc,
    bucket: `me:${context.person.id}`,
    set: { ...session },
  };
  return [[create], ...notes, ...reminders.flatMap((change) => (change ? [[change]] : []))];
}

const drop = (): Page => {
  return async (request, context) => {
    await context.memory.dropDraft(request.params["id"] ?? "");
    return { redirect: "/app/" };
  };
};

async function checkOrForm(sort: Sort, id: string, content: Content, context: PageContext): Promise<PageAnswer> {
  const { errors } = readSession(sort, id, content, await aroundMany(context));
  return errors.length > 0
    ? formPage(sort, id, content, context, 422, errors)
    : { redirect: `/app/${PLACES[sort]}/${id}/check` };
}

async function checkPage(
  sort: Sort,
  id: string,
  content: Content,
  context: PageContext,
  status: 200 | 409 | 507 = 200,
  why = "",
): Promise<PageAnswer> {
  const around = await aroundMany(context);
  const reading = readSession(sort, id, content, around);
  if (!reading.session) return formPage(sort, id, content, context, 422, reading.errors);
  const view = await sessionCheckView(id, reading, around, context);
  const more = { href: `/app/${PLACES[sort]}/${id}`, has_changed: status === 409, why };
  return { status, template: "phone/session_check.html", view: { ...view, ...more } };
}

async function formPage(
  sort: Sort,
  id: string,
  content: Content,
  context: PageContext,
  status: Status,
  errors: readonly FieldError[],
): Promise<PageAnswer> {
  const view = await sessionFormView(sort, id, content, await aroundMany(context), context, errors);
  return { status, template: FORMS[sort], view };
}

async function draftOf(sort: Sort, id: string, content: Content, { memory, now }: PageContext): Promise<Draft> {
  const earlier = await memory.draft(id);
  return { id, form: DRAFT_FORMS[sort], content, startedAt: earlier?.startedAt ?? now, updatedAt: now };
}

/** Place and length as last time; `like` names the session that this one repeats, people and all. */
async function fresh(sort: Sort, context: PageContext, like: string): Promise<Content> {
  const organisation = await context.memory.organisation();
  const last = await likeLast(sort, context, like);
  const { day, clock } = local(context.now, organisation?.zone ?? "UTC");
  const minutes = last ? Math.round((last.session.ended_at - last.session.started_at) / MINUTE_MS) : 0;
  const isUsual = ["30", "60", "90", "120", "180"].includes(String(minutes));
  return {
    roster_form: ["1"],
    place: [last ? spellPlace(last.session) : await usualPlace(sort, context)],
    day: [day],
    end: [clock],
    start: [local(context.now - 60 * MINUTE_MS, organisation?.zone ?? "UTC").clock],
    minutes: [isUsual ? String(minutes) : FALLBACK_LENGTH[sort]],
    ...(like && last
      ? { title: [last.session.title], topic: [last.session.topic ?? ""], roster: [...last.people] }
      : {}),
  };
}

/** A visit begins at a locked place, where there is one; a group where the last note was. */
async function usualPlace(sort: Sort, context: PageContext): Promise<string> {
  const locked =
    sort === "visit"
      ? (await context.memory.sites()).find((site) => site.isOpen && LOCKED.includes(site.setting))
      : undefined;
  return locked ? `site:${locked.id}` : carriedPlace(context, "");
}

function incomplete(): FieldError {
  return { field: "", key: "form.error.incomplete", args: {} };
}

const routesOf = (sort: Sort): Record<string, Page> => {
  const place = PLACES[sort];
  return {
    [`GET /app/${place}/new`]: begin(sort),
    [`GET /app/${place}/{id}`]: open(sort),
    [`POST /app/${place}/{id}`]: keep(sort),
    [`GET /app/${place}/{id}/check`]: check(sort),
    [`POST /app/${place}/{id}/sign`]: sign(sort),
    [`POST /app/${place}/{id}/drop`]: drop(),
  };
};

export const routes: Readonly<Record<string, Page>> = { ...routesOf("group"), ...routesOf("visit") };
