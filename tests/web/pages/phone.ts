/** A phone in the hand of a specialist: the demo's places and people, a clock, and a way to ask for pages. */

import type { NoteFields } from "../../../web/pocket/generated/schema";
import { routes } from "../../../web/pocket/pages/index";
import { notFound } from "../../../web/pocket/pages/missing";
import type { PageAnswer, PageContext, PageRequest, PhoneStatus, Scan } from "../../../web/pocket/pages/page";
import "../../../web/pocket/luggage";
import { learn, render } from "../../../web/pocket/render";
import { router } from "../../../web/pocket/router";
import { MapAttachments, MapJottings, MapOwn } from "./beside";
import { MapMemory, ME } from "./memory";

/** Saturday 21 November 2026, 10:41:20 in New York. */
export const NOW = Date.UTC(2026, 10, 21, 15, 41, 20);
export const ZONE = "America/New_York";
export const CENTER = id("c1");
export const PRISON = id("c2");
export const JM = id("01");
export const DR = id("02");
export const GOAL = id("a1");

export function id(end: string): string {
  return `0190d3e0-0000-7000-8000-${end.padStart(12, "0")}`;
}

/** Half an hour at the drop-in center. */
export function note(participant: string, at: number, more: Partial<NoteFields> = {}): NoteFields {
  return {
    participant,
    contact_kind: "one_on_one",
    form: "one_on_one@1",
    started_at: at,
    ended_at: at + 1_800_000,
    zone: "America/New_York",
    setting: "drop_in_center",
    mode: "in_person",
    site: CENTER,
    answers: { said: `Said ${at}` },
    ...more,
  };
}

/** What that half hour's form sends, as typed at 10:41. */
export const TYPED = {
  form_ref: "one_on_one@1",
  person: JM,
  place: `site:${CENTER}`,
  day: "2026-11-21",
  end: "10:41",
  minutes: "30",
  start: "",
  kind: "one_on_one",
  goals: [GOAL],
  said: "“I did it.”",
  did: "Made the call together",
  went: "",
  next: "",
};

/** What a page to sign says its reader has seen; "" where it asks for no signature. */
export const seenOn = (html: string): string => /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "";

const STATUS: PhoneStatus = {
  unsent: 0,
  unsentNotes: 0,
  unsentFiles: 0,
  oldestUnsent: null,
  lastExchange: NOW - 120_000,
  exchange: "ok",
  isStorageProtected: true,
  usedBytes: 1_250_000,
  app: "1.0.0",
  isUpdateWaiting: false,
  clockOffset: 400,
  deviceState: "active",
  returned: 0,
  cameBack: 0,
  remaining: 0,
  lease: "ok",
  salvage: null,
  safeSeq: 0,
  kept: 0,
  isKeptTooMuch: false,
  earlier: [],
  checked: null,
};

type Context = PageContext & { readonly told: PhoneStatus };

export interface Phone {
  now: number;
  readonly memory: MapMemory;
  readonly jottings: MapJottings;
  readonly own: MapOwn;
  readonly attachments: MapAttachments;
  readonly context: Context;
  get(path: string): Promise<PageAnswer>;
  post(path: string, form: Record<string, string | readonly string[]>): Promise<PageAnswer>;
}

const pages = router(routes);
const built = import.meta.glob<string>("../../../web/dist/static/*.txt", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Spanish lies in a file of its own, which the phone fetches; here it is read from the build. */
export async function learnSpanish(): Promise<void> {
  await learn("es", async (address) => built[`../../../web/dist${address}`] ?? "");
}

export function phone(status: Partial<PhoneStatus> = {}, lang: "en" | "es" = "en"): Phone {
  const memory = new MapMemory(() => made.now);
  const told = { ...STATUS, ...status };
  let made_ids = 0;
  const made: Phone = {
    now: NOW,
    memory,
    jottings: new MapJottings(memory),
    own: new MapOwn(),
    attachments: new MapAttachments(),
    get context() {
      return {
        lang,
        theme: "system" as const,
        now: made.now,
        person: { id: ME, name: "Ana Ruiz" },
        memory,
        jottings: made.jottings,
        own: made.own,
        attachments: made.attachments,
        told,
        status: async () => told,
        onCall: [{ name: "Supervisor on call", number: "+1 555 0100" }],
        isLocked: false,
        newId: () => id(`f${++made_ids}`),
      };
    },
    get: (path) => ask("GET", path, new URLSearchParams(), made.context),
    post: (path, form) => ask("POST", path, urlencoded(form), made.context),
  };
  furnish(memory);
  return made;
}

/** The page as text; every answer of every test goes through the real templates. */
export function text(answer: PageAnswer, context: Context): string {
  if ("redirect" in answer) throw new Error(`a redirect to ${answer.redirect} has no text`);
  const { unsent, unsentNotes, oldestUnsent } = context.told;
  const frame = {
    theme: context.theme,
    unsent: unsentNotes || unsent,
    is_unsent_notes: unsentNotes > 0,
    oldest_unsent: oldestUnsent,
    came_back: context.told.cameBack,
    now: context.now,
    lock_after: 120,
  };
  return render(answer.template, { lang: context.lang, frame, ...answer.view });
}

/** What a form with a file in it sends, and a picture's own address answers, goes by `found`. */
export async function found(
  method: "GET" | "POST",
  path: string,
  form: URLSearchParams,
  context: Context,
  file?: Blob,
): Promise<PageAnswer | Scan> {
  const url = new URL(path, "https://phone.test");
  const page = pages.find(method, url.pathname);
  const params = page && page !== "method" ? page.params : {};
  const { pathname } = url;
  const request: PageRequest = { method, path: pathname, params, query: url.searchParams, form, file, isHtmx: false };
  const answer = page && page !== "method" ? await page.handler(request, context) : await notFound(request, context);
  if ("template" in answer) text(answer, context);
  return answer;
}

async function ask(method: "GET" | "POST", path: string, form: URLSearchParams, context: Context): Promise<PageAnswer> {
  const answer = await found(method, path, form, context);
  if ("bytes" in answer) throw new Error("a picture has no text");
  return answer;
}

function urlencoded(form: Record<string, string | readonly string[]>): URLSearchParams {
  return new URLSearchParams(Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
}

function furnish(memory: MapMemory): void {
  memory.rules = { name: "Common Ground", zone: ZONE };
  memory.members = { [ME]: { name: "Ana Ruiz", title: "CPS" } };
  memory.places.push(
    { id: CENTER, name: "Drop-in center", zone: ZONE, setting: "drop_in_center", isBillable: true, isOpen: true },
    { id: PRISON, name: "Prison", zone: ZONE, setting: "prison", isBillable: false, isOpen: true },
  );
  memory.addPerson(
    JM,
    { name: "J. M.", site: CENTER, goals: [{ id: GOAL, words: "My own place by spring" }] },
    { at: "received", code: "007K", when: NOW },
  );
  memory.addPerson(
    DR,
    { name: "D. R.", site: PRISON, follow_up_on: "2026-11-20" },
    { at: "received", code: "007M", when: NOW },
  );
}
