/**
 * An unfinished form about somebody, or a note, that is not on this phone any more: it cannot be finished here, but
 * every word of it can be read, told to a supervisor, or thrown away on purpose.
 */

import { translate } from "../render";
import { ADDENDUM } from "./addendum_draft";
import { sortOf } from "./kept_form";
import { notFound } from "./missing";
import type { Draft, Memory, Page } from "./page";
import { one } from "./typed";
import { nameTyped, whoTyped } from "./whom";

/** Fields that hold somebody's own words, of all such forms. */
const WORDS =
  /^(named|discloser|recipient|information|purpose_words|expires_event|vision|strengths|supports|words|why|step_\d+_text|well|off|early|hard|cannot|after|need|place|good|person_words|text)$/;

/** Address of that page where a form's record has gone; "" while the form can go on. */
export async function leftOver(draft: Draft, memory: Memory): Promise<string> {
  const isForm = sortOf(draft) !== null || draft.form === ADDENDUM;
  if (!isForm) return "";
  const note = one(draft.content, "note");
  const who = whoTyped(draft.content);
  const isHere = note ? await memory.note(note) : !who || (await memory.participant(who));
  return isHere ? "" : `/app/drafts/${draft.id}/left`;
}

const show: Page = async (request, context) => {
  const draft = await context.memory.draft(request.params["id"] ?? "");
  if (!draft || (await leftOver(draft, context.memory)) === "") return notFound(request, context);
  const words = Object.entries(draft.content).filter(([name]) => WORDS.test(name));
  const view = {
    id: draft.id,
    name: nameTyped(draft.content),
    what: translate(context.lang, sortOf(draft)?.name ?? "phone.today.addendum"),
    words: words.flatMap(([, values]) => values).filter((value) => value.trim() !== ""),
  };
  return { status: 200, template: "phone/left_over.html", view };
};

export const routes = { "GET /app/drafts/{id}/left": show };
