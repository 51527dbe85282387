/** The phone's half of the cases that both languages answer. */

import { expect, test } from "vitest";
import { overall, shareProblem, stateOf } from "../../web/pocket/consents";
import { RULES } from "../../web/pocket/generated/schema";
import vectors from "../vectors/consents.json";

interface Case {
  readonly why: string;
  readonly consents: readonly Record<string, string>[];
  readonly today: string;
  readonly state: string;
  readonly states: readonly string[];
  readonly warn_days?: number;
}

test.each(vectors.cases as unknown as Case[])("$why", ({ consents, today, state, states, warn_days }) => {
  expect(consents.map((consent) => stateOf(consent, today, warn_days ?? RULES.consent_warn_days))).toEqual(states);
  expect(overall(consents, today, warn_days ?? RULES.consent_warn_days)).toBe(state);
  expect(consents.map((consent) => shareProblem(consent, today))).toEqual(
    states.map((each) => (each === "expired" || each === "revoked" ? each : "")),
  );
});

test("a referral without any consent waits", () => {
  expect(shareProblem(null, "2026-11-22")).toBe("missing");
});
