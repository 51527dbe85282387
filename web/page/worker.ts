/** Registers the worker, says when a new version waits, and lets the person decide when to take it. */

export function installWorker(): void {
  const isInstalling = document.querySelector("[data-installing]") !== null;
  const hadWorker = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker
    .register("/sw.js", { scope: "/", updateViaCache: "none" })
    .then((registration) => {
      watchForUpdate(registration);
      if (isInstalling) void navigator.serviceWorker.ready.then(() => location.reload());
    })
    .catch(() => document.querySelector("[data-install-failed]")?.removeAttribute("hidden"));
  navigator.serviceWorker.addEventListener("controllerchange", () => hadWorker && location.reload());
  if (document.body.hasAttribute("data-phone")) {
    askForProtection();
  }
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
