/** A goal as typed in its form, and the goal it becomes. Steps stand in rows; an empty row is no step. */

import { isDate, length } from "../forms";
import type { Goal, Step } from "../generated/schema";
import { DIMENSIONS, isOpen, OWNERS, STATUSES } from "./plan_view";
import { type Content, clean, line, one } from "./typed";

const STEPS_LIMIT = 20;
export const WORDS_LIMIT = 400;
const WHY_LIMIT = 1000;
const BLANK_ROWS = 2;

export interface GoalProblem {
  readonly field: string;
  readonly key: string;
  readonly limit: number;
}

interface Row {
  readonly at: number;
  readonly id: string;
  readonly text: string;
  readonly who: string;
  readonly due_on: string;
  readonly done_on: string;
}

/** The form of a goal that is there, or of a new one. */
export function contentOfGoal(goal: Goal | null): Content {
  const steps = (goal?.steps ?? []).flatMap((step, at): [string, string[]][] => [
    [`step_${at}_id`, [step.id]],
    [`step_${at}_text`, [step.text]],
    [`step_${at}_who`, [step.who ?? "person"]],
    [`step_${at}_due_on`, [step.due_on ?? ""]],
    [`step_${at}_done_on`, [step.done_on ?? ""]],
  ]);
  return {
    words: [goal?.words ?? ""],
    dimension: [goal?.dimension ?? ""],
    why: [goal?.why ?? ""],
    status: [goal?.status ?? "active"],
    ...Object.fromEntries(steps),
  };
}

/** Rows of steps as typed, without those left empty, and some blank ones to write in. */
export function rowsOf(content: Content): Row[] {
  const typed = [...Array(STEPS_LIMIT).keys()]
    .map((at) => rowAt(content, at))
    .filter((row) => row.text !== "" || row.id !== "");
  const blank = [...Array(Math.min(BLANK_ROWS, STEPS_LIMIT - typed.length)).keys()].map(() => rowAt({}, 0));
  return [...typed, ...blank].map((row, at) => ({ ...row, at }));
}

function rowAt(content: Content, at: number): Row {
  const field = (name: string): string => line(content, `step_${at}_${name}`);
  return {
    at,
    id: field("id"),
    text: field("text"),
    who: field("who") || "person",
    due_on: field("due_on"),
    done_on: field("done_on"),
  };
}

export function goalProblems(content: Content): GoalProblem[] {
  const words = line(content, "words");
  const problems: GoalProblem[] = [];
  if (words === "") problems.push({ field: "words", key: "form.error.goal", limit: 0 });
  if (length(words) > WORDS_LIMIT)
    problems.push({ field: "words", key: "form.error.too_long_short", limit: WORDS_LIMIT });
  if (length(one(content, "why").trim()) > WHY_LIMIT)
    problems.push({ field: "why", key: "form.error.too_long_short", limit: WHY_LIMIT });
  for (const { at, text, due_on } of rowsOf(content)) {
    if (length(text) > WORDS_LIMIT)
      problems.push({ field: `step_${at}_text`, key: "form.error.too_long_short", limit: WORDS_LIMIT });
    if (due_on !== "" && !isDate(due_on))
      problems.push({ field: `step_${at}_due_on`, key: "plan.error.date", limit: 0 });
  }
  return problems;
}

/** The goal that the form says, once nothing is wrong. `before`: as it stood, with the days it was opened and closed. */
export function goalFrom(id: string, content: Content, before: Goal | null, today: string, newId: () => string): Goal {
  const status = STATUSES.find((name) => name === one(content, "status")) ?? "active";
  const dimension = DIMENSIONS.find((name) => name === one(content, "dimension"));
  const why = clean(one(content, "why")).trim();
  const steps = rowsOf(content)
    .filter(({ text }) => text !== "")
    .map((row) => stepFrom(row, newId));
  const opened = before ? before.opened_on : today;
  const closed = isOpen({ id, words: "", status }) ? "" : before?.closed_on || today;
  return {
    id,
    words: line(content, "words"),
    ...(dimension ? { dimension } : {}),
    ...(why ? { why } : {}),
    ...(status === "active" ? {} : { status }),
    ...(opened ? { opened_on: opened } : {}),
    ...(closed ? { closed_on: closed } : {}),
    ...(steps.length > 0 ? { steps } : {}),
  };
}

function stepFrom({ id, text, who, due_on, done_on }: Row, newId: () => string): Step {
  const owner = OWNERS.find((name) => name === who) ?? "person";
  return {
    id: id || newId(),
    text,
    ...(owner === "person" ? {} : { who: owner }),
    ...(due_on ? { due_on } : {}),
    ...(isDate(done_on) ? { done_on } : {}),
  };
}
