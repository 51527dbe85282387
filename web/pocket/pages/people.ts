/** Everyone this phone may hold, and a search that leaves no word in an address. */

import { matches } from "./find";
import type { Page } from "./page";
import { byName, peopleOf } from "./people_view";
import { zoneOf } from "./surroundings";
import { contentOf, line } from "./typed";

const people: Page = async (_request, context) => list("", context);

const search: Page = async (request, context) => list(line(contentOf(request.form), "q"), context);

const list = async (words: string, context: Parameters<Page>[1]) => {
  const everyone = await peopleOf(context.memory);
  const found = everyone.filter((person) => matches(`${person.name} ${person.code}`, words)).sort(byName);
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

export const routes = { "GET /app/people": people, "POST /app/people": search };
