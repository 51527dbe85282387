/** Asking for a consent: six questions, one a page, then the whole text to read and sign. Everything typed is kept. */

import type { ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { words } from "./choices";
import {
  ENDS,
  FIELDS,
  PURPOSES,
  type Said,
  SHARED,
  STEPS,
  type Step,
  saidOf,
  stepOf,
  type Wrong,
  wrongIn,
} from "./consent_draft";
import { consentView } from "./consent_view";
import { noteOf } from "./draft_note";
import { CONSENT, keepDraft, keptAnswer } from "./kept_form";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Draft, Page, PageAnswer, PageContext, Seen } from "./page";
import { readSigning, signingView } from "./signing";
import { zoneOf } from "./surroundings";
import { type Content, contentOf, many, one } from "./typed";
import { addDays, local } from "./when";

type Person = Seen<ParticipantFields>;

const YEAR_DAYS = 365;

const begin: Page = async (request, context) => {
  const person = await context.memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const id = context.newId();
  const organisation = await context.memory.organisation();
  const content: Content = {
    form_ref: [CONSENT],
    person: [person.doc],
    named: [person.fields.is_alias ? "" : person.fields.name],
    discloser: [organisation?.name ?? ""],
    ends: ["date"],
    expires_on: [addDays(await today(context), YEAR_DAYS)],
  };
  return saving(
    async () => {
      await keepDraft(id, CONSENT, content, context);
      return { redirect: `/app/consents/${id}/ask` };
    },
    async (why) => askPage(id, person, content, "named", context, 507, [{ field: "", key: why, limit: 0 }]),
  );
};

const ask: Page = async (request, context) => {
  const found = await find(request.params["id"] ?? "", context);
  if (!found) return signedOrMissing(request.params["id"] ?? "", context);
  if (request.query.get("step") === "sign") return signPage(found.draft, found.person, context);
  return askPage(found.draft.id, found.person, found.draft.content, stepOf(request.query.get("step") ?? ""), context);
};

/** Autosave (no `then`) or the button of one question. */
const answer: Page = async (request, context) => {
  const id = request.params["id"] ?? "";
  const found = await find(id, context);
  if (!found) return signedOrMissing(id, context);
  const typed = contentOf(request.form);
  const step = stepOf(one(typed, "step"));
  const content = merged(found.draft.content, typed, step);
  if (request.form.get("then") === null) return keptAnswer(id, CONSENT, content, context, "step" in typed);
  if (!("step" in typed)) return askPage(id, found.person, content, step, context, 422, [incomplete]);
  const wrong = wrongIn(step, content, await today(context));
  return saving(
    async () => {
      await keepDraft(id, CONSENT, content, context);
      if (wrong.length > 0) return askPage(id, found.person, content, step, context, 422, wrong);
      const next = STEPS[STEPS.indexOf(step) + 1] ?? "sign";
      return { redirect: `/app/consents/${id}/ask?step=${next}` };
    },
    async (why) => askPage(id, found.person, content, step, context, 507, [{ field: "", key: why, limit: 0 }]),
  );
};

const sign: Page = async (request, context) => {
  const id = request.params["id"] ?? "";
  const found = await find(id, context);
  if (!found) return signedOrMissing(id, context);
  const typed = contentOf(request.form);
  const { person, draft } = found;
  const day = await today(context);
  const open = STEPS.find((step) => wrongIn(step, draft.content, day).length > 0);
  if (open) return askPage(id, person, draft.content, open, context, 422, wrongIn(open, draft.content, day));
  const said = saidOf(draft.content, person.doc, context.lang);
  if (!("signed_name" in typed)) return signPage(draft, person, context, 422, typed, incomplete);
  if (one(typed, "seen") !== JSON.stringify(said)) return signPage(draft, person, context, 409, typed, changed);
  const signed = readSigning(typed, context.now);
  if ("key" in signed) return signPage(draft, person, context, 422, typed, { ...signed, limit: 0 });
  return saving(
    async () => {
      const set = { ...said, signed, signed_on: day };
      await context.memory.capture(
        [{ kind: "create", type: "consent", doc: noteOf(id), bucket: person.bucket, set }],
        id,
      );
      return { redirect: `/app/consents/${noteOf(id)}` };
    },
    async (why) => signPage(draft, person, context, 507, typed, { field: "", key: why, limit: 0 }),
  );
};

