/**
 * Times and numbers in words: the twin of server/templating/filters.py, where the meaning of each is told.
 * tests/vectors/filters.json holds what both must say.
 */

import { grouped, said } from "./text";
import { esc, escaped, joined, list, Markup, own, whole } from "./values";

const UNKNOWN = "–";
const LIMIT_MS = 253_402_128_000_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NEAR: Readonly<Record<string, string>> = { "0": "date.today", "1": "date.yesterday", "-1": "date.tomorrow" };

/** A wall clock's reading. `days`: civil days since 1970; `weekday`: 1 is Monday. */
interface Reading {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly days: number;
  readonly weekday: number;
}

export function day(at: unknown, zone: unknown): string {
  const local = instant(at, zone);
  if (typeof local === "string") return local;
  return said("date.day", { weekday: weekday(local), month: month(local, "month"), day: String(local.day) });
}

export function date(at: unknown, zone: unknown = "UTC"): string {
  const local = civil(at, zone);
  return typeof local === "string" ? local : full(local);
}

export function clock(at: unknown, zone: unknown): string {
  const local = instant(at, zone);
  if (typeof local === "string") return local;
  const args = { hour: String(local.hour % 12 || 12), minute: String(local.minute).padStart(2, "0") };
  return said(local.hour >= 12 ? "clock.pm" : "clock.am", args);
}

export function when(at: unknown, now: unknown, zone: unknown): string {
  const local = civil(at, zone);
  const today = civil(now, zone);
  if (typeof local === "string") return local;
  if (typeof today === "string") return UNKNOWN;
  const days = today.days - local.days;
  const near = NEAR[String(days)];
  if (near !== undefined) return said(near);
  if (days > 1 && days < 7) return weekday(local);
  if (local.year === today.year)
    return said("date.short", { month: month(local, "month_short"), day: String(local.day) });
  return full(local);
}

export function age(at: unknown, now: unknown): string {
  if (at === null) return "";
  const minutes = Math.floor(Math.max(0, whole(now) - whole(at)) / MINUTE_MS);
  if (minutes < 1) return said("age.under_a_minute");
  if (minutes < 60) return said("age.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? said("age.hours", { n: hours }) : said("age.days", { n: Math.floor(hours / 24) });
}

export function ago(at: unknown, now: unknown): string {
  if (at === null) return "";
  return whole(now) - whole(at) < MINUTE_MS ? said("age.just_now") : said("age.ago", { age: age(at, now) });
}

export function duration(minutes: unknown): string {
  if (minutes === null) return "";
  const hours = Math.floor(whole(minutes) / 60);
  const rest = whole(minutes) - hours * 60;
  if (hours === 0) return said("age.minutes", { n: rest });
  if (rest === 0) return said("age.hours", { n: hours });
  return `${said("age.hours", { n: hours })} ${said("age.minutes", { n: rest })}`;
}

export function size(count: unknown): string {
  if (count === null) return "";
  const bytes = whole(count);
  if (bytes < 1_000_000) return said("size.kilobytes", { n: Math.ceil(bytes / 1000) });
  return said("size.megabytes", { n: Math.ceil(bytes / 1_000_000) });
}

export function number(value: unknown): string {
  return grouped(whole(value));
}

export function length(value: unknown): number {
  if (typeof value === "string") return [...value].length;
  return list(value).length;
}

export function join(parts: unknown, between: unknown): string | Markup {
  return joined(list(parts), between);
}

export { markup as escape };

function markup(value: unknown): Markup {
  return value instanceof Markup ? value : new Markup(typeof value === "string" ? escaped(value) : esc(value));
}

function full(local: Reading): string {
  return said("date.full", { month: month(local, "month_short"), day: String(local.day), year: String(local.year) });
}

function weekday(local: Reading): string {
  return said(`date.weekday.${local.weekday}`);
}

function month(local: Reading, form: string): string {
  return said(`date.${form}.${local.month}`);
}

/** The wall clock at an instant, or the text to show instead. */
function instant(at: unknown, zone: unknown): Reading | string {
  if (at === null) return "";
  const ms = whole(at);
  if (ms < 0 || ms >= LIMIT_MS) return UNKNOWN;
  const parts: Record<string, number> = {};
  for (const part of formatter(String(zone)).formatToParts(ms)) parts[part.type] = Number(part.value);
  const of = (name: string) => own(parts[name], name) as number;
  return reading(of("year"), of("month"), of("day"), of("hour"), of("minute"));
}

/** A civil date, of an instant or of `2026-11-21`, or the text to show instead; other text stays as typed. */
function civil(at: unknown, zone: unknown): Reading | string {
  if (typeof at !== "string") return instant(at, zone);
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(at);
  if (found === null) return at;
  const local = reading(Number(found[1]), Number(found[2]), Number(found[3]), 0, 0);
  const back = new Date(local.days * DAY_MS);
  return back.getUTCMonth() + 1 === local.month && back.getUTCDate() === local.day && local.year > 0 ? local : at;
}

function reading(year: number, month: number, day: number, hour: number, minute: number): Reading {
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  const days = midnight.getTime() / DAY_MS;
  return { year, month, day, hour, minute, days, weekday: midnight.getUTCDay() || 7 };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let made = formatters.get(zone);
  if (made === undefined) {
    made = wallClock(zone);
    formatters.set(zone, made);
  }
  return made;
}

function wallClock(zone: string): Intl.DateTimeFormat {
  const options = {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  }
}
