/**
 * Locks the phone: by its button, and by itself when nobody has touched it for a while. Nothing typed is lost: a
 * draft is kept first, and while it cannot be kept the screen is covered instead. Hidden, the screen is covered too.
 */

import type { Drafts } from "./drafts";
import { dropKeys, tellWorker } from "./keys";

const LOOK_MS = 5000;
const TOUCHES = ["pointerdown", "keydown", "input", "scroll"] as const;

export function lockWhenIdle(drafts: Drafts): void {
  let touchedAt = Date.now();
  const idleMs = (): number => Number(document.body.dataset["lockAfter"] ?? 120) * 1000;
  const touched = (): void => {
    touchedAt = Date.now();
  };
  const lockIfIdle = async (): Promise<void> => {
    if (!document.body.hasAttribute("data-phone") || Date.now() - touchedAt < idleMs()) return;
    cover(true);
    if (await drafts.flush()) lock();
  };
  for (const name of TOUCHES) addEventListener(name, touched, { passive: true, capture: true });
  setInterval(lockIfIdle, LOOK_MS);
  document.addEventListener("visibilitychange", () => {
    cover(document.hidden);
    if (!document.hidden) void lockIfIdle();
  });
  document.addEventListener("pointerdown", () => cover(false), { capture: true });
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || form.getAttribute("action") !== "/app/lock") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void drafts.flush().then((isKept) => isKept && lock());
    },
    { capture: true },
  );
}

function lock(): void {
  dropKeys();
  tellWorker("lock");
  location.replace("/app/unlock");
}

function cover(isCovered: boolean): void {
  document.documentElement.toggleAttribute("data-covered", isCovered && document.body.hasAttribute("data-phone"));
}
