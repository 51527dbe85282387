/**
 * Writing something down without unlocking: one line, how long, where. It is sealed at once, and this page can read
 * nothing that is on the phone. A phone that was taken out of use does not offer it.
 */

import { length } from "../forms";
import { newId } from "../ids";
import { NotSaved, type PageAnswer } from "../pages/page";
import { clean, isId } from "../pages/typed";
import { jotDown, jottingState, MOST_JOTTINGS } from "../storage/jottings";
import type { GatePage } from "./gate";

const LINE_LIMIT_CHARS = 1000;
const PLACE_LIMIT_CHARS = 100;
const MOST_MINUTES = 16 * 60;

interface Typed {
  readonly id: string;
  readonly line: string;
  readonly minutes: string;
  readonly place: string;
}

const ask: GatePage = async (_, context) => {
  if (await context.isOpen()) return { redirect: "/app/capture" };
  if (!(await jottingState(context.database)).isOffered) return { redirect: "/app/unlock" };
  return formPage({ id: newId(context.now), line: "", minutes: "", place: "" }, 200, "");
};

const keep: GatePage = async (request, context) => {
  const told = (name: string) => clean(request.form.get(name) ?? "");
  const typed = { id: told("id"), line: told("line"), minutes: told("minutes"), place: told("place") };
  if (!isId(typed.id)) return formPage({ ...typed, id: newId(context.now) }, 422, "incomplete");
  const problem = problemOf(typed);
  if (problem) return formPage(typed, 422, problem);
  try {
    if (!(await jottingState(context.database)).isOffered) return formPage(typed, 409, "ended");
    const { id, line, place } = typed;
    const jotting = { id, at: context.now, line: line.trim(), minutes: Number(typed.minutes), place: place.trim() };
    const waiting = await jotDown(context.database, jotting);
    if (waiting === "many") return formPage(typed, 409, "many");
    return { status: 200, template: "phone/jot_saved.html", view: { waiting } };
  } catch (error) {
    if (!(error instanceof NotSaved)) throw error;
    return formPage(typed, 507, error.why);
  }
};

/** Name of what is wrong, or "". */
function problemOf({ line, minutes, place }: Typed): string {
  if (line.trim() === "") return "empty";
  if (length(line) > LINE_LIMIT_CHARS || length(place) > PLACE_LIMIT_CHARS) return "long";
  return /^\d{0,4}$/.test(minutes) && Number(minutes) <= MOST_MINUTES ? "" : "minutes";
}

function formPage(typed: Typed, status: 200 | 409 | 422 | 507, problem: string): PageAnswer {
  return {
    status,
    template: "phone/jot.html",
    view: {
      ...typed,
      problem,
      is_kept_here: status === 409 || status === 507,
      limit: LINE_LIMIT_CHARS,
      most: MOST_JOTTINGS,
    },
  };
}

export const jot: Record<string, GatePage> = { "GET /app/jot": ask, "POST /app/jot": keep };
