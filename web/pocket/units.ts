/**
 * Minutes to units, and which of them are paid, by the organisation's rules: docs/rules.md. Twin of sync/units.py
 * (tests/vectors/units.json). Units are counted in hundredths within, because `exact` has two decimals.
 */

import { type Billing, type OrganisationFields, RULES, UNIT_RULE, type UnitRule } from "./generated/schema";

export type { Billing, UnitRule };
export type WholeRule = Required<UnitRule>;
export type WholeBilling = Required<Billing>;
export type Why =
  | "" | "place" | "kind" | "mode" | "over_cap" | "no_goal" | "no_auth" | "under_min_minutes" | "volunteer"
  | "outreach" | "transport_only" | "duplicate" | "group_over_cap"; // biome-ignore format: a list

/** What counting has to know of a note. `day`: days since 1970 where it was; `is_site_paid`: null away from every site. */
export interface Contact {
  readonly doc: string;
  readonly person: string;
  readonly specialist: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly day: number;
  readonly kind: string;
  readonly setting: string;
  readonly mode: string;
  readonly is_site_paid: boolean | null;
  readonly has_goal: boolean;
  readonly group_size: number;
  readonly is_volunteer: boolean;
  readonly is_transport_only: boolean;
}

/** A contact by the rules; the fields are told in sync/units.py. */
export interface Counted {
  readonly minutes: number;
  readonly units: number;
  readonly paid: number;
  readonly unpaid: Why;
  readonly earlier: number;
  readonly day_minutes: number;
  readonly day_units: number;
  readonly period_units: number;
}

export interface Overlap {
  readonly doc: string;
  readonly whose: "specialist" | "person";
}

interface Day {
  contacts: number;
  minutes: number;
  made: number;
  paid: number;
  readonly short: string[];
}

type PaidOn = { readonly day: number; readonly paid: number }[];

/** Kinds of contact in which one specialist is with several people in the same minutes. */
const WITH_MANY = ["group", "drop_in"];
const WHOLE = 100;
const DAY_MS = 86_400_000;

/** The rules of an organisation with every field, as the Structs default them. */
export function rulesOf(organisation: Pick<OrganisationFields, "units" | "rules"> | null): {
  readonly rule: WholeRule;
  readonly billing: WholeBilling;
} {
  return {
    rule: { ...UNIT_RULE, ...organisation?.units },
    billing: { ...RULES.billing, ...organisation?.rules?.billing },
  };
}

/** Whole minutes of a contact; begun minutes do not count. */
export function minutes(startedAt: number, endedAt: number): number {
  return Math.floor((endedAt - startedAt) / 60_000);
}

/** Units of one length. Whole for every rounding but `exact`, which gives two decimals, half up. */
export function units(lengthMin: number, rule: UnitRule): number {
  return hundredths(lengthMin, { ...UNIT_RULE, ...rule }) / WHOLE;
}

/** Every contact of one person, by doc. Earlier contacts come first to whatever limit there is. */
export function count(contacts: readonly Contact[], rule: WholeRule, billing: WholeBilling): Map<string, Counted> {
  const days = new Map<number, Day>();
  const paidOn: PaidOn = [];
  const seen = new Set<string>();
  const found = new Map<string, Counted>();
  for (const one of [...contacts].sort(byStart)) {
    const identity = `${one.specialist} ${one.started_at} ${one.ended_at}`;
    const why = neverPaid(one, billing) || (seen.has(identity) ? "duplicate" : "");
    seen.add(identity);
    const day = days.get(one.day) ?? { contacts: 0, minutes: 0, made: 0, paid: 0, short: [] };
    if (!why) days.set(one.day, day);
    found.set(one.doc, why ? uncounted(one, rule, why) : counted(one, rule, day, paidOn));
    if (!why && rule.aggregate === "per_person_day" && found.get(one.doc)?.units) settle(day.short, found);
  }
  return found;
}

/** What was too short is so no more once a later contact has made a unit with it. */
function settle(short: readonly string[], found: Map<string, Counted>): void {
  for (const doc of short) {
    const before = found.get(doc);
    if (before) found.set(doc, { ...before, unpaid: "" });
  }
}

/** From which day on contacts matter to one of `day`; null: all there ever were. */
export function firstDay(day: number, rule: WholeRule): number | null {
  if (!rule.max_per_period || rule.period === "none") return day;
  return rule.period === "rolling_months" ? null : Math.min(day, periodStart(day, rule));
}

/** Contacts in the same minutes, oldest first. Several people in one group are none. */
export function overlaps(one: Contact, others: readonly Contact[]): Overlap[] {
  return others
    .filter((other) => other.doc !== one.doc && isOverlapping(one, other))
    .filter((other) => other.specialist === one.specialist || other.person === one.person)
    .sort(byStart)
    .map((other) => ({ doc: other.doc, whose: other.specialist === one.specialist ? "specialist" : "person" }));
}

