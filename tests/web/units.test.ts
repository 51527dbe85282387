import { describe, expect, test } from "vitest";
import { RULES, UNIT_RULE } from "../../web/pocket/generated/schema";
import { dayNumber } from "../../web/pocket/pages/when";
import { type Contact, count, firstDay, minutes, overlaps, type UnitRule, units } from "../../web/pocket/units";
import vectors from "../vectors/units.json";

type Told = readonly (string | Readonly<Record<string, unknown>>)[];

function contact(told: Told, zone = "America/New_York"): Contact {
  const [doc, start, end, more] = told as [string, string, string, Partial<Contact>];
  const at = Date.parse(start);
  return {
    doc,
    person: "p",
    specialist: "s",
    started_at: at,
    ended_at: Date.parse(end),
    day: dayNumber(at, zone),
    kind: "one_on_one",
    setting: "community",
    mode: "in_person",
    is_site_paid: null,
    has_goal: false,
    group_size: 0,
    is_volunteer: false,
    is_transport_only: false,
    ...more,
  };
}

const civil = (day: string) => Date.parse(`${day}T00:00:00Z`) / 86_400_000;

test("minutes and units agree with the office", () => {
  for (const one of vectors.minutes) expect(minutes(one.started_at, one.ended_at)).toBe(one.minutes);
  for (const one of vectors.cases) expect(units(one.minutes, one as UnitRule)).toBe(one.units);
});

describe("a person's days and periods", () => {
  test.each(vectors.days)("$about", (one) => {
    const contacts = one.contacts.map((told) => contact(told as Told, one.zone));
    const rule = { ...UNIT_RULE, ...one.units } as Parameters<typeof count>[1];
    const billing = { ...RULES.billing, ...one.billing } as Parameters<typeof count>[2];
    const found = [...count(contacts, rule, billing)].map(
      ([doc, it]) => [doc, [it.units, it.paid, it.unpaid, it.day_units, it.period_units]] as const,
    );
    expect(Object.fromEntries(found)).toEqual(one.expected);
    const days: Readonly<Record<string, string>> = "days" in one ? (one.days as Record<string, string>) : {};
    for (const it of contacts) if (days[it.doc]) expect(it.day).toBe(civil(days[it.doc] ?? ""));
  });
});

test.each(vectors.overlaps)("overlaps: $about", (one) => {
  const found = overlaps(
    contact(one.one as Told),
    one.others.map((told) => contact(told as Told)),
  );
  expect(found.map(({ doc, whose }) => [doc, whose])).toEqual(one.expected);
});

test.each(vectors.first_days)("how far back $units looks on $day", (one) => {
  const rule = { ...UNIT_RULE, ...one.units } as Parameters<typeof firstDay>[1];
  expect(firstDay(civil(one.day), rule)).toBe(one.first === null ? null : civil(one.first));
});