const incomplete: Wrong = { field: "", key: "form.error.incomplete", limit: 0 };
const changed: Wrong = { field: "", key: "consent.error.changed", limit: 0 };

async function find(id: string, { memory }: PageContext): Promise<{ draft: Draft; person: Person } | null> {
  const draft = await memory.draft(id);
  if (draft?.form !== CONSENT) return null;
  const person = await memory.participant(one(draft.content, "person"));
  return person ? { draft, person } : null;
}

/** A second touch on the button, or a late autosave: the consent is there. */
async function signedOrMissing(id: string, context: PageContext): Promise<PageAnswer> {
  if (await context.memory.one(noteOf(id), "consent")) return { redirect: `/app/consents/${noteOf(id)}` };
  return { status: 404, template: "phone/missing.html", view: {} };
}

function merged(before: Content, typed: Content, step: Step): Content {
  const own = Object.fromEntries(FIELDS[step].map((name) => [name, many(typed, name)]));
  return { ...before, ...own };
}

async function askPage(
  id: string,
  person: Person,
  content: Content,
  step: Step,
  context: PageContext,
  status: 200 | 422 | 507 = 200,
  wrong: readonly Wrong[] = [],
): Promise<PageAnswer> {
  const { lang } = context;
  const at = STEPS.indexOf(step);
  const problems = wrong.map(({ field, key, limit }) => ({ field, text: translate(lang, key, { limit }) }));
  const error = Object.fromEntries(
    FIELDS[step].map((name) => [name, problems.find(({ field }) => field === name)?.text ?? ""]),
  );
  return {
    status,
    template: "phone/consent_ask.html",
    view: {
      id,
      name: person.fields.name,
      step,
      number: at + 1,
      count: STEPS.length + 1,
      back: at === 0 ? `/app/people/${person.doc}/consents` : `/app/consents/${id}/ask?step=${STEPS[at - 1]}`,
      typed: Object.fromEntries(FIELDS[step].map((name) => [name, one(content, name)])),
      shared: [...many(content, "shared")],
      shares: words(lang, "consent.shared.", SHARED),
      purposes: words(lang, "consent.purpose.", PURPOSES),
      endings: words(lang, "consent.ends.", one(content, "is_for_care") === "yes" ? ENDS : ENDS.slice(0, 2)),
      problems,
      error,
    },
  };
}

async function signPage(
  draft: Draft,
  person: Person,
  context: PageContext,
  status: 200 | 409 | 422 | 507 = 200,
  typed: Content = {},
  wrong: Wrong | null = null,
): Promise<PageAnswer> {
  const day = await today(context);
  const open = STEPS.find((step) => wrongIn(step, draft.content, day).length > 0);
  if (open) return askPage(draft.id, person, draft.content, open, context, 422, wrongIn(open, draft.content, day));
  const said: Said = saidOf(draft.content, person.doc, context.lang);
  const text = wrong ? translate(context.lang, wrong.key) : "";
  const error = (field: string): string => (wrong?.field === field ? text : "");
  return {
    status,
    template: "phone/consent_sign.html",
    view: {
      id: draft.id,
      name: person.fields.name,
      consent: consentView(said, day, 0),
      seen: JSON.stringify(said),
      signing: signingView(typed, said.named),
      problems: wrong ? [{ field: wrong.field, text }] : [],
      error: { signed_name: error("signed_name"), agree: error("agree"), drawing: error("drawing") },
    },
  };
}

async function today({ memory, now }: PageContext): Promise<string> {
  return local(now, await zoneOf(memory)).day;
}

export const routes = {
  "POST /app/people/{id}/consents": begin,
  "GET /app/consents/{id}/ask": ask,
  "POST /app/consents/{id}/ask": answer,
  "POST /app/consents/{id}/sign": sign,
};
