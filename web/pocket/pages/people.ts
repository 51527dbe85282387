/** Everyone this phone may hold, and a search that leaves no word in an address. */

import type { Page } from "./page";
import { byName, type PersonView, peopleOf } from "./people_view";
import { zoneOf } from "./surroundings";
import { contentOf, line } from "./typed";

const people: Page = async (_request, context) => list("", context);

const search: Page = async (request, context) => list(line(contentOf(request.form), "q"), context);

const list = async (words: string, context: Parameters<Page>[1]) => {
  const everyone = await peopleOf(context.memory);
  const found = everyone.filter((person) => matches(person, words)).sort(byName);
  return {
    status: 200 as const,
    template: "phone/people.html",
    view: {
      q: words,
      people: found.filter((person) => !person.is_closed),
      closed: found.filter((person) => person.is_closed),
      count: everyone.length,
      now: context.now,
      zone: await zoneOf(context.memory),
    },
  };
};

/** Every word typed stands somewhere in name or code, whatever its case or accents. */
function matches(person: PersonView, words: string): boolean {
  const text = fold(`${person.name} ${person.code}`);
  return fold(words)
    .split(" ")
    .every((word) => text.includes(word));
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export const routes = { "GET /app/people": people, "POST /app/people": search };
