/** Registers the worker, says when a new version waits, and lets the person decide when to take it. */

import type { Drafts } from "./drafts";

const MOST_TRIES = 3;
const FIRST = "?first";
const AGAIN_MS = 10_000;

export function installWorker(drafts: Drafts): void {
  const { serviceWorker } = navigator;
  const before = serviceWorker.controller?.scriptURL;
  void register(drafts);
  serviceWorker.addEventListener("controllerchange", () => {
    // Somebody may be typing a code: only the page that waits for the whole program goes on with it.
    const isWanted = before?.endsWith(FIRST) ? isComing() : before;
    // Another window may have changed to the new version; nothing typed here goes because of it.
    if (isWanted && !isTyping()) void drafts.flush().then((isKept) => isKept && location.reload());
  });
  document.addEventListener("input", ({ target }) => {
    if (target instanceof Element) typed = target.closest("form:not([data-autosave])") ?? typed;
  });
  if (document.body.hasAttribute("data-phone")) {
    askForProtection();
  }
}

/** The form that somebody has typed into and that keeps nothing by itself. */
let typed: Element | null = null;
const isTyping = (): boolean => typed?.isConnected === true && document.body.hasAttribute("data-phone");
const isComing = (): boolean => document.querySelector("[data-coming]") !== null;

/** The program that sets the phone up comes first, alone; each of its pages then asks for the whole one. */
async function register(drafts: Drafts): Promise<void> {
  const { serviceWorker } = navigator;
  const isInstalling = document.querySelector("[data-installing]") !== null;
  try {
    // A whole program that could not be started for once is not replaced by the one that sets up.
    const known = (await serviceWorker.getRegistration())?.active?.scriptURL ?? FIRST;
    const address = isInstalling && known.endsWith(FIRST) ? `/sw.js${FIRST}` : "/sw.js";
    const registration = await serviceWorker.register(address, { scope: "/", updateViaCache: "imports" });
    // WebKit looks for a new version only when it is asked.
    registration.update().catch(() => undefined);
    watchForUpdate(registration, drafts);
    if (isInstalling) await comeBack(await serviceWorker.ready);
    else sessionStorage.removeItem("came-back");
  } catch {
    sayFailed();
    if (isComing()) setTimeout(register, AGAIN_MS, drafts);
  }
}

/** To the page that the worker answers. One that does not answer is let go, so that the next try begins anew. */
async function comeBack(registration: ServiceWorkerRegistration): Promise<void> {
  const tries = Number(sessionStorage.getItem("came-back") ?? 0);
  sessionStorage.setItem("came-back", String(tries + 1));
  if (tries < MOST_TRIES) return location.reload();
  sessionStorage.removeItem("came-back");
  await registration.unregister();
  sayFailed();
}

function sayFailed(): void {
  document.querySelector("[data-install-failed]")?.removeAttribute("hidden");
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
    for (const button of document.querySelectorAll<HTMLElement>("[data-update]")) {
      button.hidden = !(registration.waiting && navigator.serviceWorker.controller) || isTyping();
    }
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  document.addEventListener("htmx:after:swap", offer);
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element && target.closest("[data-update]"))) return;
    void drafts.flush().then((isKept) => isKept && registration.waiting?.postMessage({ ask: "take-over" }));
  });
  document.addEventListener("input", offer);
  offer();
}
