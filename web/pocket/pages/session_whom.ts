/** Who of a roster or a drop-in log was closed, joined with another record, or left this phone, said before signing. */

import { translate } from "../render";
import type { PageContext } from "./page";

export interface Warning {
  readonly title: string;
  readonly text: string;
}

/** `goesOn`: name of the record that goes on for them, "" for none. */
export interface Named {
  readonly name: string;
  readonly isHere: boolean;
  readonly isClosed: boolean;
  readonly goesOn: string;
}

export function peopleWarnings(people: readonly Named[], lang: PageContext["lang"]): Warning[] {
  const say = (key: string, args: Readonly<Record<string, string | number>>): Warning => ({
    title: translate(lang, `many.warning.${key}`, args),
    text: translate(lang, `many.warning.${key}_text`, args),
  });
  const closed = people.filter(({ isClosed, goesOn }) => isClosed && goesOn === "");
  const joined = new Map(people.flatMap(({ name, goesOn }) => (goesOn ? [[name, goesOn] as const] : [])));
  const gone = people.filter(({ isHere }) => !isHere);
  return [
    ...(closed.length > 0 ? [say("closed", { names: closed.map(({ name }) => name).join(", ") })] : []),
    ...[...joined].map(([name, other]) => say("joined", { name, other })),
    ...(gone.length > 0 ? [say("gone", { n: gone.length })] : []),
  ];
}
