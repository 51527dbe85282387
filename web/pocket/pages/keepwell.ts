/**
 * "What keeps me well": a person's own pages, private to the specialist's phone. The person alone decides to share;
 * what is shared is a copy, and it stays as it was shared until they say so again or stop.
 */

import { length } from "../forms";
import type { KeepwellCopyFields, KeepwellFields, ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { draftOf, KEEPWELL, keptAnswer } from "./kept_form";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { NewChange, Page, PageAnswer, PageContext, Seen } from "./page";
import { zoneOf } from "./surroundings";
import { type Content, clean, contentOf, one } from "./typed";
import { local } from "./when";

type Person = Seen<ParticipantFields>;
type Own = Seen<KeepwellFields>;
type Copy = Seen<KeepwellCopyFields>;

const PAGES = ["well", "off", "early", "hard", "cannot", "after"] as const;
const LIMIT_CHARS = 4000;

type Texts = Partial<Record<(typeof PAGES)[number], string>>;

const show: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  return person ? showPage(person, context) : notFound(request, context);
};

const ask: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const [own, draft] = [await ownOf(person, context), await context.memory.draft(draftOf(person.doc, 6))];
  return formPage(person, draft?.content ?? listed(own?.fields ?? {}, own?.seq ?? 0), context);
};

const keep: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const content = { ...contentOf(request.form), form_ref: [KEEPWELL], person: [person.doc] };
  return keptAnswer(draftOf(person.doc, 6), KEEPWELL, content, context, "well" in content);
};

const change: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const own = await ownOf(person, context);
  const content = contentOf(request.form);
  if (!("well" in content))
    return formPage(person, listed(own?.fields ?? {}, own?.seq ?? 0), context, 422, "", "form.error.incomplete");
  const long = PAGES.find((name) => length(one(content, name)) > LIMIT_CHARS);
  if (long) return formPage(person, content, context, 422, long, "form.error.too_long");
  const before: Texts = own?.fields ?? {};
  const set = Object.fromEntries(
    PAGES.map((name) => [name, clean(one(content, name)).trim()]).filter(
      ([name, text]) => text !== (before[name as keyof Texts] ?? ""),
    ),
  );
  return saving(
    async () => {
      const changes = written(person, own, set, Number(one(content, "base")), context);
      if (changes.length > 0) await context.memory.capture(changes, draftOf(person.doc, 6));
      else await context.memory.dropDraft(draftOf(person.doc, 6));
      return { redirect: `/app/people/${person.doc}/keepwell` };
    },
    (why) => formPage(person, content, context, 507, "", why),
  );
};

const askShare: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person || !(await ownOf(person, context))) return notFound(request, context);
  return sharePage(person, context);
};

/** Only with the person's own yes, each time anew. */
const share: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  const own = person && (await ownOf(person, context));
  if (!person || !own) return notFound(request, context);
  if (request.form.get("yes") !== "yes") return sharePage(person, context, 422, "keepwell.error.yes");
  const copy = await copyOf(person, context, context.person.id);
  const shared_on = local(context.now, await zoneOf(context.memory)).day;
  const about = { type: "keepwell_copy", bucket: person.bucket } as const;
  const texts = textsOf(own.fields);
  return saving(
    async () => {
      await context.memory.capture([
        copy
          ? { ...about, kind: "patch", doc: copy.doc, set: { ...texts, shared_on } }
          : { ...about, kind: "create", doc: context.newId(), set: { participant: person.doc, shared_on, ...texts } },
      ]);
      return { redirect: `/app/people/${person.doc}/keepwell` };
    },
    (why) => sharePage(person, context, 507, why),
  );
};

const unshare: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const copy = await copyOf(person, context, context.person.id);
  if (copy) {
    const { doc, bucket } = copy;
    await context.memory.capture([{ kind: "void", type: "keepwell_copy", doc, bucket, reason: "no longer shared" }]);
  }
  return { redirect: `/app/people/${person.doc}/keepwell` };
};

