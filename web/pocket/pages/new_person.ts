/** Somebody new, offline: a name or alias is all that is needed. */

import { length } from "../forms";
import type { ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { words } from "./choices";
import { saving } from "./not_saved";
import type { NewChange, Page, PageAnswer, PageContext } from "./page";
import { type Content, contentOf, isId, line } from "./typed";

/** Longest text of each field, in characters, as sync/records/participant.py has them. */
const LIMITS = { called: 120, code: 40, pronouns: 40, contact: 400, goal: 400 } as const;

const ask: Page = async (_request, context) => formPage({ person_id: [context.newId()] }, context, 200, []);

const add: Page = async (request, context) => {
  const content = contentOf(request.form);
  const id = line(content, "person_id");
  if (!isId(id) || !("called" in content)) {
    return formPage({ ...content, person_id: [context.newId()] }, context, 422, [
      { field: "", key: "form.error.incomplete", limit: 0 },
    ]);
  }
  if (await context.memory.participant(id)) return { redirect: `/app/people/${id}` };
  const problems = await problemsOf(content, context);
  if (problems.length > 0) return formPage(content, context, 422, problems);
  return saving(
    async () => {
      await context.memory.capture([creation(id, content, context)]);
      return { redirect: `/app/people/${id}` };
    },
    (why) => formPage(content, context, 507, [{ field: "", key: why, limit: 0 }]),
  );
};

interface Problem {
  readonly field: string;
  readonly key: string;
  readonly limit: number;
}

async function problemsOf(content: Content, { memory }: PageContext): Promise<Problem[]> {
  const name = line(content, "called");
  if (name === "") return [{ field: "called", key: "form.error.name", limit: 0 }];
  const long = Object.entries(LIMITS).filter(([field, limit]) => length(line(content, field)) > limit);
  const problems = long.map(([field, limit]) => ({ field, key: "form.error.too_long_short", limit }));
  const isKnown = (await memory.participants()).some((one) => one.fields.name.toLowerCase() === name.toLowerCase());
  const isAgreed = line(content, "same") === "yes";
  return isKnown && !isAgreed ? [...problems, { field: "same", key: "form.error.same_name", limit: 0 }] : problems;
}

function creation(id: string, content: Content, { newId }: PageContext): NewChange {
  const goal = line(content, "goal");
  const typed: Record<string, string> = { name: line(content, "called") };
  for (const name of ["code", "pronouns", "site", "language", "contact", "is_message_safe"]) {
    const value = line(content, name);
    if (value !== "") typed[name] = value;
  }
  const set: Partial<ParticipantFields> = { ...typed, ...(goal ? { goals: [{ id: newId(), words: goal }] } : {}) };
  return { kind: "create", type: "participant", doc: id, bucket: `p:${id}`, set: { ...set } };
}

async function formPage(
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507,
  problems: readonly Problem[],
): Promise<PageAnswer> {
  const { lang, memory } = context;
  const sites = (await memory.sites()).filter((site) => site.isOpen);
  const shown = problems.map(({ field, key, limit }) => ({ field, text: translate(lang, key, { limit }) }));
  const names = [
    "person_id",
    "called",
    "code",
    "pronouns",
    "site",
    "language",
    "contact",
    "is_message_safe",
    "goal",
    "same",
  ];
  return {
    status,
    template: "phone/person_new.html",
    view: {
      typed: Object.fromEntries(names.map((name) => [name, line(content, name)])),
      sites: sites.map((site) => ({ value: site.id, text: site.name })),
      languages: words(lang, "phone.person.language.", ["en", "es"]),
      message_safe: words(lang, "phone.person.message.", ["yes", "ask", "no"]),
      is_more_open: names.some(
        (name) => !["person_id", "called", "goal", "same"].includes(name) && line(content, name) !== "",
      ),
      problems: shown,
      error: Object.fromEntries(
        names.map((name) => [name, shown.find((problem) => problem.field === name)?.text ?? ""]),
      ),
      is_same_name: problems.some((problem) => problem.field === "same"),
    },
  };
}

export const routes = { "GET /app/people/new": ask, "POST /app/people/new": add };
