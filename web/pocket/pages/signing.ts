/** A signature on the screen: a name typed with "I agree", or drawn with a finger. */

import { length } from "../forms";
import type { Signing } from "../generated/schema";
import { type Content, line, one } from "./typed";

const NAME_LIMIT = 120;
const DRAWING_LIMIT = 24_000;
const IS_PATH = /^M[ML0-9 ]*$/;

export interface SigningView {
  readonly name: string;
  readonly drawing: string;
  readonly is_agreed: boolean;
}

/** The signature under a record, as templates/components/signing.html shows it. */
export function signatureOf({ signed, signed_on }: { signed: Signing; signed_on: string }): Record<string, unknown> {
  return { name: signed.name, how: signed.how ?? "typed", drawing: signed.drawing ?? "", on: signed_on };
}

/** As typed, for the form. */
export function signingView(content: Content, name = ""): SigningView {
  const drawing = one(content, "drawing");
  return {
    name: "signed_name" in content ? one(content, "signed_name") : name,
    drawing: IS_PATH.test(drawing) ? drawing : "",
    is_agreed: one(content, "agree") === "yes",
  };
}

/** The signature, or the field that is wrong and the key of why. `mayDecline`: not signing is an answer too. */
export function readSigning(
  content: Content,
  now: number,
  mayDecline = false,
): Signing | { readonly field: string; readonly key: string } {
  const name = line(content, "signed_name");
  const drawing = one(content, "drawing");
  if (name === "" || length(name) > NAME_LIMIT) return { field: "signed_name", key: "plan.error.signed_name" };
  if (mayDecline && one(content, "declined") === "yes") return { name, at: now, how: "declined" };
  if (drawing !== "") {
    if (!IS_PATH.test(drawing) || drawing.length > DRAWING_LIMIT)
      return { field: "drawing", key: "plan.error.drawing" };
    return { name, at: now, how: "drawn", drawing };
  }
  return one(content, "agree") === "yes"
    ? { name, at: now, how: "typed" }
    : { field: "agree", key: "plan.error.agree" };
}
