/**
 * A passkey beside the passphrase: set up on the unlocked phone with the passphrase once more, because only that opens
 * the key to be wrapped again; used on the unlock screen; taken off at any time. The window's script holds the ceremony
 * and posts the authenticator's answer here; whatever is wrong with it, the passphrase stays.
 */

import { NotSaved, type PageAnswer } from "../pages/page";
import { facts, keepFact } from "../storage/meta";
import { newPasskeySalt, passkeyOf, unwrapByPasskey, wrapByPasskey } from "../vault/passkey";
import { rawByPassphrase } from "../vault/wrap";
import type { GateContext, GatePage } from "./gate";
import { unlockPage, wayOn } from "./unlock";

interface Made {
  readonly credential: string;
  readonly salt: string;
  readonly prf: string;
}

const LOCKED = { redirect: "/app/unlock?next=/app/passkey" };
const IS_CREDENTIAL = /^[\w-]{1,1400}$/;

const show: GatePage = async (_, context) => {
  if (!(await context.isOpen())) return LOCKED;
  return setUpPage(context, 200, "", { credential: "", salt: newPasskeySalt(), prf: "" });
};

const make: GatePage = async (request, context) => {
  if (!(await context.isOpen())) return LOCKED;
  const told = (name: string) => request.form.get(name) ?? "";
  const made = { credential: told("credential"), salt: told("salt"), prf: told("prf") };
  const { vault } = await facts(context.database, "vault");
  if (!vault) return { redirect: "/app/enrol" };
  const raw = await rawByPassphrase(vault.wraps, told("passphrase"));
  if (!raw) return setUpPage(context, 422, "wrong", made);
  const isWhole = IS_CREDENTIAL.test(made.credential) && /^[\w-]{43}$/.test(made.salt);
  const wrap = isWhole ? await wrapByPasskey(raw, made.credential, made.salt, made.prf) : null;
  if (!wrap) return setUpPage(context, 422, "no_answer", { ...made, credential: "", prf: "" });
  const others = vault.wraps.filter(({ kind }) => kind === "passphrase");
  return kept(context, made, () => keepFact(context.database, "vault", { v: 1, wraps: [...others, wrap] }));
};

const remove: GatePage = async (_, context) => {
  if (!(await context.isOpen())) return LOCKED;
  const { vault } = await facts(context.database, "vault");
  if (!vault) return { redirect: "/app/enrol" };
  const wraps = vault.wraps.filter(({ kind }) => kind === "passphrase");
  const nothing = { credential: "", salt: newPasskeySalt(), prf: "" };
  return kept(context, nothing, () => keepFact(context.database, "vault", { v: 1, wraps }));
};

const open: GatePage = async (request, context) => {
  const next = wayOn(request.form.get("next"));
  const { vault, device } = await facts(context.database, "vault", "device");
  if (!vault) return { redirect: "/app/enrol" };
  if (device && device.state !== "active") return unlockPage(context.database, context.now, next);
  const wrap = passkeyOf(vault.wraps);
  const key = wrap && (await unwrapByPasskey(wrap, request.form.get("prf") ?? ""));
  if (!key) return unlockPage(context.database, context.now, next, "passkey");
  await context.hold(key);
  return { redirect: next };
};

async function kept(context: GateContext, made: Made, keep: () => Promise<void>): Promise<PageAnswer> {
  try {
    await keep();
    return { redirect: "/app/passkey" };
  } catch (error) {
    if (!(error instanceof NotSaved)) throw error;
    return setUpPage(context, 507, "not_saved", made);
  }
}

async function setUpPage(
  context: GateContext,
  status: 200 | 422 | 507,
  problem: string,
  made: Made,
): Promise<PageAnswer> {
  const { vault } = await facts(context.database, "vault");
  const wrap = passkeyOf(vault?.wraps ?? []);
  return {
    status,
    template: "phone/passkey.html",
    view: { ...made, problem, is_set: wrap !== null },
  };
}

export const passkey: Record<string, GatePage> = {
  "GET /app/passkey": show,
  "POST /app/passkey": make,
  "POST /app/passkey/remove": remove,
  "POST /app/unlock/passkey": open,
};
