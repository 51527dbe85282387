/** The full note on one scrolling screen: everything typed stays as typed, whatever is wrong with it. */

import { newestOf, refOf } from "../form_book";
import { asks, type Form } from "../forms";
import { translate } from "../render";
import { ATTACHED, attachedIn } from "./attached";
import { type Choice, chipOf, dayChoices, flagChoices, minuteChoices, placeChoices, supportChoices } from "./choices";
import { showing } from "./core_shows";
import {
  type Around,
  coreTyped,
  dayTyped,
  type FieldError,
  formTyped,
  kindTyped,
  placeTyped,
  readNote,
} from "./draft_note";
import { drawnNames, sectionViews } from "./form_view";
import { revisesView } from "./loop";
import type { PageContext } from "./page";
import { isOpen } from "./plan_view";
import { type Content, many, one } from "./typed";
import { countedLine } from "./units_words";
import { unplaced } from "./unplaced";
import { local } from "./when";
import { whomOf, whoTyped } from "./whom";

const LENGTHS = [15, 30, 45, 60];
const ALWAYS = ["form_ref", "person", "supersedes", ATTACHED];
/** Inputs that each control of the note's core draws. */
const CONTROLS: Readonly<Record<string, readonly string[]>> = {
  place: ["place", "place_other"],
  when: ["day", "day_other", "minutes", "start", "end"],
  support: ["support"],
  goals: ["goals"],
  flags: ["flags"],
};

export interface FormView extends Record<string, unknown> {
  readonly problems: readonly { field: string; text: string }[];
}

export async function noteFormView(
  id: string,
  content: Content,
  form: Form,
  surroundings: Around,
  context: PageContext,
  errors: readonly FieldError[] = [],
): Promise<FormView> {
  const { lang, now } = context;
  const problems = errors.map((error) => ({ field: error.field, text: translate(lang, error.key, error.args) }));
  const byField = Object.fromEntries([...problems].reverse().map(({ field, text }) => [field, text]));
  const zone = surroundings.organisation?.zone ?? "UTC";
  const typed = { content, lang, today: local(now, zone).day, errors: byField };
  const { place } = readNote(content, surroundings);
  const sections = sectionViews(form, typed, coreTyped(content, form, place));
  const goals = goalChoices(surroundings, content, lang);
  const asked = asks(form).filter((name) => name !== "goals" || goals.length > 0);
  return {
    id,
    now,
    zone,
    form_ref: refOf(form),
    kind: kindTyped(content, form),
    newer: newerOf(content, form),
    person: await personView(surroundings, context),
    whom: await whomOf(content, context.memory),
    who: whoTyped(content),
    supersedes: one(content, "supersedes"),
    revises: await revisesView(one(content, "supersedes"), context.memory),
    asks: Object.fromEntries(Object.keys(CONTROLS).map((name) => [name, asked.includes(name)])),
    ...whereView(content, form, surroundings, lang),
    ...whenView(content, form, place?.zone ?? zone, surroundings.now, lang),
    supports: showing(form, "support", supportChoices(lang), surroundings),
    support: [...many(content, "support")],
    goal_choices: goals,
    goals: [...many(content, "goals")],
    flag_choices: showing(form, "flags", flagChoices(lang), surroundings),
    flags: [...many(content, "flags")],
    sections: sections.map((section) => ({
      ...section,
      is_open: section.is_open || (section.is_safety && many(content, "flags").length > 0),
    })),
    is_call_first: form.section.some((section) => section.tone === "safety" && !section.is_folded),
    unplaced: unplaced(content, form, lang),
    rest: restOf(content, [...ALWAYS, ...asked.flatMap((name) => CONTROLS[name] ?? []), ...drawnNames(sections)]),
    attached: attachedIn(content).length,
    problems,
    error: Object.fromEntries(["person", ...Object.values(CONTROLS).flat()].map((name) => [name, byField[name] ?? ""])),
    kept: keptView(content, surroundings, null, lang),
  };
}

/** The line above the button: units so far. `keptAt`: when the draft was last made durable. */
export function keptView(
  content: Content,
  surroundings: Around,
  keptAt: number | null,
  lang: PageContext["lang"],
): Record<string, unknown> {
  const { fields } = formTyped(content) ? readNote(content, surroundings) : { fields: null };
  return {
    at: keptAt,
    is_refused: false,
    zone: surroundings.organisation?.zone ?? "UTC",
    counted: fields ? countedLine(fields, surroundings, lang) : null,
  };
}

/** What a draft could move to, or that its form is no longer offered; "" for neither. */
function newerOf(content: Content, form: Form): string {
  const newest = newestOf(kindTyped(content, form));
  if (!newest || newest.is_withdrawn) return "withdrawn";
  return refOf(newest) === refOf(form) ? "" : "newer";
}

async function personView({ participant }: Around, { memory }: PageContext): Promise<Record<string, unknown> | null> {
  if (!participant) return null;
  const past = await memory.notesOf(participant.doc, 1);
  return {
    id: participant.doc,
    name: participant.fields.name,
    notes: past.total,
    seen_at: past.notes[0]?.fields.started_at ?? null,
  };
}

function whereView(content: Content, form: Form, around: Around, lang: PageContext["lang"]): Record<string, unknown> {
  const current = placeTyped(content);
  const { chips, others } = placeChoices(lang, around.sites, current);
  const { chip, other } = chipOf(chips, current);
  const shown = (choices: readonly Choice[]) => showing(form, "place", choices, around);
  return { places: shown(chips), place: chip, other_places: shown(others), place_other: other };
}

function whenView(content: Content, form: Form, zone: string, now: number, lang: PageContext["lang"]) {
  const days = dayChoices(lang, local(now, zone).day);
  const { chip, other } = chipOf(days, dayTyped(content));
  return {
    days,
    day: chip === "" ? "other" : chip,
    day_other: other,
    lengths: minuteChoices(lang, form.lengths ?? LENGTHS, one(content, "minutes")),
    minutes: one(content, "minutes"),
    start: one(content, "start"),
    end: one(content, "end"),
  };
}

/** Goals that are worked on; one that was met or dropped only where it was chosen before, with what became of it. */
function goalChoices({ participant }: Around, content: Content, lang: PageContext["lang"]): Choice[] {
  const chosen = many(content, "goals");
  const goals = (participant?.fields.goals ?? []).filter((goal) => isOpen(goal) || chosen.includes(goal.id));
  return goals.map((goal) => {
    const words = translate(lang, "note.quoted", { words: goal.words });
    const { status = "active" } = goal;
    return {
      value: goal.id,
      text: status === "active" ? words : `${words} · ${translate(lang, `plan.status.${status}`)}`,
    };
  });
}

/** What was typed and is drawn nowhere on this form travels along unseen. */
function restOf(content: Content, drawn: readonly string[]): { name: string; value: string }[] {
  return Object.entries(content)
    .filter(([name]) => !drawn.includes(name))
    .flatMap(([name, values]) => values.map((value) => ({ name, value })));
}
