/**
 * The pocket server: a request comes in, a response goes out. It knows no service worker, so that it can live
 * elsewhere too. Without a key every screen but the gates and the safety card is the unlock screen.
 */

import { bytesOf, download, html, isHtmx, redirect } from "./answers";
import { pageRequest, type Surroundings, surroundings } from "./asking";
import type { Clock } from "./clock";
import { enrolment } from "./gates/enrol";
import { ready } from "./gates/enrol_ready";
import type { GateContext, GatePage } from "./gates/gate";
import { jot } from "./gates/jot";
import { passkey } from "./gates/passkey";
import { unlock, unlockPage } from "./gates/unlock";
import { newId } from "./ids";
import { notFound, routes } from "./pages/index";
import {
  type Memory,
  NotSaved,
  type Page,
  type PageAnswer,
  type PageContext,
  type PhoneStatus,
  type Scan,
} from "./pages/page";
import { learn, render } from "./render";
import type { Kick } from "./replication/pace";
import { emergencyFile } from "./replication/salvage";
import { type Match, router } from "./router";
import { CLEAR, clearStatus } from "./status";
import type { Database } from "./storage/database";
import { sealedWork } from "./storage/fresh";
import type { PocketMemory } from "./storage/memory";
import { facts, keepFact, knownFacts } from "./storage/meta";
import type { Unlocked } from "./storage/unlocked";

/** The vault while it is open. */
export interface OpenPhone {
  readonly unlocked: Unlocked;
  readonly memory: PocketMemory;
  readonly jottings: PageContext["jottings"];
  readonly own: PageContext["own"];
  readonly attachments: PageContext["attachments"];
}

export interface EngineDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** The open vault, asking the windows for its key if need be; null when it is locked. */
  readonly open: () => Promise<OpenPhone | null>;
  readonly lock: () => Promise<void>;
  readonly exchange: (kick: Kick) => Promise<unknown>;
  readonly status: (phone: OpenPhone) => Promise<PhoneStatus>;
  readonly language: "en" | "es";
  /** Text of a file of the shell: another language's words. */
  readonly readShell: (address: string) => Promise<string>;
  readonly gate: Omit<GateContext, "database" | "now" | "isOpen">;
}

const pages = router<Page>(routes);
const gates = router<GatePage>({ ...unlock, ...passkey, ...jot, ...enrolment, ...ready });
const DEFAULT_LOCK_S = 120;
/** A phone whose lease is over shows nothing it holds; writing, the safety card and the exchange stay. */
const OPEN_WITHOUT_LEASE =
  /^\/app\/(capture|drafts|groups|visits|drop-in|jottings|own|own-time|safety|sync|settings)\b/;

export async function handle(request: Request, deps: EngineDeps): Promise<Response> {
  const around = await surroundings(deps.database, deps.language).catch(
    (): Surroundings => ({ lang: deps.language, theme: "system", turned: "" }),
  );
  await learn(around.lang, deps.readShell).catch(() => undefined);
  try {
    return await answer(request, deps, around);
  } catch (error) {
    const why = error instanceof NotSaved ? error.why : "unknown";
    return show(deps, around, { status: 500, template: "phone/gate_broken.html", view: { why } });
  }
}

async function answer(request: Request, deps: EngineDeps, around: Surroundings): Promise<Response> {
  const { pathname } = new URL(request.url);
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (method === "POST" && pathname === "/app/lock") {
    await deps.lock();
    return redirect(request, "/app/unlock", true);
  }
  const gate = gates.find(method, pathname);
  if (gate !== null && gate !== "method") {
    const asked = await pageRequest(request, gate.params);
    const isOpen = async () => (await deps.open()) !== null;
    await endTurn(deps, around, isOpen);
    const context: GateContext = { ...deps.gate, database: deps.database, now: deps.clock.wall(), isOpen };
    return respond(request, deps, around, await gate.handler(asked, context), true);
  }
  const found = pages.find(method, pathname);
  const phone = await deps.open();
  if (method === "POST" && pathname === "/app/emergency") return emergency(request, deps, phone);
  if (phone === null) return locked(request, deps, around, found !== null && found !== "method" ? found.handler : null);
  if (method === "POST" && pathname === "/app/exchange") {
    await deps.exchange("asked");
    return redirect(request, "/app/sync", false);
  }
  const context = openContext(deps, around, phone);
  const said = await sayOpen(request, found === "method" ? null : found, context, around, deps.database);
  // What a page has just captured is in the frame around it already.
  const status = request.method === "POST" ? () => deps.status(phone) : context.status;
  return respond(request, deps, around, said, false, status);
}

/** While the phone is in the person's hands, every screen but theirs and the safety card is theirs. */
function isTurnedAway({ method, url }: Request, { turned }: Surroundings): boolean {
  return turned !== "" && method === "GET" && ![turned, "/app/safety"].includes(new URL(url).pathname);
}

/** Whoever opens a locked phone has its passphrase: the reading view ends with the lock. */
async function endTurn(
  { database }: EngineDeps,
  { turned }: Surroundings,
  isOpen: () => Promise<boolean>,
): Promise<void> {
  if (turned && !(await isOpen())) await keepFact(database, "turned", "");
}

