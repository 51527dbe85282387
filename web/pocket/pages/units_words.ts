/** How a note's minutes count, in plain words: what it adds, which limit it meets, why nothing is paid for it. */

import type { NoteFields } from "../generated/schema";
import { translate } from "../render";
import { type Contact, type Counted, rulesOf, type WholeRule } from "../units";
import { contactOf, countOne } from "./counting";
import type { Around } from "./draft_note";
import type { PageContext } from "./page";
import { dayNumber, local } from "./when";

type Lang = PageContext["lang"];
const MINUTE_MS = 60_000;

/** Sentences for the check page, the most telling first. `today`: days since 1970 where the contact was. */
export function unitLines(contact: Contact, counted: Counted, rule: WholeRule, today: number, lang: Lang): string[] {
  const say = (key: string, args: Readonly<Record<string, string | number>> = {}) => translate(lang, key, args);
  const when = contact.day === today ? "today" : "that_day";
  const lines: string[] = [];
  if (rule.aggregate === "per_person_day" && counted.day_minutes > 0)
    lines.push(
      counted.earlier > 0
        ? say(`units.with_earlier.${when}`, { n: counted.earlier, units: unitWords(counted.day_units, lang) })
        : say("units.counted_together"),
    );
  if (counted.paid < counted.units && isLimit(counted))
    lines.push(limitLine(counted, rule, when, say), paidLine(counted, say));
  if (counted.unpaid) lines.push(say(`units.why.${counted.unpaid}`));
  return lines;
}

/** The line above the button: minutes and units, and the first thing to say about them. */
export function countedLine(fields: NoteFields, { counting, organisation }: Around, lang: Lang) {
  if (!counting) return null;
  const { rule, billing } = rulesOf(organisation);
  const contact = contactOf({ doc: "", author: counting.author, fields }, counting.known);
  const others = counting.others.filter((one) => one.doc !== fields.supersedes);
  const counted = countOne(contact, others, rule, billing);
  const [why] = unitLines(contact, counted, rule, counting.today(fields.zone), lang);
  return { minutes: counted.minutes, units: unitWords(counted.units, lang), why: why ?? "" };
}

/** "1 unit", "3 units", "3.47 units". */
export function unitWords(count: number, lang: Lang): string {
  return count === 1 ? translate(lang, "note.unit") : translate(lang, "note.units", { count: String(count) });
}

/** What is odd about the clock: past midnight, or the clocks changed meanwhile. */
export function clockWarnings(contact: Contact, zone: string): ("midnight" | "clocks")[] {
  const [start, end] = [local(contact.started_at, zone), local(contact.ended_at, zone)];
  const wall = Date.parse(`${end.day}T${end.clock}Z`) - Date.parse(`${start.day}T${start.clock}Z`);
  const passed = contact.ended_at - contact.started_at;
  const isPast = dayNumber(contact.ended_at - 1, zone) > contact.day;
  return [
    ...(isPast ? ["midnight" as const] : []),
    ...(Math.abs(wall - passed) >= MINUTE_MS ? ["clocks" as const] : []),
  ];
}

function isLimit({ unpaid }: Counted): boolean {
  return unpaid === "over_cap" || unpaid === "no_auth";
}

type Say = (key: string, args?: Readonly<Record<string, string | number>>) => string;

/** "This would be unit 17 of 16 today." The day's limit where that is what was met, else the period's. */
function limitLine(counted: Counted, rule: WholeRule, when: string, say: Say): string {
  if (rule.max_per_day > 0 && counted.day_units > rule.max_per_day)
    return say(`units.past_day.${when}`, { unit: String(counted.day_units), limit: rule.max_per_day });
  const args = { unit: String(counted.period_units), limit: rule.max_per_period };
  return rule.period === "rolling_months"
    ? say("units.past_months", { ...args, n: rule.rolling_months })
    : say(`units.past_period.${rule.period}`, args);
}

function paidLine({ paid, units }: Counted, say: Say): string {
  return paid > 0 ? say("units.part_paid", { paid: String(paid), units: String(units) }) : say("units.none_paid");
}
