/** Opening the vault. A wrong passphrase says so and nothing more; nobody is counted and nothing is wiped. */

import { facts } from "../storage/meta";
import { unwrap } from "../vault/wrap";
import type { GatePage } from "./gate";
import type { PageAnswer } from "./page";

const HOME = "/app/";

/** Where to go on after unlocking: only to a screen of this phone that is not a gate itself. */
export function wayOn(next: string | null): string {
  return next && /^\/app\/(?!unlock|enrol|lock)[a-z0-9/_-]*(\?[\w=&%.:-]*)?$/i.test(next) ? next : HOME;
}

export function unlockPage(
  next: string,
  problem: string,
  isRevoked: boolean,
): Exclude<PageAnswer, { redirect: string }> {
  return {
    status: problem ? 422 : 200,
    template: "phone/unlock.html",
    view: { next, problem, is_revoked: isRevoked },
  };
}

const show: GatePage = async (request, context) => {
  const next = wayOn(request.query.get("next"));
  if (context.isOpen) return { redirect: next };
  const { vault, device } = await facts(context.database, "vault", "device");
  if (!vault) return { redirect: "/app/enrol" };
  return unlockPage(next, "", device?.state === "revoked");
};

const open: GatePage = async (request, context) => {
  const next = wayOn(request.form.get("next"));
  const passphrase = request.form.get("passphrase") ?? "";
  const { vault, device } = await facts(context.database, "vault", "device");
  if (!vault) return { redirect: "/app/enrol" };
  if (device?.state === "revoked") return unlockPage(next, "", true);
  if (passphrase.trim() === "") return unlockPage(next, "empty", false);
  const key = await unwrap(vault.wraps, passphrase);
  if (!key) return unlockPage(next, "wrong", false);
  await context.hold(key);
  return { redirect: next };
};

export const unlock: Record<string, GatePage> = {
  "GET /app/unlock": show,
  "POST /app/unlock": open,
};
