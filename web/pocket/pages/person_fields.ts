/** A person's details as their form has them, each field one text, and the change that a form makes of them. */

import { length } from "../forms";
import type { Emergency, ParticipantFields, Program } from "../generated/schema";
import { type Content, clean, line, one } from "./typed";

/** Longest text of each field, in characters, as sync/records/participant.py has them. */
const LIMITS: Readonly<Record<string, number>> = {
  name: 120, code: 40, pronouns: 40, contact: 400, about: 4000, em_name: 120, em_relation: 120, em_number: 60,
}; // biome-ignore format: a table
const PLAIN = [
  "name", "code", "pronouns", "site", "language", "contact", "preferred", "is_message_safe", "part2", "about",
] as const; // biome-ignore format: a list
const EMERGENCY = ["em_name", "em_relation", "em_number", "em_agreed"] as const;
const PROGRAMS_LIMIT = 12;
const PROGRAM_LIMIT_CHARS = 120;

export type Typed = Readonly<Record<string, string>>;

export interface Problem {
  readonly field: string;
  readonly key: string;
  readonly limit: number;
}

/** What is known, as the form shows it. */
export function fieldsOf(fields: ParticipantFields): Typed {
  const given = fields as unknown as Readonly<Record<string, unknown>>;
  const { emergency } = fields;
  return {
    ...Object.fromEntries(PLAIN.map((name) => [name, String(given[name] ?? "")])),
    is_alias: fields.is_alias ? "yes" : "",
    em_name: emergency?.name ?? "",
    em_relation: emergency?.relation ?? "",
    em_number: emergency?.number ?? "",
    em_agreed: emergency?.is_agreed ? "yes" : "",
    ...Object.fromEntries(
      (fields.programs ?? []).flatMap(({ name, is_part2 }, at) => [
        [`program_${at}`, name],
        [`program_${at}_part2`, is_part2 ? "yes" : ""],
      ]),
    ),
  };
}

/** What was typed; the name's field is called `called`, so that no browser fills in the specialist's own. */
export function typedFields(content: Content): Typed {
  const names = ["is_alias", ...PLAIN, ...EMERGENCY, ...programFields()];
  const typed = (name: string): string => {
    if (name === "about") return clean(one(content, "about")).trim();
    return line(content, name === "name" ? "called" : name);
  };
  return Object.fromEntries(names.map((name) => [name, typed(name)]));
}

const programFields = (): string[] =>
  [...Array(PROGRAMS_LIMIT).keys()].flatMap((at) => [`program_${at}`, `program_${at}_part2`]);

export function problemsOf(typed: Typed): Problem[] {
  if (!typed["name"]) return [{ field: "called", key: "form.error.name", limit: 0 }];
  const long = [
    ...Object.entries(LIMITS),
    ...programRows(typed).map(({ at }) => [`program_${at}`, PROGRAM_LIMIT_CHARS] as const),
  ]
    .filter(([name, limit]) => length(typed[name] ?? "") > limit)
    .map(([name, limit]) => ({ field: name === "name" ? "called" : name, key: "form.error.too_long_short", limit }));
  const isNameless = !typed["em_name"] && (typed["em_number"] || typed["em_relation"]);
  return isNameless ? [...long, { field: "em_name", key: "person.error.number", limit: 0 }] : long;
}

/** What differs from what its author was shown; what was emptied is null, or empty text. */
export function changed(typed: Typed, before: string, today: string): Record<string, unknown> {
  const shown = known(before);
  const isNew = (name: string): boolean => (typed[name] ?? "") !== (shown[name] ?? "");
  const set: Record<string, unknown> = {};
  for (const name of PLAIN.filter(isNew)) set[name] = name === "site" && typed["site"] === "" ? null : typed[name];
  if (isNew("is_alias")) set["is_alias"] = typed["is_alias"] === "yes";
  if (EMERGENCY.some(isNew)) set["emergency"] = emergency(typed, today);
  if (programFields().some(isNew)) set["programs"] = programs(typed);
  return set;
}

function emergency(typed: Typed, today: string): Emergency | null {
  if (!typed["em_name"]) return null;
  return {
    name: typed["em_name"],
    ...(typed["em_relation"] ? { relation: typed["em_relation"] } : {}),
    ...(typed["em_number"] ? { number: typed["em_number"] } : {}),
    ...(typed["em_agreed"] === "yes" ? { is_agreed: true, agreed_on: today } : {}),
  };
}

function programs(typed: Typed): Program[] {
  return programRows(typed).map(({ name, is_part2 }) => ({ name, ...(is_part2 ? { is_part2 } : {}) }));
}

/** Programs as typed, without those left empty. */
function programRows(typed: Typed): { at: number; name: string; is_part2: boolean }[] {
  return [...Array(PROGRAMS_LIMIT).keys()]
    .map((at) => ({ at, name: typed[`program_${at}`] ?? "", is_part2: typed[`program_${at}_part2`] === "yes" }))
    .filter(({ name }) => name !== "");
}

/** The rows to write in: those filled, and one more. */
export function programView(typed: Typed): { at: number; number: number; name: string; is_part2: boolean }[] {
  const rows = programRows(typed);
  const more = rows.length < PROGRAMS_LIMIT ? [{ at: 0, name: "", is_part2: false }] : [];
  return [...rows, ...more].map((row, at) => ({ ...row, at, number: at + 1 }));
}

function known(before: string): Typed {
  try {
    return JSON.parse(before) as Typed;
  } catch {
    // A hidden field that was tampered with or cut: everything typed then counts as changed.
    return {};
  }
}
