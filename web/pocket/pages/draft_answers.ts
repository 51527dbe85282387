/** Answers of a draft, from text as typed to the values that its form describes. */

import { type Form, type FormField, fieldsOf, invalid, length, shown, TEXT_LIMIT_CHARS } from "../forms";
import { error, type FieldError } from "./field_error";
import { type Content, many, one } from "./typed";

type Values = Record<string, string | number | boolean | string[]>;

const PROSE_LIMIT_CHARS = 20_000;
/** More digits are no count of anything here. */
const IS_NUMBER = /^-?\d{1,9}$/;

/** What a choice of a day or the field beside it holds. */
export function dayOf(content: Content, name: string): string {
  const chosen = one(content, name);
  return chosen === "other" ? one(content, `${name}_other`) : chosen;
}

/** Values of the fields that show, and what is wrong with them. `core`: fields of the note that decide what shows. */
export function readAnswers(
  content: Content,
  form: Form,
  core: Readonly<Record<string, unknown>>,
): { values: Values; errors: FieldError[] } {
  const typed: Values = {};
  for (const field of fieldsOf(form)) {
    const value = typedValue(field, content);
    if (value !== null) typed[field.key] = value;
  }
  const visible = shown(form, { ...core, answers: typed });
  const values: Values = {};
  for (const { key } of visible) if (typed[key] !== undefined) values[key] = typed[key];
  const wrong = invalid(form, values).map((problem) => problem.field.slice("answers.".length));
  const errors = visible.flatMap((field) => errorOf(field, values[field.key], wrong.includes(field.key)));
  return { values, errors };
}

/** The value of a field, or the text as typed where it is none; null for nothing. */
function typedValue(field: FormField, content: Content): Values[string] | null {
  if (field.type === "choices") return chosen(field, content);
  const typed = field.ahead ? dayOf(content, field.key) : one(content, field.key);
  const text = typed.trim();
  if (text === "") return null;
  switch (field.type) {
    case "prose":
    case "text":
      return typed;
    case "yes_no":
      return text === "yes" || (text === "no" ? false : text);
    case "number":
    case "scale":
      return IS_NUMBER.test(text) ? Number(text) : text;
    case "time":
      return text.slice(0, 5);
    default:
      return text;
  }
}

/** In the form's order; what it does not offer comes last, to be told as wrong. */
function chosen(field: FormField, content: Content): string[] | null {
  const values = many(content, field.key).filter((value) => value !== "");
  const order = (field.options ?? []).map((option) => option.value);
  const others = values.filter((value) => !order.includes(value));
  const all = [...order.filter((value) => values.includes(value)), ...new Set(others)];
  return all.length > 0 ? all : null;
}

function errorOf(field: FormField, value: Values[string] | undefined, isInvalid: boolean): FieldError[] {
  const isWriting = field.type === "prose" || field.type === "text";
  const limit = field.type === "text" ? TEXT_LIMIT_CHARS : PROSE_LIMIT_CHARS;
  const long = isWriting && typeof value === "string" ? length(value) : 0;
  if (long > limit) return [error(field.key, "form.error.too_long", { length: long, limit })];
  if (!isInvalid) return [];
  if (field.type === "number") return [numberError(field)];
  if (field.type === "date") return [error(field.key, "form.error.next_on")];
  return [error(field.key, field.type === "time" ? "form.error.time" : "form.error.choice")];
}

function numberError({ key, least, most }: FormField): FieldError {
  const isBounded = least !== undefined && most !== undefined;
  return isBounded ? error(key, "form.error.number_from_to", { least, most }) : error(key, "form.error.number");
}