async function sayOpen(
  request: Request,
  found: Match<Page> | null,
  context: PageContext,
  around: Surroundings,
  database: Database,
): Promise<PageAnswer | Scan> {
  if (isTurnedAway(request, around)) return { redirect: around.turned };
  if (found === null) return notFound(await pageRequest(request, {}), context);
  const isOpen = OPEN_WITHOUT_LEASE.test(new URL(request.url).pathname);
  if (!isOpen && clearStatus(await knownFacts(database, "exchange"), context.now).lease === "over") {
    return { status: 200, template: "phone/lease.html", view: {} };
  }
  return found.handler(await pageRequest(request, found.params), context);
}

/** A locked phone shows the safety card and otherwise the unlock screen, at the address that was asked for. */
async function locked(request: Request, deps: EngineDeps, around: Surroundings, page: Page | null): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  await endTurn(deps, around, async () => false);
  if (page && request.method === "GET" && pathname === "/app/safety") {
    const context = await lockedContext(deps, around);
    return respond(request, deps, around, await page(await pageRequest(request, {}), context), true);
  }
  if (request.method !== "GET" && isHtmx(request)) {
    // The form stays on the screen with all that was typed; the page script says that it was not kept.
    return html(409, "", { "HX-Reswap": "none", "HX-Trigger": "locked" });
  }
  const { vault, ended } = await facts(deps.database, "vault", "ended");
  if (!vault && !ended) return redirect(request, "/app/enrol", true);
  if (isHtmx(request)) return redirect(request, pathname + search, true);
  return show(deps, around, await unlockPage(deps.database, deps.clock.wall(), pathname + search));
}

/** Sealed work as a file for a supervisor, of this phone or of an earlier one (`device`); no key is needed for it. */
async function emergency(request: Request, deps: EngineDeps, phone: OpenPhone | null): Promise<Response> {
  const { form } = await pageRequest(request, {});
  const now = deps.clock.wall();
  await phone?.memory.offerDrafts(now, 0);
  const [work, { device }] = await Promise.all([sealedWork(deps.database), facts(deps.database, "device")]);
  const owner = [form.get("device"), device?.device, work[0]?.device].find((id) =>
    work.some((row) => row.device === id),
  );
  const file = owner ? emergencyFile(work, owner, now) : null;
  return file
    ? download(file, `alongside-${new Date(now).toISOString().slice(0, 10)}.json`)
    : redirect(request, "/app/sync", false);
}

async function respond(
  request: Request,
  deps: EngineDeps,
  around: Surroundings,
  said: PageAnswer | Scan,
  isGate: boolean,
  status: PageContext["status"] | null = null,
): Promise<Response> {
  if ("redirect" in said) return redirect(request, said.redirect, isGate);
  if ("bytes" in said) return bytesOf(said.bytes, said.media);
  return show(deps, around, said, status);
}

async function show(
  deps: EngineDeps,
  { lang, theme, organisation }: Surroundings,
  said: Exclude<PageAnswer, { redirect: string }>,
  ask: PageContext["status"] | null = null,
): Promise<Response> {
  const status = said.isFragment ? null : await ask?.();
  // What the person reads may be in another language than the phone's; without its words the phone's own stand in.
  if (said.view["lang"] === "es") await learn("es", deps.readShell).catch(() => undefined);
  const frame = {
    theme,
    unsent: status?.unsentNotes || (status?.unsent ?? 0),
    is_unsent_notes: (status?.unsentNotes ?? 0) > 0,
    oldest_unsent: status?.oldestUnsent ?? null,
    came_back: status?.cameBack ?? 0,
    now: deps.clock.wall(),
    lock_after: organisation?.lockAfterS ?? DEFAULT_LOCK_S,
  };
  return html(said.status, render(said.template, { lang, frame, ...said.view }));
}

function openContext(deps: EngineDeps, around: Surroundings, phone: OpenPhone): PageContext {
  const { unlocked, memory, jottings, own, attachments } = phone;
  let status: Promise<PhoneStatus> | null = null;
  const now = deps.clock.wall();
  const person = { id: unlocked.device.specialist, name: unlocked.profile.name };
  return {
    ...around,
    now,
    person,
    memory,
    jottings,
    own,
    attachments,
    status() {
      status ??= deps.status(phone);
      return status;
    },
    onCall: around.organisation?.onCall ?? [],
    isLocked: false,
    newId: () => newId(now),
  };
}

/** Memory of a locked phone: whoever touches it has made a mistake. */
const closed = <Part extends object>(): Part =>
  new Proxy({} as Part, {
    get() {
      throw new NotSaved("locked");
    },
  });

async function lockedContext(deps: EngineDeps, around: Surroundings): Promise<PageContext> {
  const known = await facts(deps.database, ...CLEAR);
  const now = deps.clock.wall();
  const status: PhoneStatus = {
    unsent: 0,
    unsentNotes: 0,
    unsentFiles: 0,
    oldestUnsent: null,
    isStorageProtected: null,
    usedBytes: null,
    app: deps.gate.app,
    isUpdateWaiting: false,
    returned: 0,
    cameBack: 0,
    kept: 0,
    isKeptTooMuch: false,
    ...clearStatus(known, now),
  };
  const nobody = { id: "", name: "" };
  return {
    ...around,
    now,
    person: nobody,
    memory: closed<Memory>(),
    jottings: closed<PageContext["jottings"]>(),
    own: closed<PageContext["own"]>(),
    attachments: closed<PageContext["attachments"]>(),
    status: async () => status,
    onCall: around.organisation?.onCall ?? [],
    isLocked: true,
    newId: () => newId(now),
  };
}
