/**
 * Making this phone a specialist's phone: a code and the account's passphrase for the office, then a passphrase of
 * the vault that never leaves the phone, then the first pull.
 *
 * The vault key is made first, in memory, because it must wrap the signing key before the office may know it. If the
 * phone is stopped before a passphrase is chosen, that key is gone and a new code is needed; the screen says so.
 */

import type { PageAnswer, PageRequest } from "../pages/page";
import { forgetAll, unsentCount } from "../storage/fresh";
import { facts, keepFact } from "../storage/meta";
import { closeProfile } from "../storage/unlocked";
import { newDepositToken, newSigningKey } from "../vault/signing";
import { bearableCost } from "../vault/stretch";
import { newVaultKey, wrapByPassphrase } from "../vault/wrap";
import type { GateContext, GatePage } from "./gate";
import { generate, isSame, judge } from "./passphrase";

/** What the first step's screen shows: what was typed, and what stands in the way. */
interface Introduction {
  readonly code: string;
  readonly passphrase: string;
  readonly problem: string;
  readonly is_replacing: boolean;
  readonly is_broken: boolean;
  readonly unsent: number;
}

const introduction = (view: Introduction): PageAnswer => ({
  status: view.problem ? 422 : 200,
  template: "phone/enrol.html",
  view: { ...view },
});

const ask: GatePage = async (request, context) => {
  const { vault, device } = await facts(context.database, "vault", "device");
  const isReplacing = request.query.get("again") === "yes" || (device?.state ?? "active") !== "active";
  if (vault && !isReplacing) return { redirect: "/app/unlock" };
  const unsent = await unsentCount(context.database);
  const isBroken = device !== undefined && !vault;
  return introduction({
    code: "",
    passphrase: "",
    problem: "",
    is_replacing: isReplacing,
    is_broken: isBroken,
    unsent,
  });
};

const introduce: GatePage = async (request, context) => {
  const { vault, device } = await facts(context.database, "vault", "device");
  const isReplacing = request.form.get("again") === "yes";
  if (vault && !isReplacing) return { redirect: "/app/unlock" };
  const code = (request.form.get("code") ?? "").trim();
  const passphrase = request.form.get("passphrase") ?? "";
  const again = (problem: string): PageAnswer =>
    introduction({
      code,
      passphrase,
      problem,
      is_replacing: isReplacing,
      is_broken: !vault && device !== undefined,
      unsent: 0,
    });

  if (code === "") return again("no_code");
  if (passphrase === "") return again("no_passphrase");
  const problem = await enrol(context, code, passphrase);
  return problem ? again(problem) : { redirect: "/app/enrol/passphrase" };
};

/** Null when the office has accepted this phone and all it needs is on the disk; otherwise the problem's name. */
async function enrol(context: GateContext, code: string, passphrase: string): Promise<string | null> {
  const key = await newVaultKey();
  const [signing, deposit] = await Promise.all([newSigningKey(key), newDepositToken()]);
  const said = { code, passphrase, public_key: signing.publicKey, deposit_hash: deposit.hash, app: context.app };
  const answer = await context.introduce(said);
  if (typeof answer === "string") return answer;
  const { device, specialist, name, organisation, epoch, seal_kid: sealKid, seal_key: sealKey } = answer;
  const { publicKey } = signing;
  await forgetAll(context.database, {
    device: { device, specialist, epoch, sealKid, sealKey, deposit: deposit.token, publicKey, state: "active" },
    signing: signing.box,
    profile: await closeProfile(key, { name, organisation }),
    nextN: answer.next_n ?? 1,
    earlier: answer.earlier ?? [],
  });
  context.holdPending(key);
  return null;
}

const choose = async (context: GateContext, problem = ""): Promise<PageAnswer> => {
  const words = generate(await context.words().catch(() => []));
  return { status: problem ? 422 : 200, template: "phone/enrol_passphrase.html", view: { words, problem } };
};

const offer: GatePage = async (_, context) => {
  const { vault } = await facts(context.database, "vault");
  if (vault) return { redirect: (await context.isOpen()) ? "/app/enrol/ready" : "/app/unlock" };
  return (await context.pending()) ? choose(context) : { redirect: "/app/enrol" };
};

/** Words shown, then typed back once without looking; or one's own, twice. */
const decide: GatePage = async (request, context) => {
  const key = await context.pending();
  if (!key) return { redirect: "/app/enrol" };
  const words = request.form.get("words") ?? "";
  if (words) return confirmWords(request, context, key, words);
  const own = request.form.get("own") ?? "";
  const weakness = judge(own);
  if (weakness) return choose(context, weakness);
  if (!isSame(own, request.form.get("own_again") ?? "")) return choose(context, "differs");
  return keep(context, key, own);
};

async function confirmWords(
  request: PageRequest,
  context: GateContext,
  key: CryptoKey,
  words: string,
): Promise<PageAnswer> {
  const typed = request.form.get("typed");
  if (typed !== null && isSame(typed, words)) return keep(context, key, words);
  const problem = typed === null ? "" : "differs";
  return { status: problem ? 422 : 200, template: "phone/enrol_confirm.html", view: { words, problem } };
}

async function keep(context: GateContext, pending: CryptoKey, passphrase: string): Promise<PageAnswer> {
  const cost = await bearableCost(context.stopwatch);
  const { wrap, key } = await wrapByPassphrase(pending, passphrase, cost);
  await keepFact(context.database, "vault", { v: 1, wraps: [wrap] });
  await context.hold(key);
  return { redirect: "/app/enrol/ready" };
}

export const enrolment: Record<string, GatePage> = {
  "GET /app/enrol": ask,
  "POST /app/enrol": introduce,
  "GET /app/enrol/passphrase": offer,
  "POST /app/enrol/passphrase": decide,
};
