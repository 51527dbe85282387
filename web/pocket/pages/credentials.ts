/** My certificates, education and clearances: what I have, what ends soon. It warns; nothing is blocked by it. */

import { reminder } from "../credentials";
import { isDate, length } from "../forms";
import type { CredentialFields } from "../generated/schema";
import { translate } from "../render";
import { words } from "./choices";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext, Seen } from "./page";
import { zoneOf } from "./surroundings";
import { type Content, contentOf, line, one } from "./typed";
import { local } from "./when";

const SORTS: readonly CredentialFields["sort"][] = ["certificate", "education", "clearance"];
const REMIND_DAYS: readonly number[] = [90, 60, 30];
const NAME_LIMIT_CHARS = 120;
const MOST_HOURS = 999;

type Credential = Seen<CredentialFields>;

/** Mine whose reminder has come, the nearest end first. */
export async function dueCredentials(context: PageContext): Promise<Record<string, unknown>[]> {
  const views = await Promise.all((await mine(context)).map((each) => view(each, context)));
  return views.filter(({ left }) => left !== null).sort((a, b) => Number(a["left"]) - Number(b["left"]));
}

async function mine(context: PageContext): Promise<Credential[]> {
  const all = await context.memory.all<CredentialFields>("credential");
  return all.filter(({ body, fields }) => body.state !== "void" && fields.specialist === context.person.id);
}

async function view({ doc, fields }: Credential, context: PageContext): Promise<Record<string, unknown>> {
  const { memory, now } = context;
  const organisation = await memory.organisation();
  const today = local(now, await zoneOf(memory)).day;
  const remindDays = organisation?.remind_days ?? REMIND_DAYS;
  const come = fields.is_over ? null : reminder(fields.ends_on ?? "", today, remindDays);
  const site = (await memory.sites()).find((each) => each.id === fields.site);
  return {
    doc,
    sort: fields.sort,
    name: fields.name,
    place: site?.name ?? "",
    minutes: fields.minutes ?? 0,
    ends_on: fields.ends_on ?? "",
    is_over: fields.is_over ?? false,
    left: come ? come.left : null,
  };
}

const show: Page = async (_request, context) => listPage(context, {}, 200, []);

const add: Page = async (request, context) => {
  const typed = contentOf(request.form);
  const read = readTyped(typed, context);
  if (Array.isArray(read)) return listPage(context, typed, 422, read);
  const bucket = `me:${context.person.id}`;
  return saving(
    async () => {
      const set = { ...read };
      await context.memory.capture([{ kind: "create", type: "credential", doc: context.newId(), bucket, set }]);
      return { redirect: "/app/credentials" };
    },
    (why) => listPage(context, typed, 507, [["", why]]),
  );
};

const end: Page = async (request, context) => {
  const found = (await mine(context)).find(({ doc }) => doc === request.params["id"]);
  if (!found) return { redirect: "/app/credentials" };
  const { doc, bucket } = found;
  return saving(
    async () => {
      await context.memory.capture([{ kind: "patch", type: "credential", doc, bucket, set: { is_over: true } }]);
      return { redirect: "/app/credentials" };
    },
    (why) => listPage(context, {}, 507, [["", why]]),
  );
};

type Problem = readonly [field: string, key: string];

/** What was typed as a record, or what is wrong with it. */
function readTyped(typed: Content, context: PageContext): CredentialFields | Problem[] {
  const sort = SORTS.find((each) => each === one(typed, "sort"));
  const [name, hours] = [line(typed, "name"), one(typed, "hours").trim()];
  const [gotOn, endsOn] = [one(typed, "got_on"), one(typed, "ends_on")];
  const isWrongDay = [gotOn, endsOn].some((day) => day !== "" && !isDate(day));
  const checks: [boolean, string, string][] = [
    [!sort, "sort", "moment.credential.problem.sort"],
    [name === "" || length(name) > NAME_LIMIT_CHARS, "name", "moment.credential.problem.name"],
    [!/^\d{0,3}$/.test(hours) || Number(hours) > MOST_HOURS, "hours", "moment.credential.problem.hours"],
    [isWrongDay, "ends_on", "form.error.day"],
    [!isWrongDay && gotOn !== "" && endsOn !== "" && endsOn < gotOn, "ends_on", "moment.credential.problem.order"],
  ];
  const problems = checks.flatMap(([isWrong, field, key]): Problem[] => (isWrong ? [[field, key]] : []));
  if (problems.length > 0 || !sort) return problems;
  const site = one(typed, "site");
  return {
    specialist: context.person.id,
    sort,
    name,
    ...(site && { site }),
    ...(hours && { minutes: Number(hours) * 60 }),
    ...(gotOn && { got_on: gotOn }),
    ...(endsOn && { ends_on: endsOn }),
  };
}

async function listPage(
  context: PageContext,
  typed: Content,
  status: 200 | 422 | 507,
  problems: readonly Problem[],
): Promise<PageAnswer> {
  const { lang, memory } = context;
  const found = await mine(context);
  const views = await Promise.all(found.map((each) => view(each, context)));
  const shown = problems.map(([field, key]) => ({ field, text: translate(lang, key) }));
  const errorOf = (name: string) => shown.find(({ field }) => field === name)?.text ?? "";
  return {
    status,
    template: "phone/credentials.html",
    view: {
      rows: views
        .filter(({ is_over }) => !is_over)
        .sort((a, b) => String(a["ends_on"]).localeCompare(String(b["ends_on"]))),
      hours: hoursByTopic(found),
      sorts: words(lang, "moment.credential.sort.", SORTS),
      sites: (await memory.sites()).filter((site) => site.isOpen).map(({ id, name }) => ({ value: id, text: name })),
      form: Object.fromEntries(
        ["sort", "name", "hours", "site", "got_on", "ends_on"].map((key) => [key, one(typed, key)]),
      ),
      problems: shown,
      error: Object.fromEntries(["sort", "name", "hours", "ends_on"].map((key) => [key, errorOf(key)])),
    },
  };
}

function hoursByTopic(found: readonly Credential[]): { topic: string; minutes: number }[] {
  const sums = new Map<string, number>();
  for (const { fields } of found)
    if (fields.sort === "education") sums.set(fields.name, (sums.get(fields.name) ?? 0) + (fields.minutes ?? 0));
  return [...sums].map(([topic, minutes]) => ({ topic, minutes })).sort((a, b) => a.topic.localeCompare(b.topic));
}

export const routes = {
  "GET /app/credentials": show,
  "POST /app/credentials": add,
  "POST /app/credentials/{id}/end": end,
};
