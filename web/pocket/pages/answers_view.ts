/** A note's answers in its form's order and words. Twin of server/templating/answers_view.py, which tells the meaning. */

import { type Form, type FormField, fieldsOf, isEmpty } from "../forms";

type Lang = "en" | "es";
type Answers = Readonly<Record<string, unknown>>;

/** A value as text, as a key of the catalogue, as a civil date, or as ms of the day; the others are empty. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  readonly word: string;
  readonly date: string;
  readonly time: number | null;
}

/** Either a text under its label or short facts that stand together. */
export interface Item {
  readonly label: string;
  readonly text: string;
  readonly is_said: boolean;
  readonly facts: Fact[];
}

const SAID = "said";
const MINUTE_MS = 60_000;

export function answersView(answers: Answers, form: Form | null, lang: Lang): { safety: Item[]; answers: Item[] } {
  const view: { safety: Item[]; answers: Item[] } = { safety: [], answers: [] };
  for (const section of form?.section ?? []) {
    const items = section.tone === "safety" ? view.safety : view.answers;
    for (const field of section.field)
      if (Object.hasOwn(answers, field.key) && !isEmpty(answers[field.key]))
        add(items, field, answers[field.key], lang);
  }
  const known = new Set(form ? fieldsOf(form).map((field) => field.key) : []);
  const others = Object.keys(answers).filter((key) => !known.has(key));
  view.answers.push(...others.sort().map((key) => item(key, plain(answers[key]), key === SAID)));
  return view;
}

export function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  return Array.isArray(value) ? value.filter((one) => typeof one === "string").join(", ") : "";
}

function add(items: Item[], field: FormField, value: unknown, lang: Lang): void {
  const label = field.label[lang];
  if (field.type === "prose") {
    items.push(item(label, plain(value), field.key === SAID));
    return;
  }
  if (!items.at(-1)?.facts.length) items.push(item("", "", false));
  items.at(-1)?.facts.push({ label, ...fact(field, value, lang) });
}

function item(label: string, text: string, is_said: boolean): Item {
  return { label, text, is_said, facts: [] };
}

/** One answer in the words of its form. */
export function fact(field: FormField, value: unknown, lang: Lang): Omit<Fact, "label"> {
  const nothing = { text: "", word: "", date: "", time: null };
  if (typeof value === "boolean") return { ...nothing, word: value ? "note.yes" : "note.no" };
  if (field.type === "date") return { ...nothing, date: plain(value) };
  if (field.type === "time" && typeof value === "string") {
    const [hour, minute] = value.split(":").map(Number);
    return { ...nothing, time: ((hour ?? 0) * 60 + (minute ?? 0)) * MINUTE_MS };
  }
  if (!field.options) return { ...nothing, text: plain(value) };
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return { ...nothing, text: values.map((one) => optionText(field, one, lang)).join(", ") };
}

/** An option's words; a value that is none reads as it is. */
export function optionText(field: FormField, value: unknown, lang: Lang): string {
  return field.options?.find((option) => option.value === value)?.label[lang] ?? plain(value);
}
