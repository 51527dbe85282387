/** A plan as it is read, living or signed. Twin of server/templating/plan_view.py; templates/shared/plan.html draws it. */

import type { Goal, ParticipantFields, PlanFields } from "../generated/schema";

export type Living = Pick<ParticipantFields, "vision" | "strengths" | "supports" | "review_on" | "goals">;

export const DIMENSIONS = [
  "emotional", "environmental", "financial", "intellectual", "occupational", "physical", "social", "spiritual",
] as const; // biome-ignore format: a list
export const STATUSES = ["active", "paused", "met", "changed", "dropped"] as const;
export const OWNERS = ["person", "peer", "both", "other"] as const;

export function planView(plan: Living): Record<string, unknown> {
  return {
    vision: plan.vision ?? "",
    strengths: plan.strengths ?? "",
    supports: plan.supports ?? "",
    review_on: plan.review_on ?? "",
    goals: (plan.goals ?? []).map(goalView),
  };
}

function goalView(goal: Goal): Record<string, unknown> {
  return {
    id: goal.id,
    words: goal.words,
    dimension: goal.dimension ?? "",
    why: goal.why ?? "",
    status: goal.status ?? "active",
    closed_on: goal.closed_on ?? "",
    steps: (goal.steps ?? []).map((step) => ({
      id: step.id,
      text: step.text,
      who: step.who ?? "person",
      due_on: step.due_on ?? "",
      done_on: step.done_on ?? "",
    })),
  };
}

export const isOpen = ({ status = "active" }: Goal): boolean => status === "active" || status === "paused";

export function isEmpty(plan: Living): boolean {
  return !plan.vision && !plan.strengths && !plan.supports && (plan.goals ?? []).length === 0;
}

/** What a signature agreed to has changed since; that a step is done is no change. */
export function hasChanged(plan: Living, signed: PlanFields): boolean {
  return agreed(plan) !== agreed(signed);
}

function agreed(plan: Living): string {
  const goals = (plan.goals ?? []).map(({ id, words, dimension, why, status, steps }) => [
    id, words, dimension ?? "", why ?? "", status ?? "active",
    (steps ?? []).map((step) => [step.id, step.text, step.who ?? "person", step.due_on ?? ""]),
  ]); // biome-ignore format: a row a goal
  return JSON.stringify([plan.vision ?? "", plan.strengths ?? "", plan.supports ?? "", plan.review_on ?? "", goals]);
}

/** The living plan as a signed version keeps it. */
export function frozen({ vision, strengths, supports, review_on, goals }: Living): Living {
  return {
    ...(vision ? { vision } : {}),
    ...(strengths ? { strengths } : {}),
    ...(supports ? { supports } : {}),
    ...(review_on ? { review_on } : {}),
    ...(goals && goals.length > 0 ? { goals } : {}),
  };
}