async function ownOf(person: Person, { memory, person: me }: PageContext): Promise<Own | null> {
  const all = await memory.all<KeepwellFields>("keepwell", `me:${me.id}`);
  return all.find(({ fields }) => fields.participant === person.doc) ?? null;
}

/** The shared copy that `author` made. */
async function copyOf(person: Person, { memory }: PageContext, author: string): Promise<Copy | null> {
  const all = await memory.all<KeepwellCopyFields>("keepwell_copy", person.bucket);
  return all.find(({ body }) => body.author === author) ?? null;
}

function written(
  person: Person,
  own: Own | null,
  set: Record<string, string>,
  base: number,
  { newId, person: me }: PageContext,
): NewChange[] {
  if (Object.keys(set).length === 0) return [];
  const about = { type: "keepwell", bucket: `me:${me.id}` } as const;
  if (own) return [{ ...about, kind: "patch", doc: own.doc, set, base: base || own.seq }];
  return [{ ...about, kind: "create", doc: newId(), set: { participant: person.doc, ...set } }];
}

const textsOf = (fields: Texts): Texts => Object.fromEntries(PAGES.map((name) => [name, fields[name] ?? ""]));

function listed(fields: Texts, base: number): Content {
  return { ...Object.fromEntries(PAGES.map((name) => [name, [fields[name] ?? ""]])), base: [String(base)] };
}

const pages = (fields: Texts): { key: string; text: string }[] =>
  PAGES.map((name) => ({ key: `keepwell.${name}`, text: fields[name] ?? "" })).filter(({ text }) => text !== "");

async function showPage(person: Person, context: PageContext): Promise<PageAnswer> {
  const { memory, person: me } = context;
  const [own, copies, members] = await Promise.all([
    ownOf(person, context),
    memory.all<KeepwellCopyFields>("keepwell_copy", person.bucket),
    memory.memberNames(),
  ]);
  const copy = copies.find(({ body }) => body.author === me.id);
  return {
    status: 200,
    template: "phone/keepwell.html",
    view: {
      id: person.doc,
      name: person.fields.name,
      pages: pages(own?.fields ?? {}),
      shared_on: copy?.fields.shared_on ?? "",
      has_changed:
        copy !== undefined &&
        own !== null &&
        PAGES.some((name) => (own.fields[name] ?? "") !== (copy.fields[name] ?? "")),
      others: copies
        .filter(({ body }) => body.author !== me.id)
        .map(({ body, fields }) => ({ name: members[body.author]?.name ?? "", pages: pages(fields) })),
      is_drafted: (await memory.draft(draftOf(person.doc, 6))) !== null,
    },
  };
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
    template: "phone/keepwell_edit.html",
    view: {
      id: person.doc,
      draft: draftOf(person.doc, 6),
      name: person.fields.name,
      base: one(content, "base"),
      fields: PAGES.map((name) => ({
        name,
        label: `keepwell.${name}`,
        text: one(content, name),
        error: name === field ? text : "",
      })),
      problems: text ? [{ field, text }] : [],
    },
  };
}

async function sharePage(
  person: Person,
  { lang }: PageContext,
  status: 200 | 422 | 507 = 200,
  why = "",
): Promise<PageAnswer> {
  const text = why ? translate(lang, why) : "";
  return {
    status,
    template: "phone/keepwell_share.html",
    view: {
      id: person.doc,
      name: person.fields.name,
      problems: text ? [{ field: status === 422 ? "yes" : "", text }] : [],
      error: status === 422 ? text : "",
    },
  };
}

export const routes = {
  "GET /app/people/{id}/keepwell": show,
  "GET /app/people/{id}/keepwell/edit": ask,
  "POST /app/people/{id}/keepwell/edit": change,
  "POST /app/people/{id}/keepwell/keep": keep,
  "GET /app/people/{id}/keepwell/share": askShare,
  "POST /app/people/{id}/keepwell/share": share,
  "POST /app/people/{id}/keepwell/unshare": unshare,
};
