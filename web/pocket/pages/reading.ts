/**
 * The reading view: the phone is turned round for the person the note is about. Their own words come first and large;
 * the only controls are theirs. While it is turned the engine answers every other screen with this one, so that
 * nothing else of the phone can be reached but by handing it back on purpose, or through the lock.
 */

import { length } from "../forms";
import type { NoteFields } from "../generated/schema";
import { translate } from "../render";
import { SHOWN, shownDraft } from "./addendum_draft";
import { words } from "./choices";
import { readNote } from "./draft_note";
import { keptBy } from "./kept_form";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import { noteView } from "./note_view";
import type { Draft, Page, PageAnswer, PageContext, PageRequest, Seen } from "./page";
import { saidAddendum, VIEWS, viewOf } from "./person_says";
import { around, namesFor } from "./surroundings";
import { type Content, contentOf, one } from "./typed";

const WORDS_LIMIT_CHARS = 4000;

/** What is being shown: an unsigned draft, whose answers the person's become, or a signed note, under which they are added. */
interface Shown {
  readonly path: string;
  /** Where the specialist goes on. */
  readonly back: string;
  readonly fields: NoteFields;
  /** What the person has chosen and typed so far. */
  readonly given: Content;
  readonly keep: (given: Content) => Promise<void>;
  readonly answer: (given: Content) => Promise<void>;
}

type Find = (id: string, context: PageContext) => Promise<Shown | null>;

const ofDraft: Find = async (id, context) => {
  const { memory, now } = context;
  const draft = await memory.draft(id);
  if (!draft) return null;
  const { fields } = readNote(draft.content, await around(context, one(draft.content, "person")));
  if (!fields) return null;
  const keep = (given: Content) =>
    memory.saveDraft({ ...draft, content: { ...draft.content, ...given }, updatedAt: now });
  const back = `/app/drafts/${id}/check`;
  return { path: `/app/drafts/${id}/show`, back, fields, given: draft.content, keep, answer: keep };
};

const ofNote: Find = async (id, context) => {
  const { memory, now } = context;
  const note = await memory.note(id);
  if (note?.body.state !== "signed") return null;
  const draft = await shownDraft(id, memory);
  const keep = (given: Content) => memory.saveDraft(draftWith(note, given, draft, context));
  const answer = async (given: Content) => {
    const set = saidAddendum(given, context.lang);
    const isThere = (note.body.addenda ?? []).some((one) => one.by === context.person.id && one.text === set?.text);
    if (set && !isThere)
      await memory.capture([{ kind: "addendum", type: "note", doc: id, bucket: note.bucket, set }], draft?.id);
  };
  const back = `/app/notes/${id}`;
  const { fields } = note;
  return { path: `/app/notes/${id}/show`, back, fields, given: draft?.content ?? {}, keep, answer };

  function draftWith(about: Seen<NoteFields>, given: Content, known: Draft | null, { newId }: PageContext): Draft {
    const content = { form_ref: [SHOWN], note: [about.doc], person: [about.fields.participant], ...given };
    return { id: known?.id ?? newId(), form: SHOWN, content, startedAt: known?.startedAt ?? now, updatedAt: now };
  }
};

const turn =
  (find: Find): Page =>
  async (request, context) => {
    const shown = await shownOf(find, request, context);
    if (!shown) return notFound(request, context);
    await context.memory.setSetting("turned", shown.path);
    return { redirect: shown.path };
  };

const read =
  (find: Find): Page =>
  async (request, context) => {
    const shown = await shownOf(find, request, context);
    if (!shown) return notFound(request, context);
    if ((await context.memory.setting("turned")) !== shown.path) return { redirect: shown.back };
    return request.query.get("kept") === "yes" ? donePage(shown, context) : readingPage(shown, shown.given, context);
  };

/** Each pause in typing comes without `then`; the button sends it. */
const say =
  (find: Find): Page =>
  async (request, context) => {
    const shown = await shownOf(find, request, context);
    if (!shown) return notFound(request, context);
    const typed = contentOf(request.form);
    const given = { person_view: [one(typed, "person_view")], person_words: [one(typed, "person_words")] };
    if (request.form.get("then") === null) return keptBy(() => shown.keep(given), context);
    const wrong = problemOf(given);
    if (wrong) return readingPage(shown, given, context, 422, wrong);
    return saving(
      async () => {
        await shown.answer(given);
        return { redirect: `${shown.path}?kept=yes` };
      },
      (why) => readingPage(shown, given, context, 507, why),
    );
  };

const handBack: Page = async (_request, context) => {
  const path = (await context.memory.setting("turned")) ?? "";
  await context.memory.setSetting("turned", "");
  const [, kind, id] = /^\/app\/(drafts|notes)\/([^/]+)\/show$/.exec(path) ?? [];
  if (!kind) return { redirect: "/app/" };
  return { redirect: kind === "drafts" ? `/app/drafts/${id}/check` : `/app/notes/${id}` };
};

function problemOf(given: Content): string {
  if (!viewOf(given) && one(given, "person_words").trim() === "") return "loop.reading.error.nothing";
  return length(one(given, "person_words")) > WORDS_LIMIT_CHARS ? "loop.reading.error.too_long" : "";
}

const shownOf = (find: Find, request: PageRequest, context: PageContext): Promise<Shown | null> =>
  find(request.params["id"] ?? "", context);

/** In the language the person speaks, where the phone knows it. */
async function spoken({ fields }: Shown, { memory, lang }: PageContext): Promise<PageContext["lang"]> {
  const language = (await memory.participant(fields.participant))?.fields.language;
  return language === "en" || language === "es" ? language : lang;
}

/** What the person said stands in their own fields below, not among what they read. */
function withoutTheirs(fields: NoteFields): NoteFields {
  const { person_view: _view, person_words: _words, ...answers } = fields.answers ?? {};
  return { ...fields, answers };
}

async function readingPage(
  shown: Shown,
  given: Content,
  context: PageContext,
  status: 200 | 422 | 507 = 200,
  wrong = "",
): Promise<PageAnswer> {
  const { now, person } = context;
  const lang = await spoken(shown, context);
  const body = { author: person.id, state: "open", captured: now, received: 0, created: 0 } as const;
  const fields = withoutTheirs(shown.fields);
  const note = noteView({ doc: "", fields, body }, await namesFor({ ...context, lang }, fields));
  const text = wrong ? translate(lang, wrong, { limit: WORDS_LIMIT_CHARS }) : "";
  const field = wrong === "loop.reading.error.nothing" ? "person_view" : "person_words";
  return {
    status,
    template: "phone/reading.html",
    view: {
      lang,
      now,
      note,
      path: shown.path,
      name: person.name,
      views: words(lang, "loop.reading.view.", VIEWS),
      view: one(given, "person_view"),
      said: one(given, "person_words"),
      problems: text ? [{ field, text }] : [],
      error: { person_view: "", person_words: "", [field]: text },
    },
  };
}

async function donePage(shown: Shown, context: PageContext): Promise<PageAnswer> {
  const view = { lang: await spoken(shown, context), path: shown.path, name: context.person.name };
  return { status: 200, template: "phone/reading_done.html", view };
}

export const routes = {
  "POST /app/drafts/{id}/turn": turn(ofDraft),
  "GET /app/drafts/{id}/show": read(ofDraft),
  "POST /app/drafts/{id}/show": say(ofDraft),
  "POST /app/notes/{id}/turn": turn(ofNote),
  "GET /app/notes/{id}/show": read(ofNote),
  "POST /app/notes/{id}/show": say(ofNote),
  "POST /app/turned/back": handBack,
};
