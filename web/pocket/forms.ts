/**
 * What a form file asks of a note, read as sync/forms.py reads it (tests/vectors/forms.json runs in both).
 *
 * `missing` is what a specialist is warned about before signing; `invalid` is what the office would refuse.
 */

export interface Form {
  readonly name: string;
  readonly version: number;
  readonly required_at_sign?: readonly string[];
  readonly field: readonly FormField[];
}

export interface FormField {
  readonly key: string;
  readonly type: string;
  readonly options?: readonly string[];
  readonly required_at_sign?: boolean;
  readonly show_when?: { readonly field: string; readonly is: readonly (string | boolean)[] };
}

export interface Problem {
  readonly field: string;
  readonly code: "MISSING" | "UNKNOWN" | "INVALID";
}

type Fields = Readonly<Record<string, unknown>>;

export const TEXT_LIMIT_CHARS = 400;

export function missing(form: Form, fields: Fields): Problem[] {
  const answers = answersOf(fields);
  const core = (form.required_at_sign ?? []).filter((key) => isEmpty(own(fields, key)));
  const asked = shown(form, fields).filter((field) => field.required_at_sign && isEmpty(own(answers, field.key)));
  return [...core, ...asked.map((field) => `answers.${field.key}`)].map((field) => ({ field, code: "MISSING" }));
}

export function invalid(form: Form, answers: Fields): Problem[] {
  return Object.entries(answers).flatMap(([key, value]) => {
    const field = form.field.find((one) => one.key === key);
    if (field && fits(field, value)) return [];
    return [{ field: `answers.${key}`, code: field ? "INVALID" : "UNKNOWN" } as const];
  });
}

/** Fields that these values make visible. */
export function shown(form: Form, fields: Fields): FormField[] {
  const answers = answersOf(fields);
  return form.field.filter(({ show_when: rule }) => {
    if (!rule) return true;
    const isAnswer = form.field.some((one) => one.key === rule.field);
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

export function length(text: string): number {
  let codePoints = 0;
  for (const _ of text) codePoints += 1;
  return codePoints;
}

/** No answer: absent, blank text, or an empty list. False and 0 are answers. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "string" ? value.trim() === "" : Array.isArray(value) && value.length === 0;
}

function fits(field: FormField, value: unknown): boolean {
  const options = field.options ?? [];
  switch (field.type) {
    case "prose":
      return typeof value === "string";
    case "text":
      return typeof value === "string" && length(value) <= TEXT_LIMIT_CHARS;
    case "choice":
      return typeof value === "string" && (value === "" || options.includes(value));
    case "choices":
      return Array.isArray(value) && value.every((item) => options.includes(item as string));
    case "yes_no":
      return typeof value === "boolean";
    case "date":
      return typeof value === "string" && (value === "" || isDate(value));
    default:
      return false;
  }
}

function answersOf(fields: Fields): Fields {
  const answers = own(fields, "answers");
  return typeof answers === "object" && answers !== null && !Array.isArray(answers) ? (answers as Fields) : {};
}

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
