/** Pages as text on the phone, from the templates that the office renders too. docs/templates.md tells the rules. */

import type { Lang } from "./generated/catalogue";
import { templates } from "./generated/templates";
import { said, speak } from "./templating/text";

export { learn } from "./templating/text";

/** A template of web/templates as a document. `view.lang` chooses the language. Throws where the view lacks something. */
export function render(template: string, view: Readonly<Record<string, unknown>>): string {
  const write = templates[template];
  if (write === undefined) throw new ReferenceError(`no template ${template}`);
  speak(view["lang"] === "es" ? "es" : ("en" satisfies Lang));
  return write(view).html;
}

/** A text of the catalogue for a view: plain words, escaped only when a template shows them. */
export function translate(lang: Lang, key: string, args: Readonly<Record<string, unknown>> = {}): string {
  speak(lang);
  return said(key, args);
}
