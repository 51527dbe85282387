/** Registers the worker, says when a new version waits, and lets the person decide when to take it. */

const MOST_TRIES = 3;
const FIRST = "?first";
const AGAIN_MS = 10_000;

export function installWorker(): void {
  const { serviceWorker } = navigator;
  const before = serviceWorker.controller?.scriptURL;
  void register();
  serviceWorker.addEventListener("controllerchange", () => {
    // Somebody may be typing a code: only the page that waits for the whole program goes on with it.
    const isWanted = before?.endsWith(FIRST) ? isComing() : before;
    if (isWanted) location.reload();
  });
  if (document.body.hasAttribute("data-phone")) {
    askForProtection();
  }
}

const isComing = (): boolean => document.querySelector("[data-coming]") !== null;

/** The program that sets the phone up comes first, alone; each of its pages then asks for the whole one. */
async function register(): Promise<void> {
  const { serviceWorker } = navigator;
  const isInstalling = document.querySelector("[data-installing]") !== null;
  const address = isInstalling ? `/sw.js${FIRST}` : "/sw.js";
  try {
    const registration = await serviceWorker.register(address, { scope: "/", updateViaCache: "imports" });
    watchForUpdate(registration);
    if (isInstalling) await comeBack(await serviceWorker.ready);
    else sessionStorage.removeItem("came-back");
  } catch {
    sayFailed();
    if (isComing()) setTimeout(register, AGAIN_MS);
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

function watchForUpdate(registration: ServiceWorkerRegistration): void {
  const offer = (): void => {
    for (const button of document.querySelectorAll<HTMLElement>("[data-update]")) {
      button.hidden = !(registration.waiting && navigator.serviceWorker.controller);
    }
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  document.addEventListener("htmx:after:swap", offer);
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-update]"))
      registration.waiting?.postMessage({ ask: "take-over" });
  });
  offer();
}
