/** A referral as screens show it, and whether the consent it leans on still holds. */

import { shareProblem } from "../consents";
import type { ConsentFields, ReferralFields } from "../generated/schema";
import { isWaiting, newestStep } from "../referral_steps";
import type { PageContext, Seen } from "./page";
import { local } from "./when";

export type ConsentUse = "none" | "active" | "missing" | "expired" | "revoked";

/** How the consent that a referral names stands today; "missing": named, but not on this phone. */
export function consentUse(id: string | null | undefined, consent: ConsentFields | null, day: string): ConsentUse {
  return id ? shareProblem(consent, day) || "active" : "none";
}

export interface ReferralLine {
  readonly href: string;
  readonly name: string;
  readonly need: string;
  readonly place: string;
  readonly status: string;
  readonly follow_up_on: string;
  readonly is_due: boolean;
  readonly is_waiting: boolean;
}

/** `name` of the person, "" where a list is theirs anyway. */
export function referralLine({ doc, fields }: Seen<ReferralFields>, name: string, day: string): ReferralLine {
  const steps = fields.steps ?? [];
  const follow_up_on = fields.follow_up_on ?? "";
  const is_waiting = isWaiting(steps);
  return {
    href: `/app/referrals/${doc}`,
    name,
    need: fields.need,
    place: fields.place ?? "",
    status: newestStep(steps)?.status ?? "offered",
    follow_up_on,
    is_due: is_waiting && follow_up_on !== "" && follow_up_on <= day,
    is_waiting,
  };
}

/** Referrals on this phone that still wait, the follow-ups that are due first. Of people whose support goes on. */
export async function waitingReferrals({ memory, now }: PageContext, zone: string): Promise<ReferralLine[]> {
  const day = local(now, zone).day;
  const [referrals, people] = await Promise.all([memory.all<ReferralFields>("referral"), memory.participants()]);
  const names = new Map(
    people.filter(({ fields }) => fields.status !== "closed").map((one) => [one.doc, one.fields.name]),
  );
  const lines = referrals.flatMap((one) => {
    const name = names.get(one.fields.participant);
    return name === undefined ? [] : referralLine(one, name, day);
  });
  return lines.filter((one) => one.is_waiting).sort(byUrgency);
}

export function byUrgency(a: ReferralLine, b: ReferralLine): number {
  const [x, y] = [a.follow_up_on || "9999", b.follow_up_on || "9999"];
  return x.localeCompare(y) || a.name.localeCompare(b.name) || a.need.localeCompare(b.need);
}
