/** When to ask the worker for an exchange, and what to show again after one. */

import htmx from "htmx.org";
import { tellWorker } from "./keys";

const EVERY_MS = 60_000;
const FIRST_MS = 300;

export function kickExchanges(): void {
  // A locked phone too: it may have sealed work to deliver.
  setTimeout(() => tellWorker("opened"), FIRST_MS);
  setInterval(() => !document.hidden && tellWorker("exchange"), EVERY_MS);
  document.addEventListener("visibilitychange", () => tellWorker(document.hidden ? "hidden" : "opened"));
  addEventListener("online", () => tellWorker("online"));
  document.body.addEventListener("exchanged", (event) => {
    const { hasMoved } = (event as CustomEvent<{ hasMoved: boolean }>).detail;
    if (hasMoved && mayShowAgain()) {
      void htmx.ajax("GET", location.pathname + location.search, { target: "body", swap: "innerMorph", push: "false" });
    }
  });
}

/** Never under somebody's hands, and not a page whose parts renew themselves. */
const mayShowAgain = (): boolean =>
  document.body.matches("[data-phone]:not(:has(form[data-autosave], form.form, [hx-trigger*=exchanged]))") &&
  !document.hidden;
