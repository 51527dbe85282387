/** A new referral: for whom, what is needed, who may help, what the person said to it, when to ask how it went. */

import { shareProblem } from "../consents";
import { length } from "../forms";
import type { ConsentFields, ParticipantFields, ReferralFields, ResourceFields } from "../generated/schema";
import { type Status, stepText } from "../referral_steps";
import { translate } from "../render";
import { chipOf, nextDayChoices, words } from "./choices";
import { keptAnswer, keptBy, REFER } from "./kept_form";
import { saving } from "./not_saved";
import type { NewChange, Page, PageAnswer, PageContext, Seen } from "./page";
import { zoneOf } from "./surroundings";
import { type Content, contentOf, isId, line } from "./typed";
import { local } from "./when";

/** Longest text of each field, in characters, as sync/records/referral.py has them. */
const LIMITS = { need: 400, place: 200 } as const;
const BEGINNINGS = ["offered", "accepted", "contacted", "appointment"] as const;
const IS_DAY = /^\d{4}-\d\d-\d\d$/;

interface Problem {
  readonly field: string;
  readonly key: string;
  readonly limit?: number;
}

/** Fresh, or going on with one that is unfinished, perhaps with a place that was looked up for it meanwhile. */
const ask: Page = async (request, context) => {
  const asked = (name: string) => request.query.get(name) ?? "";
  const id = asked("draft");
  if (id && (await context.memory.one(id, "referral"))) return { redirect: `/app/referrals/${id}` };
  const draft = id ? await context.memory.draft(id) : null;
  const found = asked("resource") ? { resource: [asked("resource")] } : {};
  if (draft?.form === REFER) return formPage({ ...draft.content, ...found }, context, 200, []);
  const content = { referral_id: [isId(id) ? id : context.newId()], person: [asked("person")], ...found };
  return formPage({ ...content, status: ["offered"] }, context, 200, []);
};

/** Every pause in typing. */
const keep: Page = async (request, context) => {
  const content: Content = { ...contentOf(request.form), form_ref: [REFER] };
  const id = line(content, "referral_id");
  const isWhole = isId(id) && "need" in content;
  // A late one, of a referral that is kept already, brings no draft back.
  if (isWhole && (await context.memory.one(id, "referral"))) return keptBy(async () => undefined, context);
  return keptAnswer(id, REFER, content, context, isWhole);
};

const add: Page = async (request, context) => {
  const content = contentOf(request.form);
  const id = line(content, "referral_id");
  if (!isId(id) || !("need" in content)) {
    const fresh = { ...content, referral_id: [context.newId()] };
    return formPage(fresh, context, 422, [{ field: "", key: "form.error.incomplete" }]);
  }
  if (await context.memory.one(id, "referral")) return { redirect: `/app/referrals/${id}` };
  const problems = await problemsOf(content, context);
  if (problems.length > 0) return formPage(content, context, 422, problems);
  return saving(
    async () => {
      await context.memory.capture([await creation(id, content, context)], id);
      return { redirect: `/app/referrals/${id}` };
    },
    (why) => formPage(content, context, 507, [{ field: "", key: why }]),
  );
};

async function problemsOf(content: Content, { memory }: PageContext): Promise<Problem[]> {
  const problems: Problem[] = (await openPerson(content, memory))
    ? []
    : [{ field: "person", key: "links.error.person" }];
  if (line(content, "need") === "") problems.push({ field: "need", key: "links.error.need" });
  for (const [field, limit] of Object.entries(LIMITS))
    if (length(line(content, field)) > limit) problems.push({ field, key: "form.error.too_long_short", limit });
  const on = followUpOf(content);
  if (on !== "" && !isDay(on)) problems.push({ field: "follow_up_date", key: "links.error.date" });
  return problems;
}

