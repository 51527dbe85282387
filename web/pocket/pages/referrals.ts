/** Referrals: those that wait, those of a person, and one with its steps. A step is added, never taken away. */

import type { ConsentFields, ReferralFields, ResourceFields } from "../generated/schema";
import { STATUSES, stepsOf, stepText } from "../referral_steps";
import { translate } from "../render";
import { dayChoices, words } from "./choices";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { NewChange, Page, PageAnswer, PageContext, Seen } from "./page";
import { isDay } from "./referral_form";
import { byUrgency, consentUse, referralLine, waitingReferrals } from "./referral_view";
import { standingView } from "./standing";
import { zoneOf } from "./surroundings";
import { type Content, contentOf, line } from "./typed";
import { local } from "./when";

interface Problem {
  readonly field: string;
  readonly key: string;
}

const waiting: Page = async (_request, context) => {
  const zone = await zoneOf(context.memory);
  const view = { referrals: await waitingReferrals(context, zone), now: context.now, zone };
  return { status: 200, template: "phone/referrals_waiting.html", view };
};

const ofPerson: Page = async (request, context) => {
  const { memory, now } = context;
  const person = await memory.participant(request.params["id"] ?? "");
  if (!person) return notFound(request, context);
  const zone = await zoneOf(memory);
  const day = local(now, zone).day;
  const all = await memory.all<ReferralFields>("referral", person.bucket);
  const lines = all.map((one) => referralLine(one, "", day)).sort(byUrgency);
  return {
    status: 200,
    template: "phone/referrals.html",
    view: {
      id: person.doc,
      name: person.fields.name,
      is_closed: person.fields.status === "closed",
      waiting: lines.filter((one) => one.is_waiting),
      ended: lines.filter((one) => !one.is_waiting),
      now,
      zone,
    },
  };
};

const show: Page = async (request, context) => {
  const seen = await context.memory.one<ReferralFields>(request.params["id"] ?? "", "referral");
  return seen
    ? referralPage(seen, context, 200, { follow_up_on: [seen.fields.follow_up_on ?? ""] })
    : notFound(request, context);
};

/** What happened, on which day, and when to ask again; each alone is enough. */
const add: Page = async (request, context) => {
  const seen = await context.memory.one<ReferralFields>(request.params["id"] ?? "", "referral");
  if (!seen) return notFound(request, context);
  const content = contentOf(request.form);
  const problems = problemsOf(content);
  if (problems.length > 0) return referralPage(seen, context, 422, content, problems);
  const changes = changesOf(seen, content, context);
  return saving(
    async () => {
      if (changes.length > 0) await context.memory.capture(changes);
      return { redirect: `/app/referrals/${seen.doc}` };
    },
    (why) => referralPage(seen, context, 507, content, [{ field: "", key: why }]),
  );
};

function dayOf(content: Content): string {
  const chip = line(content, "day");
  return chip === "other" ? line(content, "day_date") : chip;
}

function problemsOf(content: Content): Problem[] {
  if (!("follow_up_on" in content)) return [{ field: "", key: "form.error.incomplete" }];
  const problems: Problem[] = [];
  const follow = line(content, "follow_up_on");
  if (line(content, "status") !== "" && !isDay(dayOf(content)))
    problems.push({ field: "day_date", key: "links.error.date" });
  if (follow !== "" && !isDay(follow)) problems.push({ field: "follow_up_on", key: "links.error.date" });
  return problems;
}

/** The same step of the same day a second time is a second touch on the button. */
function changesOf(seen: Seen<ReferralFields>, content: Content, { now }: PageContext): NewChange[] {
  const about = { type: "referral", doc: seen.doc, bucket: seen.bucket } as const;
  const status = STATUSES.find((one) => one === line(content, "status"));
  const day = dayOf(content);
  const last = stepsOf(seen.fields.steps ?? []).at(-1);
  const follow = line(content, "follow_up_on");
  const changes: NewChange[] = [];
  if (status && !(last?.status === status && last.day === day))
    changes.push({ ...about, kind: "tags", add: { steps: [stepText(day, status, now)] } });
  if (follow !== (seen.fields.follow_up_on ?? ""))
    changes.push({ ...about, kind: "patch", set: { follow_up_on: follow } });
  return changes;
}

async function referralPage(
  seen: Seen<ReferralFields>,
  context: PageContext,
  status: 200 | 422 | 507,
  content: Content,
  problems: readonly Problem[] = [],
): Promise<PageAnswer> {
  const { lang, memory, now } = context;
  const { fields } = seen;
  const zone = await zoneOf(memory);
  const today = local(now, zone).day;
  const person = await memory.participant(fields.participant);
  const resource = fields.resource ? await memory.one<ResourceFields>(fields.resource, "resource") : null;
  const consent = fields.consent ? await memory.one<ConsentFields>(fields.consent, "consent") : null;
  const shown = problems.map(({ field, key }) => ({ field, text: translate(lang, key) }));
  const wrong = (name: string): string => shown.find(({ field }) => field === name)?.text ?? "";
  return {
    status,
    template: "phone/referral.html",
    view: {
      ...referralLine(seen, person?.fields.name ?? "", today),
      id: seen.doc,
      person: fields.participant,
      resource_href: resource ? `/app/directory/${resource.doc}?person=${fields.participant}` : "",
      phone: resource?.fields.phone ?? "",
      phone_href: `tel:${(resource?.fields.phone ?? "").replace(/[^+0-9]/g, "")}`,
      is_warm: fields.is_warm ?? false,
      consent: consentUse(fields.consent, consent?.fields ?? null, today),
      recipient: consent?.fields.recipient ?? "",
      steps: stepsOf(fields.steps ?? []).reverse(),
      statuses: words(lang, "links.status.", STATUSES),
      chosen: line(content, "status"),
      days: dayChoices(lang, today),
      day: line(content, "day") || today,
      day_date: line(content, "day_date"),
      next: line(content, "follow_up_on"),
      kept: (seen.body.kept ?? []).map(({ field, value }) => ({ field, value: String(value ?? "") })),
      standing: standingView(seen.standing, now, zone),
      problems: shown,
      error: { day: wrong("day_date"), next: wrong("follow_up_on") },
      now,
      zone,
    },
  };
}

export const routes = {
  "GET /app/referrals": waiting,
  "GET /app/people/{id}/referrals": ofPerson,
  "GET /app/referrals/{id}": show,
  "POST /app/referrals/{id}": add,
};
