/**
 * Days and clock times as a person writes them, against instants (UTC ms) and IANA zones.
 *
 * A clock time that daylight saving skips is read as the instant the clocks jumped past; one that happens twice is
 * the first of the two, unless only the second lies after `after`.
 */

export interface Local {
  /** YYYY-MM-DD */
  readonly day: string;
  /** HH:MM */
  readonly clock: string;
}

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();
/** At the beginning of a day since 1970 (UTC), by zone. */
const offsets = new Map<string, Map<number, number>>();
const OFFSETS_LIMIT = 5000;

export function local(at: number, zone: string): Local {
  const shifted = new Date(at + offset(at, zone)).toISOString();
  return { day: shifted.slice(0, 10), clock: shifted.slice(11, 16) };
}

/** Days since 1970 of an instant where it was. */
export function dayNumber(at: number, zone: string): number {
  return Math.floor((at + offset(at, zone)) / DAY_MS);
}

export function instant(day: string, clock: string, zone: string, after = Number.NEGATIVE_INFINITY): number | null {
  const wanted = Date.parse(`${day}T${clock}:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d$/.test(clock) || Number.isNaN(wanted)) return null;
  const before = wanted - offset(wanted - DAY_MS, zone);
  const later = wanted - offset(wanted + DAY_MS, zone);
  const real = [before, later].filter((at) => at + offset(at, zone) === wanted).sort((a, b) => a - b);
  return real.find((at) => at > after) ?? real[0] ?? before;
}

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** Monday of the week that `day` lies in. */
export function weekStart(day: string): string {
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/** The browser takes its time to say. Clocks change once in a day at most: where it begins and ends alike, none did. */
function offset(at: number, zone: string): number {
  const day = Math.floor(at / DAY_MS);
  const begins = offsetOfDay(day, zone);
  return begins === offsetOfDay(day + 1, zone) ? begins : offsetNow(at, zone);
}

function offsetOfDay(day: number, zone: string): number {
  const known = offsets.get(zone) ?? new Map<number, number>();
  if (known.size >= OFFSETS_LIMIT) known.clear();
  offsets.set(zone, known);
  const found = known.get(day) ?? offsetNow(day * DAY_MS, zone);
  known.set(day, found);
  return found;
}

function offsetNow(at: number, zone: string): number {
  const part = new Map(
    format(zone)
      .formatToParts(at)
      .map((one) => [one.type, Number(one.value)]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0;
  const shown = Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second"));
  return shown - Math.floor(at / 1000) * 1000;
}

function format(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = make(zone);
  formats.set(zone, made);
  return made;
}

function make(zone: string): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  };
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone });
  } catch {
    // A zone this browser has never heard of must not stop a note: UTC is wrong by hours, but keeps what was typed.
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  }
}
