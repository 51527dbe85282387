/** Check-ins: handed over, answered by the person, shown to them first, kept with what they said before. */

import { length } from "../forms";
import type { CheckinFields, InstrumentFields, ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { instrumentOf, measures, questions, said } from "./checkin_questions";
import { measureView } from "./checkin_view";
import { CHECKIN, keptAnswer, keptBy } from "./kept_form";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { NewChange, Page, PageAnswer, PageContext, Seen } from "./page";
import { zoneOf } from "./surroundings";
import { type Content, clean, contentOf, isId, line } from "./typed";

const GOOD_LIMIT_CHARS = 2000;
const GOOD_SHOWN = 5;

type Person = Seen<ParticipantFields>;
type Instrument = Seen<InstrumentFields> | null;

const list: Page = async (request, context) => {
  const { memory, lang, now } = context;
  const person = await memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const checkins = await checkinsOf(person, context);
  const instruments = await memory.all<InstrumentFields>("instrument");
  const views = [null, ...instruments].flatMap((instrument) => {
    const answered = checkins.filter(({ fields }) => (fields.instrument ?? "") === (instrument?.doc ?? ""));
    return measures(instrument, lang).flatMap((measure) => measureView(answered, measure) ?? []);
  });
  const good = checkins.filter(({ fields }) => (fields.good ?? "") !== "").slice(0, GOOD_SHOWN);
  return {
    status: 200,
    template: "phone/checkins.html",
    view: {
      id: person.doc,
      name: person.fields.name,
      is_closed: person.fields.status === "closed",
      count: checkins.length,
      measures: views,
      good: good.map(({ fields }) => ({ at: fields.taken_at, words: fields.good })),
      instruments: instruments
        .filter(({ fields }) => fields.is_active ?? true)
        .map(({ doc, fields }) => ({ id: doc, name: fields.name }))
        .sort((a, b) => a.name.localeCompare(b.name)),
      now,
      zone: await zoneOf(memory),
    },
  };
};

/** Fresh, or an unfinished one handed over again. */
const ask: Page = async (request, context) => {
  const doc = request.query.get("draft") ?? "";
  const person = await openPerson(request.params["id"] ?? "", doc, context);
  if (doc && (await context.memory.one(doc, "checkin"))) return { redirect: `/app/checkins/${doc}` };
  const draft = doc ? await context.memory.draft(doc) : null;
  const content: Content = draft?.form === CHECKIN ? draft.content : { checkin_id: [context.newId()] };
  const id = line(content, "instrument") || (request.query.get("instrument") ?? "");
  const instrument = await instrumentOf(id, context.memory);
  if (!person || (id && !instrument)) return notFound(request, context);
  return formPage(person, instrument, content, context, 200);
};

/** Every touch and pause. */
const keep: Page = async (request, context) => {
  const content: Content = { ...contentOf(request.form), form_ref: [CHECKIN], person: [request.params["id"] ?? ""] };
  const doc = line(content, "checkin_id");
  // A late one, of a check-in that is kept already, brings no draft back.
  if (isId(doc) && (await context.memory.one(doc, "checkin"))) return keptBy(async () => undefined, context);
  return keptAnswer(doc, CHECKIN, content, context, isId(doc));
};

const done: Page = async (request, context) => {
  const content = contentOf(request.form);
  const person = await openPerson(request.params["id"] ?? "", line(content, "checkin_id"), context);
  const instrument = await instrumentOf(line(content, "instrument"), context.memory);
  if (!person || (line(content, "instrument") && !instrument)) return notFound(request, context);
  const doc = line(content, "checkin_id");
  if (await context.memory.one(doc, "checkin")) return { redirect: `/app/checkins/${doc}` };
  const set = readFields(person, instrument, content, context);
  const wrong = problemOf(doc, set);
  if (wrong) return formPage(person, instrument, content, context, 422, wrong);
  const change: NewChange = { kind: "create", type: "checkin", doc, bucket: person.bucket, set: { ...set } };
  return saving(
    async () => {
      await context.memory.capture([change], doc);
      return { redirect: `/app/checkins/${doc}` };
    },
    (why) => formPage(person, instrument, content, context, 507, why),
  );
};

/** The person keeps nothing of it. Back to their own page: the phone is still in their hands. */
const drop: Page = async (request, context) => {
  const doc = request.params["checkin"] ?? "";
  const draft = await context.memory.draft(doc);
  if (draft?.form === CHECKIN) await context.memory.dropDraft(doc);
  return { redirect: `/app/people/${request.params["id"]}/checkins` };
};

/** What the person sees of it, before anybody else does. */
const show: Page = async (request, context) => {
  const { memory, lang, now } = context;
  const seen = await memory.one<CheckinFields>(request.params["id"] ?? "", "checkin");
  const person = seen && (await memory.participant(seen.fields.participant));
  if (!seen || !person) return notFound(request, context);
  const instrument = await instrumentOf(seen.fields.instrument ?? "", memory);
  const upTo = (await checkinsOf(person, context)).filter(({ fields }) => {
    const isSame = (fields.instrument ?? "") === (seen.fields.instrument ?? "");
    return isSame && fields.taken_at <= seen.fields.taken_at;
  });
  const answered = measures(instrument, lang).filter((measure) => measure.value(seen.fields) !== null);
  return {
    status: 200,
    template: "phone/checkin.html",
    view: {
      back_href: `/app/people/${person.doc}/checkins`,
      measures: answered.flatMap((measure) => measureView(upTo, measure) ?? []),
      is_partial: instrument !== null && answered.length === 0 && Object.keys(seen.fields.answers ?? {}).length > 0,
      good: seen.fields.good ?? "",
      at: seen.fields.taken_at,
      now,
      zone: await zoneOf(memory),
    },
  };
};

/** Newest first. */
async function checkinsOf(person: Person, { memory }: PageContext): Promise<Seen<CheckinFields>[]> {
  const all = await memory.all<CheckinFields>("checkin", person.bucket);
  return all.sort((a, b) => b.fields.taken_at - a.fields.taken_at || b.doc.localeCompare(a.doc));
}

/** Somebody whose support goes on, or who had begun to answer before it ended. */
async function openPerson(id: string, draft: string, { memory }: PageContext): Promise<Person | null> {
  const one = await memory.participant(id);
  if (!one || one.body.state === "void") return null;
  return one.fields.status !== "closed" || (await memory.draft(draft))?.form === CHECKIN ? one : null;
}

/** Only what was touched, and only numbers that were offered. */
function readFields(person: Person, instrument: Instrument, content: Content, context: PageContext): CheckinFields {
  const asked = questions(instrument?.fields ?? null, context.lang);
  const answers = asked.flatMap(({ key, options }) => {
    const given = line(content, `q_${key}`);
    return given !== "" && options.some(({ value }) => value === given) ? [[key, Number(given)] as const] : [];
  });
  const good = clean(content["good"]?.at(-1) ?? "").trim();
  return {
    participant: person.doc,
    taken_at: context.now,
    ...(instrument ? { instrument: instrument.doc } : {}),
    ...(answers.length > 0 ? { answers: Object.fromEntries(answers) } : {}),
    ...(good ? { good } : {}),
  };
}

function problemOf(doc: string, { answers, good = "" }: CheckinFields): string {
  if (!isId(doc)) return "form.error.incomplete";
  if (length(good) > GOOD_LIMIT_CHARS) return "form.error.too_long_short";
  return answers || good ? "" : "links.error.nothing";
}

async function formPage(
  person: Person,
  instrument: Instrument,
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507,
  wrong = "",
): Promise<PageAnswer> {
  const { lang, newId } = context;
  const id = line(content, "checkin_id");
  const asked = questions(instrument?.fields ?? null, lang).map((one) => ({
    ...one,
    name: `q_${one.key}`,
    value: line(content, `q_${one.key}`),
  }));
  const error = wrong ? translate(lang, wrong, { limit: GOOD_LIMIT_CHARS }) : "";
  const isLong = wrong === "form.error.too_long_short";
  return {
    status,
    template: "phone/checkin_new.html",
    view: {
      person: person.doc,
      id: isId(id) ? id : newId(),
      instrument: instrument?.doc ?? "",
      title: instrument?.fields.name ?? "",
      prompt: instrument ? said(instrument.fields.prompt, lang) : "",
      citation: instrument?.fields.citation ?? "",
      questions: asked.filter((one) => !one.is_rare),
      rare: asked.filter((one) => one.is_rare),
      is_rare_open: asked.some((one) => one.is_rare && one.value !== ""),
      good: content["good"]?.at(-1) ?? "",
      problems: error ? [{ field: isLong ? "good" : "", text: error }] : [],
      good_error: isLong ? error : "",
    },
  };
}

export const routes = {
  "GET /app/people/{id}/checkins": list,
  "GET /app/people/{id}/checkins/new": ask,
  "POST /app/people/{id}/checkins/new": done,
  "POST /app/people/{id}/checkins/keep": keep,
  "POST /app/people/{id}/checkins/{checkin}/drop": drop,
  "GET /app/checkins/{id}": show,
};
