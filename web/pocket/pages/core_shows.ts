/**
 * Questions that show by the note's core: they are drawn always and hidden by the style sheet until the touch that asks
 * for them, like those that show by another answer. The kind of contact cannot change under a form, so it needs none.
 */

import { asks, type Form, type FormField, fieldsOf } from "../forms";
import type { Choice } from "./choices";
import type { Around } from "./draft_note";
import { readPlace } from "./place";

/** The control of the form that decides a field of the core. */
const CONTROL: Readonly<Record<string, string>> = {
  mode: "place",
  setting: "place",
  support: "support",
  flags: "flags",
};

export interface Showing extends Choice {
  /** Classes that make questions show. */
  readonly shows: string;
}

/** In the form's order; sync/form_file.py lets no form have more than the style sheet knows. */
function coreShown(form: Form): FormField[] {
  const all = fieldsOf(form);
  return all.filter(({ show_when: rule }) => {
    const control = rule && !all.some(({ key }) => key === rule.field) ? CONTROL[rule.field] : undefined;
    return control !== undefined && asks(form).includes(control);
  });
}

/** Class that hides a question until then; "" for what does not show by the core. */
export function coreBy(form: Form): (key: string) => string {
  const keys = coreShown(form).map(({ key }) => key);
  return (key) => (keys.includes(key) ? `by-core-${keys.indexOf(key) + 1}` : "");
}

/** What each touch on a control of the core makes show. */
export function showing(form: Form, control: string, choices: readonly Choice[], around: Around): Showing[] {
  const rules = coreShown(form).map(({ show_when }) => show_when);
  return choices.map((choice) => {
    const place = control === "place" ? readPlace(choice.value, around.sites, around.organisation) : null;
    const said: Readonly<Record<string, string | undefined>> = {
      mode: place?.mode,
      setting: place?.setting,
      [control]: choice.value,
    };
    const shows = rules.flatMap((rule, at) => {
      const value = rule && said[rule.field];
      return value !== undefined && rule?.is.includes(value) ? [`core-${at + 1}`] : [];
    });
    return { ...choice, shows: shows.join(" ") };
  });
}
