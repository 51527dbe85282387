/**
 * Two people changed the same thing unseen. Both versions stand here, whole, until somebody chooses; nothing is merged
 * by us. A choice is a change like any other: should yet another version have come meanwhile, that one is kept too.
 */

import { contentAndId } from "../draft_id";
import { length } from "../forms";
import { translate } from "../render";
import { ADDENDUM, addendumDraftOf } from "./addendum_draft";
import { fieldView, isProse, type Kept, standingValue, titleOf } from "./conflict_view";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Draft, NewChange, Page, PageAnswer, PageContext, PageRequest } from "./page";
import { zoneOf } from "./surroundings";
import { clean, contentOf, one } from "./typed";

const PERSON_LIMIT = 4000;
const PROSE_LIMIT = 20_000;

const show: Page = async (request, context) => {
  const record = await find(request, context);
  return record ? page(record, context) : notFound(request, context);
};

/** `choice`: "standing", or the seq of a version that was kept. */
const settle: Page = async (request, context) => {
  const record = await find(request, context);
  if (!record) return { redirect: "/app/inbox" };
  const field = request.form.get("path") ?? "";
  const kept = (record.body.kept ?? []).filter((each) => each.field === field);
  const choice = request.form.get("choice") ?? "";
  const other = kept.find((each) => String(each.seq) === choice);
  if (kept.length === 0 || (choice !== "standing" && !other)) return { redirect: `/app/conflicts/${record.doc}` };
  if (request.form.get("then") === "add") return added(record, String(other?.value ?? ""), context);
  const isStanding = !other || record.body.state === "signed";
  return saving(
    async () => {
      if (request.form.get("then") === "both" && other)
        await context.memory.saveDraft(second(record, other.value, context));
      const value = isStanding || record.type === "draft" ? standingValue(record, field) : other.value;
      await context.memory.capture([patch(record, field, value ?? null, request)]);
      return { redirect: (await find(request, context)) ? `/app/conflicts/${record.doc}` : "/app/inbox" };
    },
    (why) => page(record, context, 507, why),
  );
};

const anew: Page = async (request, context) => {
  const record = await find(request, context);
  const field = request.query.get("path") ?? "";
  if (!record || !isOpenProse(record, field)) return notFound(request, context);
  return writePage(record, field, String(standingValue(record, field) ?? ""), context);
};

const keepAnew: Page = async (request, context) => {
  const record = await find(request, context);
  const field = request.form.get("path") ?? "";
  if (!record || !isOpenProse(record, field)) return notFound(request, context);
  const text = clean(one(contentOf(request.form), "words"));
  const limit = field.startsWith("answers.") ? PROSE_LIMIT : PERSON_LIMIT;
  if (length(text) > limit) return writePage(record, field, text, context, 422, "form.error.too_long", limit);
  return saving(
    async () => {
      await context.memory.capture([patch(record, field, text, request)]);
      return { redirect: (await find(request, context)) ? `/app/conflicts/${record.doc}` : "/app/inbox" };
    },
    (why) => writePage(record, field, text, context, 507, why, limit),
  );
};

async function find(request: PageRequest, { memory }: PageContext): Promise<Kept | null> {
  const id = request.params["id"] ?? "";
  const listed = (await memory.conflicts()).find(({ doc }) => doc === id);
  if (listed) return listed;
  const note = await memory.note(id);
  return note && (note.body.kept ?? []).length > 0 ? { ...note, fields: { ...note.fields } } : null;
}

const isOpenProse = (record: Kept, field: string): boolean =>
  record.body.state !== "signed" && isProse(record.type, field);

/** `base`: what its author was shown. The office keeps aside whatever came since. */
function patch(record: Kept, field: string, value: unknown, request: PageRequest): NewChange {
  const base = Number(request.form.get("base")) || record.seq;
  const { type, doc, bucket } = record;
  const answer = field.startsWith("answers.") ? field.slice("answers.".length) : "";
  return {
    kind: "patch",
    type: type as "note",
    doc,
    bucket,
    base,
    set: answer ? { answers: { [answer]: value } } : { [field]: value },
  };
}

/** The other words of a signed note become an addendum that is still to be sent off; the two versions stay until then. */
async function added(record: Kept, words: string, context: PageContext): Promise<PageAnswer> {
  const id = addendumDraftOf(record.doc);
  const before = await context.memory.draft(id);
  const text = [...(before?.content["text"] ?? []), words].filter((each) => each !== "").join("\n\n");
  const content = {
    form_ref: [ADDENDUM],
    note: [record.doc],
    person: [String(record.fields["participant"] ?? "")],
    reason: ["left_out"],
    text: [text],
  };
  const draft = { id, form: ADDENDUM, content, startedAt: before?.startedAt ?? context.now, updatedAt: context.now };
  return saving(
    async () => {
      await context.memory.saveDraft(draft);
      return { redirect: `/app/notes/${record.doc}/addendum` };
    },
    (why) => page(record, context, 507, why),
  );
}

/** The version of an unfinished note that was kept aside, as an unfinished note of its own. */
function second(record: Kept, value: unknown, { now, newId }: PageContext): Draft {
  const { content } = contentAndId("", String(value));
  return {
    id: newId(),
    form: content["form_ref"]?.[0] ?? String(record.fields["form"] ?? ""),
    content,
    startedAt: now,
    updatedAt: now,
  };
}

async function page(record: Kept, context: PageContext, status: 200 | 507 = 200, why = ""): Promise<PageAnswer> {
  const fields = [...new Set((record.body.kept ?? []).map(({ field }) => field))];
  return {
    status,
    template: "phone/conflict.html",
    view: {
      ...(await frame(record, context)),
      fields: await Promise.all(fields.map((field) => fieldView(record, field, context))),
      why,
    },
  };
}

async function writePage(
  record: Kept,
  field: string,
  text: string,
  context: PageContext,
  status: 200 | 422 | 507 = 200,
  wrong = "",
  limit = 0,
): Promise<PageAnswer> {
  const error = wrong ? translate(context.lang, wrong, { limit }) : "";
  return {
    status,
    template: "phone/conflict_write.html",
    view: {
      ...(await frame(record, context)),
      ...(await fieldView(record, field, context)),
      text,
      error,
      problems: error ? [{ field: "words", text: error }] : [],
    },
  };
}

/** A draft goes by another id on the phone than its record. */
const ownId = ({ type, doc, fields }: Kept): string =>
  type === "draft" ? contentAndId(doc, String(fields["content"])).id : doc;

async function frame(record: Kept, context: PageContext): Promise<Record<string, unknown>> {
  const places: Readonly<Record<string, string>> = { note: "notes", participant: "people", draft: "drafts" };
  return {
    id: record.doc,
    type: record.type,
    base: record.seq,
    name: await titleOf(record, context),
    href:
      record.type === "keepwell"
        ? `/app/people/${String(record.fields["participant"])}/keepwell`
        : `/app/${places[record.type]}/${ownId(record)}`,
    is_signed: record.body.state === "signed",
    now: context.now,
    zone: await zoneOf(context.memory),
  };
}

export const routes = {
  "GET /app/conflicts/{id}": show,
  "POST /app/conflicts/{id}": settle,
  "GET /app/conflicts/{id}/write": anew,
  "POST /app/conflicts/{id}/write": keepAnew,
};
