/** Consents of a person: what is in force, a copy to read in either language, and taking one back, at once, offline. */

import { stateOf } from "../consents";
import type { ConsentFields } from "../generated/schema";
import { translate } from "../render";
import { consentWarnDays } from "../rules";
import { consentView } from "./consent_view";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext, PageRequest, Seen } from "./page";
import { signatureOf } from "./signing";
import { standingView } from "./standing";
import { zoneOf } from "./surroundings";
import { local } from "./when";

type Consent = Seen<ConsentFields>;

const HOWS = ["spoken", "written"] as const;

const list: Page = async (request, context) => {
  const { memory, now } = context;
  const person = await memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const zone = await zoneOf(memory);
  const day = local(now, zone).day;
  const consents = await memory.all<ConsentFields>("consent", person.bucket);
  const warnDays = consentWarnDays(await memory.organisation());
  const newest = [...consents].sort((a, b) => b.fields.signed.at - a.fields.signed.at);
  const drafts = (await memory.drafts()).filter((draft) => draft.content["person"]?.[0] === person.doc);
  return {
    status: 200,
    template: "phone/consents.html",
    view: {
      id: person.doc,
      name: person.fields.name,
      is_closed: person.fields.status === "closed",
      consents: newest.map(({ doc, fields }) => ({
        href: `/app/consents/${doc}`,
        recipient: fields.recipient,
        signed_on: fields.signed_on,
        expires_on: fields.expires_on ?? "",
        state: stateOf(fields, day, warnDays),
      })),
      unfinished: drafts.filter(({ form }) => form === "consent@1").map(({ id }) => `/app/consents/${id}/ask`),
    },
  };
};

const show: Page = async (request, context) => {
  const consent = await find(request, context);
  return consent ? copyPage(consent, request, context) : notFound(request, context);
};

const askBack: Page = async (request, context) => {
  const consent = await find(request, context);
  if (!consent) return notFound(request, context);
  return (await isOver(consent, context)) ? { redirect: `/app/consents/${consent.doc}` } : backPage(consent, context);
};

/** From this moment on nothing may be shared on it, whether the office has heard of it or not. */
const takeBack: Page = async (request, context) => {
  const consent = await find(request, context);
  if (!consent) return notFound(request, context);
  if (await isOver(consent, context)) return { redirect: `/app/consents/${consent.doc}` };
  const how = HOWS.find((name) => name === request.form.get("how"));
  if (!how) return backPage(consent, context, 422, "consent.error.how");
  const set = { revoked_on: await today(context), revoked_at: context.now, revoked_how: how };
  return saving(
    async () => ended(consent, set, context),
    (why) => backPage(consent, context, 507, why),
  );
};

/** The event it was to end with has happened. */
const happened: Page = async (request, context) => {
  const consent = await find(request, context);
  if (!consent) return notFound(request, context);
  if (consent.fields.ends !== "event" || (await isOver(consent, context)))
    return { redirect: `/app/consents/${consent.doc}` };
  const set = { event_on: await today(context) };
  return saving(
    async () => ended(consent, set, context),
    (why) => copyPage(consent, request, context, 507, why),
  );
};

async function ended(consent: Consent, set: Record<string, unknown>, { memory }: PageContext): Promise<PageAnswer> {
  const { doc, bucket } = consent;
  await memory.capture([{ kind: "patch", type: "consent", doc, bucket, set }]);
  return { redirect: `/app/consents/${doc}` };
}

async function find(request: PageRequest, { memory }: PageContext): Promise<Consent | null> {
  return memory.one<ConsentFields>(request.params["id"] ?? "", "consent");
}

async function isOver({ fields }: Consent, context: PageContext): Promise<boolean> {
  const state = stateOf(fields, await today(context), 0);
  return state === "revoked" || state === "expired";
}

async function copyPage(
  consent: Consent,
  request: PageRequest,
  context: PageContext,
  status: 200 | 507 = 200,
  why = "",
): Promise<PageAnswer> {
  const { memory, now } = context;
  const asked = request.query.get("in");
  const lang = asked === "es" || asked === "en" ? asked : context.lang;
  const [person, zone, organisation] = await Promise.all([
    memory.participant(consent.fields.participant),
    zoneOf(memory),
    memory.organisation(),
  ]);
  return {
    status,
    template: "phone/consent.html",
    view: {
      lang,
      other: lang === "es" ? "en" : "es",
      id: consent.doc,
      now,
      person: consent.fields.participant,
      name: person?.fields.name ?? consent.fields.named,
      consent: consentView(consent.fields, local(now, zone).day, consentWarnDays(organisation)),
      signed: signatureOf(consent.fields),
      standing: standingView(consent.standing, now, zone),
      problems: why ? [{ field: "", text: translate(context.lang, why) }] : [],
    },
  };
}

async function backPage(
  consent: Consent,
  context: PageContext,
  status: 200 | 422 | 507 = 200,
  why = "",
): Promise<PageAnswer> {
  const text = why ? translate(context.lang, why) : "";
  return {
    status,
    template: "phone/consent_back.html",
    view: {
      id: consent.doc,
      recipient: consent.fields.recipient,
      information: consent.fields.information,
      hows: HOWS.map((value) => ({ value, text: translate(context.lang, `consent.how.${value}`) })),
      problems: text ? [{ field: status === 422 ? "how" : "", text }] : [],
      error: status === 422 ? text : "",
    },
  };
}

async function today({ memory, now }: PageContext): Promise<string> {
  return local(now, await zoneOf(memory)).day;
}

export const routes = {
  "GET /app/people/{id}/consents": list,
  "GET /app/consents/{id}": show,
  "GET /app/consents/{id}/back": askBack,
  "POST /app/consents/{id}/back": takeBack,
  "POST /app/consents/{id}/ended": happened,
};