async function creation(id: string, content: Content, context: PageContext): Promise<NewChange> {
  const { memory, now } = context;
  const participant = line(content, "person");
  const resource = await memory.one<ResourceFields>(line(content, "resource"), "resource");
  const consents = await usable(participant, context);
  const consent = consents.find(({ doc }) => doc === line(content, "consent"))?.doc;
  const status: Status = BEGINNINGS.find((one) => one === line(content, "status")) ?? "offered";
  const place = resource?.fields.name ?? line(content, "place");
  const follow = followUpOf(content);
  const set: ReferralFields = {
    participant,
    need: line(content, "need"),
    ...(place ? { place } : {}),
    ...(resource ? { resource: resource.doc } : {}),
    ...(line(content, "is_warm") === "yes" ? { is_warm: true } : {}),
    ...(consent ? { consent } : {}),
    ...(follow ? { follow_up_on: follow } : {}),
    steps: [stepText(local(now, await zoneOf(memory)).day, status, now)],
  };
  return { kind: "create", type: "referral", doc: id, bucket: `p:${participant}`, set: { ...set } };
}

async function openPerson(content: Content, memory: PageContext["memory"]): Promise<Seen<ParticipantFields> | null> {
  const one = await memory.participant(line(content, "person"));
  return one && one.body.state !== "void" && one.fields.status !== "closed" ? one : null;
}

/** A chip, or the date beside "another day". */
function followUpOf(content: Content): string {
  const chip = line(content, "follow_up");
  return chip === "other" || chip === "" ? line(content, "follow_up_date") : chip;
}

/** A day of the calendar: 30 February is none. */
export function isDay(text: string): boolean {
  const at = IS_DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Consents of a person that hold today. */
async function usable(person: string, { memory, now }: PageContext): Promise<Seen<ConsentFields>[]> {
  const day = local(now, await zoneOf(memory)).day;
  const all = person ? await memory.all<ConsentFields>("consent", `p:${person}`) : [];
  return all.filter((one) => shareProblem(one.fields, day) === "");
}

async function formPage(
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507,
  problems: readonly Problem[],
): Promise<PageAnswer> {
  const { lang, memory, now } = context;
  const person = await openPerson(content, memory);
  const resource = await memory.one<ResourceFields>(line(content, "resource"), "resource");
  const open = (await memory.participants()).filter(({ fields }) => fields.status !== "closed");
  const consents = await usable(person?.doc ?? "", context);
  const chosen = line(content, "consent");
  const days = nextDayChoices(lang, local(now, await zoneOf(memory)).day);
  const chip = chipOf(days, followUpOf(content));
  const shown = problems.map(({ field, key, limit }) => ({ field, text: translate(lang, key, { limit: limit ?? 0 }) }));
  const wrong = (name: string): string => shown.find(({ field }) => field === name)?.text ?? "";
  return {
    status,
    template: "phone/referral_new.html",
    view: {
      id: line(content, "referral_id"),
      person: person && { id: person.doc, name: person.fields.name },
      people: open
        .map(({ doc, fields }) => ({ value: doc, text: fields.name }))
        .sort((a, b) => a.text.localeCompare(b.text)),
      resource: resource && { id: resource.doc, name: resource.fields.name },
      need: line(content, "need"),
      place: line(content, "place"),
      is_warm: line(content, "is_warm") === "yes",
      consents: consents.map((one) => ({ value: one.doc, text: one.fields.recipient })),
      consent: chosen,
      is_consent_over: chosen !== "" && !consents.some((one) => one.doc === chosen),
      statuses: words(lang, "links.status.", BEGINNINGS),
      state: line(content, "status"),
      days,
      follow_up: chip.chip,
      follow_up_date: chip.other,
      problems: shown,
      error: { person: wrong("person"), need: wrong("need"), place: wrong("place"), date: wrong("follow_up_date") },
    },
  };
}

export const routes = {
  "GET /app/referrals/new": ask,
  "POST /app/referrals/new": add,
  "POST /app/referrals/keep": keep,
};
