/** A consent while it is asked, one question a page: which fields belong to which question, and what is still wrong. */

import { isDate, length } from "../forms";
import type { ConsentFields } from "../generated/schema";
import { translate } from "../render";
import type { PageContext } from "./page";
import { type Content, line, many, one } from "./typed";

const WORDING = "plain-1";
export const STEPS = ["named", "discloser", "recipient", "information", "purpose", "ends"] as const;
export const SHARED = ["attends", "goals", "plan", "progress", "reach"] as const;
export const PURPOSES = ["request", "care", "referral", "other"] as const;
export const ENDS = ["date", "event", "never"] as const;

export type Step = (typeof STEPS)[number];

/** Fields of each question: a field that a page did not send was emptied there. */
export const FIELDS: Readonly<Record<Step, readonly string[]>> = {
  named: ["named"],
  discloser: ["discloser"],
  recipient: ["recipient", "is_for_care"],
  information: ["shared", "information"],
  purpose: ["purpose", "purpose_words"],
  ends: ["ends", "expires_on", "expires_event"],
};

const NAME_LIMIT = 120;
const SAID_LIMIT = 400;

export interface Wrong {
  readonly field: string;
  readonly key: string;
  readonly limit: number;
}

export type Said = Omit<ConsentFields, "signed" | "signed_on">;

export function stepOf(text: string): Step {
  return STEPS.find((step) => step === text) ?? "named";
}

/** What keeps one question from being answered. */
export function wrongIn(step: Step, content: Content, today: string): Wrong[] {
  if (step === "named") return said(content, "named", NAME_LIMIT);
  if (step === "discloser" || step === "recipient") return said(content, step, SAID_LIMIT);
  if (step === "information") return informationWrong(content);
  return step === "purpose" ? purposeWrong(content) : endsWrong(content, today);
}

function said(content: Content, field: string, limit: number): Wrong[] {
  const text = line(content, field);
  if (text === "") return [{ field, key: `consent.error.${field}`, limit }];
  return length(text) > limit ? [{ field, key: "form.error.too_long_short", limit }] : [];
}

function informationWrong(content: Content): Wrong[] {
  const text = informationOf(content, "en");
  if (text === "") return [{ field: "shared", key: "consent.error.information", limit: 0 }];
  const isLong = Math.max(length(text), length(informationOf(content, "es"))) > SAID_LIMIT;
  return isLong ? [{ field: "information", key: "form.error.too_long_short", limit: SAID_LIMIT }] : [];
}

function purposeWrong(content: Content): Wrong[] {
  const words = line(content, "purpose_words");
  if (!PURPOSES.some((name) => name === one(content, "purpose")))
    return [{ field: "purpose", key: "consent.error.purpose", limit: 0 }];
  if (one(content, "purpose") === "other" && words === "")
    return [{ field: "purpose_words", key: "consent.error.purpose_words", limit: 0 }];
  return length(words) > SAID_LIMIT
    ? [{ field: "purpose_words", key: "form.error.too_long_short", limit: SAID_LIMIT }]
    : [];
}

function endsWrong(content: Content, today: string): Wrong[] {
  const ends = one(content, "ends");
  const day = line(content, "expires_on");
  if (ends === "date")
    return isDate(day) && day >= today ? [] : [{ field: "expires_on", key: "consent.error.expires_on", limit: 0 }];
  if (ends === "event") return said(content, "expires_event", SAID_LIMIT);
  const isAllowed = ends === "never" && one(content, "is_for_care") === "yes";
  return isAllowed ? [] : [{ field: "ends", key: ends ? "consent.error.never" : "consent.error.ends", limit: 0 }];
}

/** Chosen parts and own words as one text, in the language that is read. */
function informationOf(content: Content, lang: PageContext["lang"]): string {
  const chosen = SHARED.filter((name) => many(content, "shared").includes(name));
  const parts = chosen.map((name) => translate(lang, `consent.shared.${name}`));
  return [...parts, line(content, "information")].filter((part) => part !== "").join("; ");
}

/** Everything but the signature, once no question is wrong. */
export function saidOf(content: Content, participant: string, lang: PageContext["lang"]): Said {
  const [purpose, ends] = [one(content, "purpose"), one(content, "ends")];
  const words = line(content, "purpose_words");
  return {
    participant,
    named: line(content, "named"),
    discloser: line(content, "discloser"),
    recipient: line(content, "recipient"),
    information: informationOf(content, lang),
    purpose: purpose as ConsentFields["purpose"],
    ends: ends as ConsentFields["ends"],
    wording: WORDING,
    ...(lang === "es" ? { language: "es" as const } : {}),
    ...(one(content, "is_for_care") === "yes" ? { is_for_care: true } : {}),
    ...(words ? { purpose_words: words } : {}),
    ...(ends === "date" ? { expires_on: line(content, "expires_on") } : {}),
    ...(ends === "event" ? { expires_event: line(content, "expires_event") } : {}),
  };
}
