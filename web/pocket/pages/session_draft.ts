/**
 * A draft about many people at once, exactly as typed: how its parts are named, and which ids its records get.
 *
 * One row a person: `roster` lists the ticked ones, and `line_`, `from_`, `to_`, `code_`, `name_` and the person's id in
 * hexadecimal are the rest of the row. What comes of the draft has ids derived from it, so that signing it again, in
 * another window or after a power cut, makes nothing twice.
 */

import { fieldOf, newestOf } from "../form_book";
import type { Form } from "../forms";
import type { OrganisationFields, ParticipantFields } from "../generated/schema";
import type { Draft, PageContext, Seen } from "./page";
import type { Site } from "./place";
import { type Content, line, many, one } from "./typed";

export type Sort = "group" | "visit";
export const DRAFT_FORMS = { group: "group@1", visit: "visit@1", drop_in: "drop_in@1" } as const;
const VERSION_DIGIT = 12;
const VARIANT_DIGIT = 16;
/** Read aloud over noise: no I, no O. */
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";

/** What such a draft is read against. */
export interface ManyAround {
  readonly people: ReadonlyMap<string, Seen<ParticipantFields>>;
  readonly sites: readonly Site[];
  readonly organisation: OrganisationFields | null;
  readonly now: number;
}

export async function aroundMany({ memory, now }: PageContext): Promise<ManyAround> {
  const [participants, sites, organisation] = await Promise.all([
    memory.participants(),
    memory.sites(),
    memory.organisation(),
  ]);
  const known = participants.filter((person) => person.body.state !== "void");
  return { people: new Map(known.map((person) => [person.doc, person])), sites, organisation, now };
}

/** An id as a field's name may hold it. */
export function hex(id: string): string {
  return id.replaceAll("-", "");
}

/** The note about one person that comes of a draft. */
export function mixed(draft: string, person: string): string {
  const other = hex(person);
  const digits = [...hex(draft)].map((digit, at) =>
    (Number.parseInt(digit, 16) ^ Number.parseInt(other[at] ?? "0", 16)).toString(16),
  );
  digits[VERSION_DIGIT] = "8";
  digits[VARIANT_DIGIT] = "8";
  const text = digits.join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

export function rosterOf(content: Content): string[] {
  return [...new Set(many(content, "roster"))];
}

/** The newest version of the form of a kind of contact; the plain note's where that kind has none. */
export function formFor(kind: string): Form {
  const form = newestOf(kind) ?? newestOf("one_on_one");
  if (form === null) throw new ReferenceError(`no form for ${kind}`);
  return form;
}

/** A field of such a form in the reader's language: its words and what it offers. */
export function asked(kind: string, key: string, lang: PageContext["lang"]) {
  const field = fieldOf(formFor(kind), key);
  return {
    label: field?.label[lang] ?? "",
    hint: field?.hint?.[lang] ?? "",
    options: (field?.options ?? []).map(({ value, label }) => ({ value, text: label[lang] })),
  };
}

/** A code for everybody on the roster: one that was given stays, new ones take the next free letter. */
export function withCodes(content: Content, { people }: ManyAround): Content {
  const roster = rosterOf(content);
  const isOwn = one(content, "codes") === "own";
  const codes: Record<string, string[]> = {};
  const given = new Set(roster.map((id) => line(content, `code_${hex(id)}`)));
  const free = [...LETTERS, ...[...LETTERS].map((letter) => letter + letter)].filter((code) => !given.has(code));
  for (const id of roster) {
    const field = `code_${hex(id)}`;
    const own = isOwn ? (people.get(id)?.fields.code ?? "") : "";
    codes[field] = [own || line(content, field) || (free.shift() ?? "")];
  }
  return { ...content, ...codes };
}

const ROW_FIELD = /^(line|from|to|code|name)_([0-9a-f]{32})$/;

/** Without the blank rows, and with the name of everybody ticked: they may leave this phone before it is signed. */
export function tidied(content: Content, { people }: ManyAround): Content {
  const roster = rosterOf(content);
  const ticked = new Set(roster.map(hex));
  const written = Object.entries(content).filter(([name, values]) => {
    const [, field, key = ""] = ROW_FIELD.exec(name) ?? [];
    return field === undefined || (values.some((value) => value !== "") && (field !== "name" || ticked.has(key)));
  });
  const names = roster.flatMap((id) => {
    const name = people.get(id)?.fields.name;
    return name ? [[`name_${hex(id)}`, [name]] as const] : [];
  });
  return { ...Object.fromEntries(written), ...Object.fromEntries(names) };
}

/** Where an unfinished draft of this sort goes on, and what it is called; null for other drafts. */
export function manyDraft(draft: Draft): { href: string; title: string; sort: keyof typeof DRAFT_FORMS } | null {
  const places = { "group@1": "groups", "visit@1": "visits", "drop_in@1": "drop-in" } as const;
  const place = (places as Record<string, string>)[draft.form];
  if (!place || !("roster_form" in draft.content)) return null;
  const sort = (["group", "visit", "drop_in"] as const).find((name) => DRAFT_FORMS[name] === draft.form) ?? "group";
  return { href: `/app/${place}/${draft.id}`, title: line(draft.content, "title"), sort };
}
