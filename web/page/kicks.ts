/** When to ask the worker for an exchange, and what to show again after one. */

import htmx from "htmx.org";
import { isUnlocked, tellWorker } from "./keys";

const EVERY_MS = 60_000;
const FIRST_MS = 300;

export function kickExchanges(): void {
  const kick = (): void => {
    if (isUnlocked() && !document.hidden) tellWorker("exchange");
  };
  setTimeout(kick, FIRST_MS);
  setInterval(kick, EVERY_MS);
  document.addEventListener("visibilitychange", kick);
  addEventListener("online", () => tellWorker("online"));
  document.body.addEventListener("exchanged", (event) => {
    const { hasMoved } = (event as CustomEvent<{ hasMoved: boolean }>).detail;
    if (hasMoved && mayShowAgain()) {
      void htmx.ajax("GET", location.pathname + location.search, { target: "body", swap: "innerMorph", push: "false" });
    }
  });
}

/** Never under somebody's hands, and not a page whose parts renew themselves. */
function mayShowAgain(): boolean {
  const isBusy = document.querySelector("form[data-autosave], form.form, [hx-trigger*=exchanged]") !== null;
  return document.body.hasAttribute("data-phone") && !isBusy && !document.hidden;
}