function uncounted(one: Contact, rule: WholeRule, unpaid: Why): Counted {
  const length = minutes(one.started_at, one.ended_at);
  const nothing = { earlier: 0, day_minutes: 0, day_units: 0, period_units: 0 };
  return { minutes: length, units: units(length, rule), paid: 0, unpaid, ...nothing };
}

function counted(one: Contact, rule: WholeRule, day: Day, paidOn: PaidOn): Counted {
  const length = minutes(one.started_at, one.ended_at);
  const isAlone = rule.aggregate === "per_contact";
  const earlier = day.contacts;
  day.contacts += 1;
  day.minutes += length;
  const made = isAlone ? aboveLeast(length, rule) : aboveLeast(day.minutes, rule) - day.made;
  day.made += made;
  const own: Why = day.made === 0 || (made === 0 && isAlone) ? "under_min_minutes" : "";
  if (own) day.short.push(one.doc);
  const inDay = rule.max_per_day ? Math.min(made, Math.max(0, rule.max_per_day * WHOLE - day.paid)) : made;
  const used = paidBefore(one.day, rule, paidOn);
  const hasLimit = rule.period !== "none" && rule.max_per_period > 0;
  const paid = hasLimit ? Math.min(inDay, Math.max(0, rule.max_per_period * WHOLE - used)) : inDay;
  day.paid += paid;
  paidOn.push({ day: one.day, paid });
  return {
    minutes: length,
    units: made / WHOLE,
    paid: paid / WHOLE,
    unpaid: paid < inDay ? rule.past_period : inDay < made ? rule.past_day : own,
    earlier,
    day_minutes: day.minutes,
    day_units: day.made / WHOLE,
    period_units: rule.period === "none" ? 0 : (used + made) / WHOLE,
  };
}

function paidBefore(day: number, rule: WholeRule, paidOn: PaidOn): number {
  if (rule.period === "none") return 0;
  const start = periodStart(day, rule);
  return paidOn.reduce((sum, one) => (start <= one.day && one.day <= day ? sum + one.paid : sum), 0);
}

/** Why this contact is not paid whatever its minutes; the first reason that holds. */
function neverPaid(one: Contact, billing: WholeBilling): Why {
  if (has(billing.unpaid_kinds, one.kind)) return one.kind === "outreach" ? "outreach" : "kind";
  if (one.is_site_paid === false || (one.is_site_paid === null && has(billing.unpaid_settings, one.setting)))
    return "place";
  if (has(billing.unpaid_modes, one.mode)) return "mode";
  if (one.is_volunteer && !billing.is_volunteer_paid) return "volunteer";
  if (one.is_transport_only && !billing.is_transport_paid) return "transport_only";
  if (billing.group_max && one.group_size > billing.group_max) return "group_over_cap";
  return billing.is_goal_needed && !one.has_goal ? "no_goal" : "";
}

function has(list: readonly string[], word: string): boolean {
  return list.includes(word);
}

function aboveLeast(lengthMin: number, rule: WholeRule): number {
  return lengthMin >= rule.min_minutes ? hundredths(lengthMin, rule) : 0;
}

function hundredths(lengthMin: number, rule: WholeRule): number {
  const unit = rule.unit_minutes;
  switch (rule.rounding) {
    case "midpoint8":
      return Math.floor((lengthMin + Math.floor(unit / 2)) / unit) * WHOLE;
    case "floor":
      return Math.floor(lengthMin / unit) * WHOLE;
    case "ceil":
      return Math.ceil(lengthMin / unit) * WHOLE;
    default:
      return Math.floor((lengthMin * 2 * WHOLE + unit) / (2 * unit));
  }
}

/** First day of the period that `day` lies in; of a rolling one the day after the same date, so many months ago. */
function periodStart(day: number, rule: WholeRule): number {
  const on = new Date(day * DAY_MS);
  const year = on.getUTCFullYear();
  const month = on.getUTCMonth();
  if (rule.period === "calendar_year") return Date.UTC(year, 0, 1) / DAY_MS;
  if (rule.period === "fiscal_year")
    return Date.UTC(month + 1 < rule.fiscal_month ? year - 1 : year, rule.fiscal_month - 1, 1) / DAY_MS;
  const last = new Date(Date.UTC(year, month - rule.rolling_months + 1, 0)).getUTCDate();
  return Date.UTC(year, month - rule.rolling_months, Math.min(on.getUTCDate(), last) + 1) / DAY_MS;
}

function isOverlapping(one: Contact, other: Contact): boolean {
  if (one.started_at >= other.ended_at || other.started_at >= one.ended_at) return false;
  return !(one.kind === other.kind && WITH_MANY.includes(one.kind) && one.person !== other.person);
}

/** By start, then by doc, in the same order as Python's. */
function byStart(a: Contact, b: Contact): number {
  return a.started_at - b.started_at || (a.doc < b.doc ? -1 : a.doc > b.doc ? 1 : 0);
}
