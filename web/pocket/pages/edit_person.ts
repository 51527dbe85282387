/** Details of a person, changed on the phone. Only what was really changed here becomes a change. */

import { length } from "../forms";
import type { ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { words } from "./choices";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext, Seen } from "./page";
import { clean, contentOf, line } from "./typed";

/** Longest text of each field, in characters, as sync/records/participant.py has them. */
const LIMITS = { name: 120, code: 40, pronouns: 40, contact: 400, about: 4000 } as const;
const FIELDS = ["name", "code", "pronouns", "site", "language", "contact", "is_message_safe", "about"] as const;

type Typed = Readonly<Record<(typeof FIELDS)[number], string>>;

interface Problem {
  readonly field: string;
  readonly key: string;
  readonly limit: number;
}

const ask: Page = async (request, context) => {
  const one = await context.memory.participant(request.params["id"] ?? "");
  if (!one) return notFound(request, context);
  const shown = fieldsOf(one);
  return formPage(one, shown, JSON.stringify(shown), one.seq, context, 200);
};

const change: Page = async (request, context) => {
  const one = await context.memory.participant(request.params["id"] ?? "");
  if (!one) return notFound(request, context);
  const content = contentOf(request.form);
  if (!("called" in content)) {
    const shown = fieldsOf(one);
    return formPage(one, shown, JSON.stringify(shown), one.seq, context, 422, [
      { field: "", key: "form.error.incomplete", limit: 0 },
    ]);
  }
  const typed = typedFields(request.form);
  const before = request.form.get("before") ?? "{}";
  const base = Number(request.form.get("base")) || one.seq;
  const problems = problemsOf(typed);
  if (problems.length > 0) return formPage(one, typed, before, base, context, 422, problems);
  const set = changed(typed, before);
  return saving(
    async () => {
      if (Object.keys(set).length > 0) {
        await context.memory.capture([
          { kind: "patch", type: "participant", doc: one.doc, bucket: one.bucket, base, set },
        ]);
      }
      return { redirect: `/app/people/${one.doc}` };
    },
    (why) => formPage(one, typed, before, base, context, 507, [{ field: "", key: why, limit: 0 }]),
  );
};

function fieldsOf({ fields }: Seen<ParticipantFields>): Typed {
  const given = fields as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(FIELDS.map((name) => [name, String(given[name] ?? "")])) as Typed;
}

function typedFields(form: URLSearchParams): Typed {
  const content = contentOf(form);
  const typed = (name: string): string =>
    name === "about" ? clean(form.get("about") ?? "").trim() : line(content, name === "name" ? "called" : name);
  return Object.fromEntries(FIELDS.map((name) => [name, typed(name)])) as Typed;
}

function problemsOf(typed: Typed): Problem[] {
  if (typed.name === "") return [{ field: "called", key: "form.error.name", limit: 0 }];
  const limits = Object.entries(LIMITS) as [keyof typeof LIMITS, number][];
  return limits
    .filter(([name, limit]) => length(typed[name]) > limit)
    .map(([name, limit]) => ({ field: name === "name" ? "called" : name, key: "form.error.too_long_short", limit }));
}

/** What differs from what its author was shown; an emptied place is nowhere, null. */
function changed(typed: Typed, before: string): Record<string, string | null> {
  const shown = known(before);
  const names = FIELDS.filter((name) => typed[name] !== (shown[name] ?? ""));
  return Object.fromEntries(names.map((name) => [name, name === "site" && typed.site === "" ? null : typed[name]]));
}

function known(before: string): Partial<Typed> {
  try {
    return JSON.parse(before) as Partial<Typed>;
  } catch {
    return {};
  }
}

async function formPage(
  one: Seen<ParticipantFields>,
  typed: Typed,
  before: string,
  base: number,
  context: PageContext,
  status: 200 | 422 | 507,
  problems: readonly Problem[] = [],
): Promise<PageAnswer> {
  const { lang, memory } = context;
  const sites = (await memory.sites()).filter((site) => site.isOpen || site.id === typed.site);
  const shown = problems.map(({ field, key, limit }) => ({ field, text: translate(lang, key, { limit }) }));
  const wrong = (name: string): string => shown.find(({ field }) => field === name)?.text ?? "";
  return {
    status,
    template: "phone/person_edit.html",
    view: {
      id: one.doc,
      name: one.fields.name,
      typed,
      before,
      base,
      sites: sites.map((site) => ({ value: site.id, text: site.name })),
      languages: words(lang, "phone.person.language.", ["en", "es"]),
      message_safe: words(lang, "phone.person.message.", ["yes", "ask", "no"]),
      problems: shown,
      error: { called: wrong("called"), ...Object.fromEntries(FIELDS.map((name) => [name, wrong(name)])) },
    },
  };
}

export const routes = { "GET /app/people/{id}/edit": ask, "POST /app/people/{id}/edit": change };
