/** Choices of the note's form, in the reader's language and in the order they are touched. */

import { translate } from "../render";
import { FLAGS, SUPPORT } from "./draft_note";
import type { PageContext } from "./page";
import { CHIP_MODES, MODES, SETTINGS, type Site } from "./place";
import { addDays } from "./when";

export interface Choice {
  readonly value: string;
  readonly text: string;
}

type Lang = PageContext["lang"];

const SITE_CHIPS = 5;
const OTHER = "other";

export function words(lang: Lang, prefix: string, values: readonly string[]): Choice[] {
  return values.map((value) => ({ value, text: translate(lang, prefix + value) }));
}

export const supportChoices = (lang: Lang) => words(lang, "form.support.", SUPPORT);
export const flagChoices = (lang: Lang) => words(lang, "note.flag.", FLAGS);

/** Lengths of one touch, the one in use among them, and exact times. */
export function minuteChoices(lang: Lang, lengths: readonly number[], current: string): Choice[] {
  const typed = Number(current);
  const isExtra = typed > 0 && !lengths.includes(typed);
  const all = isExtra ? [...lengths, typed].sort((a, b) => a - b) : lengths;
  return [
    ...all.map((minutes) => ({ value: String(minutes), text: minutesText(lang, minutes) })),
    { value: "exact", text: translate(lang, "form.minutes.exact") },
  ];
}

function minutesText(lang: Lang, minutes: number): string {
  if (minutes % 60 === 0) return translate(lang, "age.hours", { n: minutes / 60 });
  return translate(lang, "age.minutes", { n: minutes });
}

/** The chips: the place in use first among equals, then sites, then ways from afar, then everything else. */
export function placeChoices(
  lang: Lang,
  sites: readonly Site[],
  current: string,
): { chips: Choice[]; others: Choice[] } {
  const open = sites.filter((site) => site.isOpen || `site:${site.id}` === current);
  const named = open.map((site) => ({ value: `site:${site.id}`, text: site.name }));
  const isCurrent = (choice: Choice) => choice.value === current;
  const shown = named.slice(0, SITE_CHIPS);
  const late = named.slice(SITE_CHIPS).find(isCurrent);
  if (late) shown[SITE_CHIPS - 1] = late;
  const modes = MODES.map((mode) => ({ value: `mode:${mode}`, text: translate(lang, `form.mode.${mode}`) }));
  const isChip = (choice: Choice) => CHIP_MODES.some((mode) => choice.value === `mode:${mode}`);
  return {
    chips: [...shown, ...modes.filter(isChip), { value: OTHER, text: translate(lang, "form.place_other") }],
    others: [
      ...SETTINGS.map((name) => ({ value: `setting:${name}`, text: translate(lang, `note.setting.${name}`) })),
      ...modes.filter((mode) => !isChip(mode)),
      ...named.filter((site) => !shown.includes(site)),
    ],
  };
}

/** Today, yesterday, another day; values are dates, so that a draft opened tomorrow still means the same day. */
export function dayChoices(lang: Lang, today: string): Choice[] {
  return [
    { value: today, text: translate(lang, "form.day.today") },
    { value: addDays(today, -1), text: translate(lang, "form.day.yesterday") },
    { value: OTHER, text: translate(lang, "form.day.other") },
  ];
}

export function nextDayChoices(lang: Lang, today: string): Choice[] {
  return [
    { value: addDays(today, 1), text: translate(lang, "form.next_on.tomorrow") },
    { value: addDays(today, 7), text: translate(lang, "form.next_on.week") },
    { value: addDays(today, 14), text: translate(lang, "form.next_on.two_weeks") },
    { value: OTHER, text: translate(lang, "form.next_on.other") },
  ];
}

/** A typed value against the chips: itself, or "other" with the value beside it. */
export function chipOf(choices: readonly Choice[], value: string): { chip: string; other: string } {
  if (value === "" || choices.some((choice) => choice.value === value && value !== OTHER))
    return { chip: value, other: "" };
  return { chip: OTHER, other: value };
}
