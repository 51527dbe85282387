import { describe, expect, test } from "vitest";
import { formOf } from "../../web/pocket/form_book";
import { type Form, invalid, missing, shown } from "../../web/pocket/forms";
import { receiptCode } from "../../web/pocket/receipt_code";
import formVectors from "../vectors/forms.json";
import receiptVectors from "../vectors/receipts.json";

type Fields = Record<string, unknown>;
const form = formVectors.forms["contact@3"] as unknown as Form;

describe("a form is read as the office reads it", () => {
  test.each(formVectors.missing)("missing: $name", ({ fields, problems, ...more }) => {
    expect(missing(form, fields as Fields, (more as { also?: string[] }).also ?? [])).toEqual(problems);
  });
  test.each(formVectors.shown.map((one, at) => ({ ...one, at })))("shown: $at", ({ fields, keys }) => {
    expect(shown(form, fields as Fields).map((field) => field.key)).toEqual(keys);
  });
  test.each(formVectors.invalid.map((one, at) => ({ ...one, at })))("invalid: $at", ({ answers, problems }) => {
    expect(invalid(form, answers as Fields)).toEqual(problems);
  });
  test("a name that every object has is no answer", () => {
    expect(invalid(form, { constructor: "x" })).toEqual([{ field: "answers.constructor", code: "UNKNOWN" }]);
    expect(missing({ ...form, required_at_sign: ["constructor"] }, {})[0]?.field).toBe("constructor");
  });
});

test("the note's own form asks for what organisations ask for", () => {
  const asked = missing(formOf("one_on_one@1") as Form, {}).map((problem) => problem.field);
  expect(asked).toEqual(["support", "goals", "answers.did", "answers.went", "answers.next"]);
});

test("receipt codes agree with the office", () => {
  for (const { seq, code } of receiptVectors.codes) expect(receiptCode(seq)).toBe(code);
});
