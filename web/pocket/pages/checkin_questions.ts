/** What a check-in asks: our own five questions from 0 to 10, or the items of an instrument that was installed. */

import type { CheckinFields, InstrumentFields } from "../generated/schema";
import { score, span } from "../instruments";
import { translate } from "../render";
import type { Memory, PageContext, Seen } from "./page";

type Lang = PageContext["lang"];

/** Ours. `isRare`: asked only where somebody opens it. Of cravings less is better; of the others more. */
const OWN = [
  { key: "mood", isRare: false, isMoreBetter: true },
  { key: "connection", isRare: false, isMoreBetter: true },
  { key: "housing", isRare: false, isMoreBetter: true },
  { key: "hope", isRare: false, isMoreBetter: true },
  { key: "cravings", isRare: true, isMoreBetter: false },
] as const;
const OWN_MOST = 10;

export interface Question {
  readonly key: string;
  readonly text: string;
  readonly low: string;
  readonly high: string;
  readonly is_rare: boolean;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}

/** A thing that is followed over time: one of our questions, or the score of an instrument. */
export interface Measure {
  readonly key: string;
  readonly title: string;
  readonly least: number;
  readonly most: number;
  readonly isMoreBetter: boolean;
  /** Its value in one check-in; null where it was skipped or says nothing. */
  value(fields: CheckinFields): number | null;
}

export async function instrumentOf(id: string, memory: Memory): Promise<Seen<InstrumentFields> | null> {
  return id ? memory.one<InstrumentFields>(id, "instrument") : null;
}

export function questions(instrument: InstrumentFields | null, lang: Lang): Question[] {
  if (!instrument) return OWN.map(({ key, isRare }) => ownQuestion(key, isRare, lang));
  const { items, scale } = instrument;
  const options = numbers(scale.least, scale.most, lang);
  const [low, high] = [scale.low, scale.high].map((one) => said(one, lang)) as [string, string];
  return items.map(({ key, text }) => ({ key, text: said(text, lang), low, high, is_rare: false, options }));
}

export function measures(instrument: Seen<InstrumentFields> | null, lang: Lang): Measure[] {
  if (!instrument) return OWN.map(({ key, isMoreBetter }) => ownMeasure(key, isMoreBetter, lang));
  const { doc, fields } = instrument;
  const [least, most] = span(fields);
  const value = (checkin: CheckinFields) => score(fields, checkin.answers ?? {});
  return [{ key: doc, title: fields.name, least, most, isMoreBetter: fields.scoring.higher_is === "better", value }];
}

export function said({ en, es }: { readonly en: string; readonly es?: string }, lang: Lang): string {
  return (lang === "es" && es) || en;
}

function ownQuestion(key: string, is_rare: boolean, lang: Lang): Question {
  const words = (part: string) => translate(lang, `links.own.${key}${part}`);
  return {
    key,
    text: words(""),
    low: words(".low"),
    high: words(".high"),
    is_rare,
    options: numbers(0, OWN_MOST, lang),
  };
}

function ownMeasure(key: string, isMoreBetter: boolean, lang: Lang): Measure {
  const value = ({ answers }: CheckinFields) => answers?.[key] ?? null;
  return { key, title: translate(lang, `links.own.${key}.short`), least: 0, most: OWN_MOST, isMoreBetter, value };
}

/** And a way to say nothing. */
function numbers(least: number, most: number, lang: Lang): { value: string; text: string }[] {
  const all = Array.from({ length: most - least + 1 }, (_, at) => `${least + at}`);
  return [...all.map((value) => ({ value, text: value })), { value: "", text: translate(lang, "links.skip") }];
}
