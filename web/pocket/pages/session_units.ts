/** What each note of a session will count, with the person's other contacts, before it is signed. */

import { firstDay, rulesOf } from "../units";
import { contactOf, countOne, known, othersOf } from "./counting";
import type { PageContext } from "./page";
import type { SessionReading } from "./session_read";
import { unitLines, unitWords } from "./units_words";
import { dayNumber } from "./when";

/** By person: "4 units", and the first thing to say about them. */
export async function sessionUnits(
  { session, roster }: SessionReading,
  context: PageContext,
): Promise<ReadonlyMap<string, { units: string; why: string }>> {
  const { memory, person, lang, now } = context;
  const [organisation, around] = await Promise.all([memory.organisation(), known(memory)]);
  const { rule, billing } = rulesOf(organisation);
  const size = roster.length + (session?.headcount ?? 0);
  const told = await Promise.all(
    roster.map(async ({ id, note: doc, fields }) => {
      if (!fields) return null;
      const sizes = new Map([...around.sizes, [fields.session ?? "", size]]);
      const note = { doc, author: person.id, fields };
      const contact = contactOf(note, { ...around, sizes });
      const others = await othersOf(memory, note, around, firstDay(contact.day, rule));
      const counted = countOne(contact, others, rule, billing);
      const [why] = unitLines(contact, counted, rule, dayNumber(now, fields.zone), lang);
      return [id, { units: unitWords(counted.units, lang), why: why ?? "" }] as const;
    }),
  );
  return new Map(told.filter((one) => one !== null));
}
