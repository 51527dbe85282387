/** Opening the vault. A wrong passphrase says so and nothing more; nobody is counted and nothing is wiped. */

import { base64url } from "../bytes";
import type { PageAnswer } from "../pages/page";
import { CLEAR, clearStatus } from "../status";
import type { Database } from "../storage/database";
import { unsentCount } from "../storage/fresh";
import { jottingState } from "../storage/jottings";
import { facts } from "../storage/meta";
import { passkeyOf } from "../vault/passkey";
import { unwrap } from "../vault/wrap";
import type { GatePage } from "./gate";

const HOME = "/app/";

/** Where to go on after unlocking: only to a screen of this phone that is not a gate itself. */
export function wayOn(next: string | null): string {
  return next && /^\/app\/(?!unlock|enrol|lock)[a-z0-9/_-]*(\?[\w=&%.:-]*)?$/i.test(next) ? next : HOME;
}

/** The lock, or the end of a phone: revoked, forked or wiped, and how its sealed work fares. */
export async function unlockPage(
  database: Database,
  now: number,
  next: string,
  problem = "",
): Promise<Exclude<PageAnswer, { redirect: string }>> {
  const [known, unsent, jottings] = await Promise.all([
    facts(database, ...CLEAR, "vault"),
    unsentCount(database),
    jottingState(database),
  ]);
  const { deviceState: state, salvage } = clearStatus(known, now);
  const isLocked = state !== "active";
  const passkey = isLocked ? null : passkeyOf(known.vault?.wraps ?? []);
  return {
    status: problem && !isLocked ? 422 : 200,
    template: "phone/unlock.html",
    view: {
      next,
      problem: isLocked ? "" : problem,
      state,
      unsent,
      passkey: passkey && { credential: passkey.credential, salt: base64url(passkey.salt) },
      can_jot: jottings.isOffered,
      jottings: jottings.waiting,
      salvage: salvage && { left: salvage.left, kept: salvage.kept, is_done: salvage.isDone },
    },
  };
}

const show: GatePage = async (request, context) => {
  const next = wayOn(request.query.get("next"));
  if (await context.isOpen()) return { redirect: next };
  const { vault, ended } = await facts(context.database, "vault", "ended");
  if (!vault && !ended) return { redirect: "/app/enrol" };
  return unlockPage(context.database, context.now, next);
};

const open: GatePage = async (request, context) => {
  const next = wayOn(request.form.get("next"));
  const passphrase = request.form.get("passphrase") ?? "";
  const { vault, device } = await facts(context.database, "vault", "device");
  if (!vault) return { redirect: "/app/enrol" };
  const again = (problem: string) => unlockPage(context.database, context.now, next, problem);
  if (device && device.state !== "active") return again("");
  if (passphrase.trim() === "") return again("empty");
  const key = await unwrap(vault.wraps, passphrase);
  if (!key) return again("wrong");
  await context.hold(key);
  return { redirect: next };
};

export const unlock: Record<string, GatePage> = {
  "GET /app/unlock": show,
  "POST /app/unlock": open,
};
