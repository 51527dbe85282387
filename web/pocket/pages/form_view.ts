/** A form and what was typed into it, as phone/asking.html draws it. */

import { type Form, type FormField, fieldsOf, type Section, shown, type Words } from "../forms";
import { translate } from "../render";
import { type Choice, chipOf, nextDayChoices } from "./choices";
import { coreBy } from "./core_shows";
import type { PageContext } from "./page";
import { type Content, many, one } from "./typed";

type Lang = PageContext["lang"];

export interface AskedOption extends Choice {
  /** Classes that make dependent fields show. */
  readonly shows: string;
}

export interface Asked {
  readonly name: string;
  readonly kind: string;
  readonly label: string;
  readonly hint: string;
  readonly is_optional: boolean;
  readonly rows: number;
  readonly value: string;
  readonly values: readonly string[];
  readonly other: string;
  readonly options: readonly AskedOption[];
  readonly error: string;
  /** Class that hides the field until its choice is made; "" for what always shows. */
  readonly by: string;
}

export interface SectionView {
  readonly label: string;
  readonly hint: string;
  readonly is_folded: boolean;
  readonly is_open: boolean;
  readonly is_safety: boolean;
  /** A field, and after it those that show by what is chosen in it. */
  readonly groups: readonly { readonly lead: Asked; readonly after: readonly Asked[] }[];
}

interface Typed {
  readonly content: Content;
  readonly lang: Lang;
  readonly today: string;
  readonly errors: Readonly<Record<string, string>>;
}

/** Sections in the form's order. `core`: fields of the note that decide what shows. */
export function sectionViews(form: Form, typed: Typed, core: Readonly<Record<string, unknown>>): SectionView[] {
  const answers = Object.fromEntries(fieldsOf(form).map((field) => [field.key, decided(field, typed.content)]));
  const by = coreBy(form);
  const visible = new Set(shown(form, { ...core, answers }).map((field) => field.key));
  return form.section.map((section) => {
    const isDrawn = (field: FormField) =>
      leadOf(section, field) !== null || by(field.key) !== "" || visible.has(field.key);
    const fields = section.field.filter(isDrawn);
    const leads = fields.filter((field) => leadOf(section, field) === null);
    const rows = section.is_folded || section.tone === "safety" ? 2 : 3;
    return {
      label: words(section.label, typed.lang),
      hint: words(section.hint, typed.lang),
      is_folded: section.is_folded ?? false,
      is_open: isTouched(section, typed),
      is_safety: section.tone === "safety",
      groups: leads.map((lead) => {
        const after = fields.filter((field) => leadOf(section, field) === lead);
        return {
          lead: asked(lead, after, typed, rows, by(lead.key)),
          after: after.map((field, at) => asked(field, [], typed, rows, `by-${at + 1}`)),
        };
      }),
    };
  });
}

/** Names of the inputs that these sections draw. */
export function drawnNames(sections: readonly SectionView[]): string[] {
  const all = sections.flatMap(({ groups }) => groups.flatMap(({ lead, after }) => [lead, ...after]));
  return all.flatMap(({ name, kind }) => (kind === "ahead" ? [name, `${name}_other`] : [name]));
}

function decided(field: FormField, content: Content): unknown {
  if (field.type === "choices") return many(content, field.key);
  const value = one(content, field.key);
  return field.type === "yes_no" ? (value === "yes" ? true : value === "no" ? false : null) : value;
}

function leadOf(section: Section, field: FormField): FormField | null {
  return section.field.find((one) => one.key === field.show_when?.field) ?? null;
}

function isTouched(section: Section, { content, errors }: Typed): boolean {
  return section.field.some(({ key }) => errors[key] || many(content, key).some((value) => value.trim() !== ""));
}

function asked(field: FormField, after: readonly FormField[], typed: Typed, rows: number, by: string): Asked {
  const { content, lang } = typed;
  const value = one(content, field.key);
  const choices = optionsOf(field, typed).map((option) => ({ ...option, shows: showsBy(option, field, after) }));
  const ahead = field.ahead ? chipOf(choices, value === "other" ? one(content, `${field.key}_other`) : value) : null;
  return {
    name: field.key,
    kind: field.ahead ? "ahead" : field.type,
    label: words(field.label, lang),
    hint:
      field.type === "choices"
        ? words(field.hint, lang) || translate(lang, "form.all_that_fit")
        : words(field.hint, lang),
    is_optional: !field.required_at_sign && field.type !== "prose",
    rows,
    value: ahead ? ahead.chip : value,
    values: field.type === "choices" ? [...many(content, field.key)] : [ahead ? ahead.chip : value],
    other: ahead?.other ?? "",
    options: choices,
    error: typed.errors[field.key] ?? "",
    by,
  };
}

function optionsOf(field: FormField, { lang, today }: Typed): Choice[] {
  if (field.ahead) return nextDayChoices(lang, today);
  if (field.type === "yes_no")
    return [
      { value: "yes", text: translate(lang, "note.yes") },
      { value: "no", text: translate(lang, "note.no") },
    ];
  if (field.type === "scale") {
    const { least = 0, most = 0 } = field;
    return Array.from({ length: most - least + 1 }, (_, at) => String(least + at)).map((text) => ({
      value: text,
      text,
    }));
  }
  return (field.options ?? []).map((option) => ({ value: option.value, text: option.label[lang] }));
}

function showsBy(option: Choice, field: FormField, after: readonly FormField[]): string {
  const value = field.type === "yes_no" ? option.value === "yes" : option.value;
  return after.flatMap(({ show_when }, at) => (show_when?.is.includes(value) ? [`shows-${at + 1}`] : [])).join(" ");
}

function words(text: Words | undefined, lang: Lang): string {
  return text?.[lang] ?? "";
}
