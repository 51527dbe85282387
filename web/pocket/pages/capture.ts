/** Quick capture: who, where, how long, one line. It becomes a draft at once and is finished later. */

import { translate } from "../render";
import { chipOf, minuteChoices, placeChoices } from "./choices";
import { placeTyped } from "./draft_note";
import { freshContent } from "./fresh_draft";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext } from "./page";
import { byName, peopleOf } from "./people_view";
import { type Content, contentOf, isId, one } from "./typed";
import { withName } from "./whom";

const RECENT_LIMIT = 6;
const LENGTHS = [15, 30, 45, 60];

const ask: Page = async (request, context) => {
  const content = await freshContent(context, request.query.get("person") ?? "");
  return formPage(context.newId(), content, context, 200, []);
};

const keep: Page = async (request, context) => {
  const typed = contentOf(request.form);
  const id = one(typed, "draft");
  const { draft: _draft, ...content } = typed;
  if (!isId(id) || !("did" in typed) || !("minutes" in typed)) {
    return formPage(context.newId(), { ...(await freshContent(context, "")), ...content }, context, 422, [
      "form.error.incomplete",
    ]);
  }
  const isWhole = request.form.get("then") === "write";
  if (one(content, "person") === "" && !isWhole) return formPage(id, content, context, 422, ["form.error.person"]);
  return saving(
    async () => {
      await context.memory.saveDraft({
        id,
        form: one(content, "form_ref"),
        content: await withName(content, context.memory),
        startedAt: context.now,
        updatedAt: context.now,
      });
      return { redirect: isWhole ? `/app/drafts/${id}` : "/app/" };
    },
    (why) => formPage(id, content, context, 507, [why]),
  );
};

async function formPage(
  id: string,
  content: Content,
  context: PageContext,
  status: 200 | 422 | 507,
  keys: readonly string[],
): Promise<PageAnswer> {
  const { lang, memory, now } = context;
  const everyone = (await peopleOf(memory)).filter((person) => !person.is_closed);
  const chosen = one(content, "person");
  const recent = everyone.filter((person, at) => at < RECENT_LIMIT || person.id === chosen);
  const current = placeTyped(content);
  const { chips, others } = placeChoices(lang, await memory.sites(), current);
  const { chip, other } = chipOf(chips, current);
  const asChoice = ({ id: value, name: text }: { id: string; name: string }) => ({ value, text });
  return {
    status,
    template: "phone/capture.html",
    view: {
      id,
      now,
      recent: recent.map(asChoice),
      everyone: everyone
        .filter((person) => !recent.includes(person))
        .sort(byName)
        .map(asChoice),
      person: chosen,
      places: chips,
      place: chip,
      other_places: others,
      place_other: other,
      form_ref: one(content, "form_ref"),
      lengths: minuteChoices(lang, LENGTHS, one(content, "minutes")).filter((choice) => choice.value !== "exact"),
      minutes: one(content, "minutes"),
      day: one(content, "day"),
      end: one(content, "end"),
      did: one(content, "did"),
      problems: keys.map((key) => ({ field: key === "form.error.person" ? "person" : "", text: translate(lang, key) })),
      error: keys.includes("form.error.person") ? translate(lang, "form.error.person") : "",
    },
  };
}

export const routes = { "GET /app/capture": ask, "POST /app/capture": keep };
