/** The forms this phone knows, by reference and by name. */

import { type Form, fieldsOf } from "./forms";
import { forms, newest } from "./generated/forms";

/** The form of a reference such as `crisis@1`; null for one that this phone does not know. */
export function formOf(ref: string): Form | null {
  return Object.hasOwn(forms, ref) ? (forms[ref] ?? null) : null;
}

/** The version that a fresh draft of this kind of contact begins with. */
export function newestOf(name: string): Form | null {
  return Object.hasOwn(newest, name) ? formOf(newest[name] ?? "") : null;
}

export const refOf = (form: Form) => `${form.name}@${form.version}`;

/** Names of the forms that a note about one person may begin with. */
export function singleKinds(): string[] {
  return Object.keys(newest).filter((name) => {
    const form = newestOf(name);
    return form !== null && form.is_single !== false && !form.is_withdrawn;
  });
}

/** The form's own field of that key. */
export const fieldOf = (form: Form, key: string) => fieldsOf(form).find((field) => field.key === key) ?? null;

/** Every version of every form, older ones first. */
export const everyForm = (): readonly Form[] => Object.values(forms);
