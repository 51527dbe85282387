/**
 * What a form asks of a note, read as sync/forms.py reads it (tests/vectors/forms.json runs in both).
 *
 * `missing` is what a specialist is warned about before signing; `invalid` is what the office would refuse.
 */

export interface Words {
  readonly en: string;
  readonly es: string;
}

/** One version of a form, as sync/form_file.py makes it of its file. */
export interface Form {
  readonly name: string;
  readonly version: number;
  readonly about?: Words;
  readonly section: readonly Section[];
  readonly asks?: readonly string[];
  readonly lengths?: readonly number[];
  readonly defaults?: { readonly minutes?: number; readonly place?: string; readonly support?: readonly string[] };
  readonly required_at_sign?: readonly string[];
  readonly is_single?: boolean;
  readonly is_withdrawn?: boolean;
}

export interface Section {
  readonly field: readonly FormField[];
  readonly key?: string;
  readonly label?: Words;
  readonly hint?: Words;
  readonly is_folded?: boolean;
  readonly tone?: string;
}

export interface FormField {
  readonly key: string;
  readonly type: string;
  readonly label: Words;
  readonly hint?: Words;
  readonly options?: readonly Option[];
  readonly required_at_sign?: boolean;
  readonly show_when?: { readonly field: string; readonly is: readonly (string | boolean)[] };
  readonly least?: number;
  readonly most?: number;
  readonly ahead?: boolean;
  readonly was?: string;
}

export interface Option {
  readonly value: string;
  readonly label: Words;
  readonly was?: string;
}

export interface Problem {
  readonly field: string;
  readonly code: "MISSING" | "UNKNOWN" | "INVALID";
}

type Fields = Readonly<Record<string, unknown>>;

export const TEXT_LIMIT_CHARS = 400;
const ASKS: readonly string[] = ["place", "when", "support", "goals", "flags"];

/** Controls of the note's core that a form asks. */
export const asks = (form: Form) => form.asks ?? ASKS;

export const fieldsOf = (form: Form): FormField[] => form.section.flatMap((section) => section.field);

/** `also`: what the organisation asks beyond the form, a core field or `answers.<key>`. */
export function missing(form: Form, fields: Fields, also: readonly string[] = []): Problem[] {
  const answers = answersOf(fields);
  const required = form.required_at_sign ?? [];
  const core = [...required, ...also.filter((key) => asks(form).includes(key) && !required.includes(key))];
  const isAsked = (field: FormField) => field.required_at_sign || also.includes(`answers.${field.key}`);
  const open = shown(form, fields).filter((field) => isAsked(field) && isEmpty(own(answers, field.key)));
  return [...core.filter((key) => isEmpty(own(fields, key))), ...open.map((field) => `answers.${field.key}`)].map(
    (field) => ({ field, code: "MISSING" }),
  );
}

export function invalid(form: Form, answers: Fields): Problem[] {
  const fields = fieldsOf(form);
  return Object.entries(answers).flatMap(([key, value]) => {
    const field = fields.find((one) => one.key === key);
    if (field && fits(field, value)) return [];
    return [{ field: `answers.${key}`, code: field ? "INVALID" : "UNKNOWN" } as const];
  });
}

/** Fields that these values make visible. */
export function shown(form: Form, fields: Fields): FormField[] {
  const answers = answersOf(fields);
  const all = fieldsOf(form);
  return all.filter(({ show_when: rule }) => {
    if (!rule) return true;
    const isAnswer = all.some((one) => one.key === rule.field);
    const value = own(isAnswer ? answers : fields, rule.field);
    return (Array.isArray(value) ? value : [value]).some((item) => rule.is.includes(item as string | boolean));
  });
}

/** True for a date that exists, written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!found) return false;
  const [year = 0, month = 0, day = 0] = found.slice(1).map(Number);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

/** True for a time of day, written HH:MM. */
export function isClock(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

export function length(text: string): number {
  let codePoints = 0;
  for (const _ of text) codePoints += 1;
  return codePoints;
}

/** No answer: absent, blank text, or an empty list. False and 0 are answers. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "string" ? value.trim() === "" : Array.isArray(value) && value.length === 0;
}

function fits(field: FormField, value: unknown): boolean {
  const offers = (one: unknown) => (field.options ?? []).some((option) => option.value === one);
  switch (field.type) {
    case "prose":
      return typeof value === "string";
    case "text":
      return typeof value === "string" && length(value) <= TEXT_LIMIT_CHARS;
    case "choice":
      return value === "" || offers(value);
    case "choices":
      return Array.isArray(value) && value.every(offers);
    case "yes_no":
      return typeof value === "boolean";
    case "number":
    case "scale":
      return Number.isInteger(value) && isWithin(field, value as number);
    case "date":
      return typeof value === "string" && (value === "" || isDate(value));
    case "time":
      return typeof value === "string" && (value === "" || isClock(value));
    default:
      return false;
  }
}

function isWithin({ least, most }: FormField, value: number): boolean {
  return (least === undefined || value >= least) && (most === undefined || value <= most);
}

function answersOf(fields: Fields): Fields {
  const answers = own(fields, "answers");
  return typeof answers === "object" && answers !== null && !Array.isArray(answers) ? (answers as Fields) : {};
}

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
