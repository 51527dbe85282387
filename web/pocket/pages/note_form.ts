/** The full note on one scrolling screen: everything typed stays as typed, whatever is wrong with it. */

import { length } from "../forms";
import { translate } from "../render";
import {
  chipOf,
  dayChoices,
  flagChoices,
  kindChoices,
  minuteChoices,
  nextDayChoices,
  placeChoices,
  supportChoices,
  words,
} from "./choices";
import { openKeys } from "./draft_list";
import { type Around, dayTyped, type FieldError, nextTyped, ONE_ON_ONE, placeTyped, readNote } from "./draft_note";
import type { PageContext } from "./page";
import { type Content, many, one } from "./typed";
import { countedLine } from "./units_words";
import { local } from "./when";

const WRITTEN = ["said", "did", "went", "next", "present", "safety_said", "safety_did", "safety_told"];
const FIELDS = [
  "person",
  "place",
  "day",
  "start",
  "end",
  "minutes",
  "next_on",
  "next_owner",
  "progress",
  "shared",
  ...WRITTEN,
];
const MORE = ["progress", "present", "shared"];
const SAFETY = ["safety_said", "safety_did", "safety_told"];

export interface FormView extends Record<string, unknown> {
  readonly problems: readonly { field: string; text: string }[];
}

export async function noteFormView(
  id: string,
  content: Content,
  surroundings: Around,
  context: PageContext,
  errors: readonly FieldError[] = [],
): Promise<FormView> {
  const { lang, now } = context;
  const person = surroundings.participant;
  const past = person ? await context.memory.notesOf(person.doc, 1) : null;
  const problems = errors.map((error) => ({ field: error.field, text: translate(lang, error.key, error.args) }));
  return {
    id,
    now,
    zone: surroundings.organisation?.zone ?? "UTC",
    person: person
      ? {
          id: person.doc,
          name: person.fields.name,
          notes: past?.total ?? 0,
          seen_at: past?.notes[0]?.fields.started_at ?? null,
        }
      : null,
    supersedes: one(content, "supersedes"),
    ...whereView(content, surroundings, lang),
    ...whenView(content, surroundings, lang),
    ...supportView(content, surroundings, lang),
    ...nextView(content, surroundings, lang),
    ...moreView(content, lang),
    text: Object.fromEntries(WRITTEN.map((name) => [name, one(content, name)])),
    problems,
    error: Object.fromEntries(
      FIELDS.map((name) => [name, problems.find((problem) => problem.field === name)?.text ?? ""]),
    ),
    kept: keptView(content, surroundings, null, lang),
  };
}

/** The line above the button: units so far and what is still open. `keptAt`: when the draft was last made durable. */
export function keptView(
  content: Content,
  surroundings: Around,
  keptAt: number | null,
  lang: PageContext["lang"],
): Record<string, unknown> {
  const isNote = one(content, "form_ref") === ONE_ON_ONE;
  const { fields } = isNote ? readNote(content, surroundings) : { fields: null };
  return {
    at: keptAt,
    is_refused: false,
    zone: surroundings.organisation?.zone ?? "UTC",
    counted: fields ? countedLine(fields, surroundings, lang) : null,
    open: fields ? openKeys(fields) : [],
  };
}

function whereView(content: Content, { sites }: Around, lang: PageContext["lang"]): Record<string, unknown> {
  const current = placeTyped(content);
  const { chips, others } = placeChoices(lang, sites, current);
  const { chip, other } = chipOf(chips, current);
  return { places: chips, place: chip, other_places: others, place_other: other };
}

function whenView(content: Content, surroundings: Around, lang: PageContext["lang"]): Record<string, unknown> {
  const { place } = readNote(content, surroundings);
  const zone = place?.zone ?? surroundings.organisation?.zone ?? "UTC";
  const days = dayChoices(lang, local(surroundings.now, zone).day);
  const { chip, other } = chipOf(days, dayTyped(content));
  return {
    days,
    day: chip === "" ? "other" : chip,
    day_other: other,
    lengths: minuteChoices(lang),
    minutes: one(content, "minutes"),
    start: one(content, "start"),
    end: one(content, "end"),
  };
}

function supportView(content: Content, { participant }: Around, lang: PageContext["lang"]): Record<string, unknown> {
  return {
    supports: supportChoices(lang),
    support: [...many(content, "support")],
    goal_choices: (participant?.fields.goals ?? []).map((goal) => ({
      value: goal.id,
      text: translate(lang, "note.quoted", { words: goal.words }),
    })),
    goals: [...many(content, "goals")],
  };
}

function nextView(content: Content, surroundings: Around, lang: PageContext["lang"]): Record<string, unknown> {
  const days = nextDayChoices(lang, local(surroundings.now, surroundings.organisation?.zone ?? "UTC").day);
  const { chip, other } = chipOf(days, nextTyped(content));
  return {
    owners: words(lang, "note.choice.next_owner.", ["me", "person", "both", "other"]),
    next_owner: one(content, "next_owner"),
    next_days: days,
    next_on: chip,
    next_on_other: other,
  };
}

function moreView(content: Content, lang: PageContext["lang"]): Record<string, unknown> {
  const isFilled = (name: string) => length(one(content, name)) > 0;
  const kind = one(content, "kind") || "one_on_one";
  return {
    kinds: kindChoices(lang),
    kind,
    progresses: words(lang, "note.choice.progress.", ["toward", "holding", "away", "not_discussed"]),
    progress: one(content, "progress"),
    yes_no: words(lang, "note.choice.shared.", ["yes", "no"]),
    shared: one(content, "shared"),
    is_more_open: kind !== "one_on_one" || MORE.some(isFilled),
    flag_choices: flagChoices(lang),
    flags: [...many(content, "flags")],
    is_safety_open: many(content, "flags").length > 0 || SAFETY.some(isFilled),
  };
}
