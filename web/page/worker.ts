/** Registers the worker, says when a new version waits, and lets the person decide when to take it. */

import type { Drafts } from "./drafts";

const MOST_TRIES = 3;
const FIRST = "?first";
const AGAIN_MS = 10_000;

/** The form that somebody has typed into and that keeps nothing by itself. */
let typed: Element | null = null;
const isTyping = (): boolean => typed?.isConnected === true && document.body.hasAttribute("data-phone");
const has = (mark: string): boolean => document.querySelector(`[${mark}]`) !== null;

export function installWorker(drafts: Drafts): void {
  const before = navigator.serviceWorker.controller?.scriptURL;
  void register(drafts);
  document.addEventListener("input", ({ target }) => {
    if (target instanceof Element) typed = target.closest("form:not([data-autosave])") ?? typed;
  });
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // Somebody may be typing a code: only the page that waits for the whole program goes on with it.
    const isWanted = before?.endsWith(FIRST) ? has("data-coming") : before;
    // Another window may have changed to the new version; nothing typed here goes because of it.
    if (isWanted && !isTyping()) void drafts.flush().then((isKept) => isKept && location.reload());
  });
  if (has("data-phone")) askForProtection();
}

/** The program that sets the phone up comes first, alone; each of its pages then asks for the whole one. */
async function register(drafts: Drafts): Promise<void> {
  const { serviceWorker } = navigator;
  try {
    // A whole program that could not be started for once is not replaced by the one that sets up.
    const known = (await serviceWorker.getRegistration())?.active?.scriptURL ?? FIRST;
    const address = has("data-installing") && known.endsWith(FIRST) ? `/sw.js${FIRST}` : "/sw.js";
    const registration = await serviceWorker.register(address, { scope: "/", updateViaCache: "imports" });
    // WebKit looks for a new version only when it is asked.
    registration.update().catch(() => undefined);
    watchForUpdate(registration, drafts);
    if (has("data-installing")) await comeBack(await serviceWorker.ready);
    else sessionStorage.removeItem("came-back");
  } catch {
    document.querySelector("[data-install-failed]")?.removeAttribute("hidden");
    if (has("data-coming")) setTimeout(register, AGAIN_MS, drafts);
  }
}

/** To the page that the worker answers. A first program that does not answer is let go: the next try begins anew. */
async function comeBack(registration: ServiceWorkerRegistration): Promise<void> {
  const tries = Number(sessionStorage.getItem("came-back") ?? 0);
  sessionStorage.setItem("came-back", String(tries + 1));
  if (tries < MOST_TRIES) return location.reload();
  sessionStorage.removeItem("came-back");
  if (registration.active?.scriptURL.endsWith(FIRST)) await registration.unregister();
  throw new Error("no answer");
}

/** Asked once, never waited for: some browsers leave the question open for ever. */
function askForProtection(): void {
  if (localStorage.getItem("protection") === "asked") return;
  localStorage.setItem("protection", "asked");
  void navigator.storage?.persist?.().catch(() => undefined);
}

/** Not while a form is being filled in that keeps nothing by itself: the change to the new version can wait. */
function watchForUpdate(registration: ServiceWorkerRegistration, drafts: Drafts): void {
  const offer = (): void => {
    const isOffered = registration.waiting && navigator.serviceWorker.controller && !isTyping();
    for (const button of document.querySelectorAll<HTMLElement>("[data-update]")) button.hidden = !isOffered;
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  for (const name of ["htmx:after:swap", "input"]) document.addEventListener(name, offer);
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element && target.closest("[data-update]"))) return;
    void drafts.flush().then((isKept) => isKept && registration.waiting?.postMessage({ ask: "take-over" }));
  });
  offer();
}
