/** Details of a person, changed on the phone. Only what was really changed here becomes a change. */

import type { ParticipantFields } from "../generated/schema";
import { translate } from "../render";
import { words } from "./choices";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext, Seen } from "./page";
import { changed, fieldsOf, type Problem, problemsOf, programView, type Typed, typedFields } from "./person_fields";
import { zoneOf } from "./surroundings";
import { contentOf } from "./typed";
import { local } from "./when";

const ERRORS = ["called", "code", "pronouns", "contact", "about", "em_name", "em_relation", "em_number"];

const ask: Page = async (request, context) => {
  const one = await context.memory.participant(request.params["id"] ?? "");
  if (!one) return notFound(request, context);
  const shown = fieldsOf(one.fields);
  return formPage(one, shown, JSON.stringify(shown), one.seq, context, 200);
};

const change: Page = async (request, context) => {
  const one = await context.memory.participant(request.params["id"] ?? "");
  if (!one) return notFound(request, context);
  const content = contentOf(request.form);
  if (!("called" in content)) {
    const shown = fieldsOf(one.fields);
    return formPage(one, shown, JSON.stringify(shown), one.seq, context, 422, [
      { field: "", key: "form.error.incomplete", limit: 0 },
    ]);
  }
  const typed = typedFields(content);
  const before = request.form.get("before") ?? "{}";
  const base = Number(request.form.get("base")) || one.seq;
  const problems = problemsOf(typed);
  if (problems.length > 0) return formPage(one, typed, before, base, context, 422, problems);
  if (request.form.get("then") === "more") return formPage(one, typed, before, base, context, 200);
  const set = changed(typed, before, local(context.now, await zoneOf(context.memory)).day);
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
  const sites = (await memory.sites()).filter((site) => site.isOpen || site.id === typed["site"]);
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
      preferences: words(lang, "person.preferred.", ["call", "text", "email", "letter", "in_person"]),
      part2s: words(lang, "person.part2.", ["yes", "no"]),
      programs: programView(typed).map((row) => ({ ...row, error: wrong(`program_${row.at}`) })),
      problems: shown,
      error: Object.fromEntries(ERRORS.map((name) => [name, wrong(name)])),
    },
  };
}

export const routes = { "GET /app/people/{id}/edit": ask, "POST /app/people/{id}/edit": change };
