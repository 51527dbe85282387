/** The one request before the office knows this phone: it introduces itself with a code and its public key. */

import { type EnrolAnswer, type EnrolRequest, isEnrolAnswer } from "../generated/schema";
import type { Transport } from "./transport";

/** Why the office did not take this phone; the words are on the screen. */
export type Refusal = "refused" | "throttled" | "offline" | "captive" | "server";

export async function introduce(transport: Transport, said: EnrolRequest): Promise<EnrolAnswer | Refusal> {
  const answer = await transport.postUnsigned("/sync/v1/enrol", JSON.stringify(said), isEnrolAnswer);
  if (answer.is === "answer") return answer.body;
  if (answer.is === "nothing") return answer.why === "unknown" ? "server" : answer.why;
  const { code } = answer.problem;
  if (code === "ENROLMENT_REFUSED") return "refused";
  return code === "THROTTLED" || code === "BUSY" ? "throttled" : "server";
}
