/** Pages as text on the phone, from the templates that the office renders too. docs/templates.md tells the rules. */

import { templates as first } from "./generated/templates_first";
import { carry as carryWords, type Lang, said, speak, type Words } from "./templating/text";

export { learn, wordFiles } from "./templating/text";

/** What another part of the program brings along. */
export interface Luggage {
  readonly templates: typeof first;
  readonly words: Words;
  readonly icons: Readonly<Record<string, string>>;
}

let templates = first;

/** Adds what a part of the program brings along; to be called once, when it starts. */
export function carry(luggage: Luggage): void {
  templates = luggage.templates;
  carryWords(luggage.words, luggage.icons);
}

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
