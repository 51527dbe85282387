/** Two sheets that print: one to jot on where no phone may go, one that tells a gate what this phone holds. */

import { dayTyped, placeTyped } from "./draft_note";
import { notFound } from "./missing";
import type { Page } from "./page";
import { readPlace } from "./place";
import { aroundMany, hex, rosterOf, withCodes } from "./session_draft";
import { zoneOf } from "./surroundings";
import { line } from "./typed";

/** One page holds so many rows; empty ones are for people who were not expected. */
const ROWS = 12;
const MOST_ROWS = 16;

const jot: Page = async (request, context) => {
  const id = request.params["id"] ?? "";
  const draft = await context.memory.draft(id);
  if (!draft) return notFound(request, context);
  const around = await aroundMany(context);
  const content = withCodes(draft.content, around);
  const codes = rosterOf(content).map((person) => line(content, `code_${hex(person)}`));
  const place = readPlace(placeTyped(content), around.sites, around.organisation);
  const empty = Math.max(0, ROWS - codes.length);
  return {
    status: 200,
    template: "phone/jot_sheet.html",
    view: {
      id,
      now: context.now,
      day: dayTyped(content),
      place: around.sites.find((site) => site.id === place?.site)?.name ?? "",
      setting: place?.setting ?? "community",
      zone: around.organisation?.zone ?? "UTC",
      rows: [...codes.slice(0, MOST_ROWS), ...Array<string>(empty).fill("")].map((code) => ({ code })),
      left: Math.max(0, codes.length - MOST_ROWS),
      most: MOST_ROWS,
    },
  };
};

const gate: Page = async (_request, context) => {
  const { memory, now, onCall } = context;
  const [people, seen, organisation, status] = await Promise.all([
    memory.participants(),
    memory.lastSeen(),
    memory.organisation(),
    context.status(),
  ]);
  return {
    status: 200,
    template: "phone/gate_sheet.html",
    view: {
      now,
      zone: await zoneOf(memory),
      organisation: organisation?.name ?? "",
      bearer: context.person.name,
      people: people.length,
      notes: Object.values(seen).reduce((total, { notes }) => total + notes, 0),
      unsent: status.unsentNotes,
      lock: lockSpan(organisation?.lock_after_s ?? 120),
      on_call: onCall.map(({ name, number }) => ({ name, number })),
    },
  };
};

const lockSpan = (seconds: number) =>
  seconds % 60 === 0 ? { unit: "minutes", n: seconds / 60 } : { unit: "seconds", n: seconds };

export const routes: Readonly<Record<string, Page>> = {
  "GET /app/visits/{id}/sheet": jot,
  "GET /app/gate-sheet": gate,
};
