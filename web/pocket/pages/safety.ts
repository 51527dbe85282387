/** Help now: numbers to call. Works offline and while the phone is locked; nothing here reads the vault. */

import type { Page } from "./page";

const safety: Page = async (_request, context) => ({
  status: 200,
  template: context.isLocked ? "phone/safety_locked.html" : "phone/safety.html",
  view: { on_call: context.onCall.map(({ name, number }) => ({ name, number, href: `tel:${dialled(number)}` })) },
});

function dialled(number: string): string {
  return number.replace(/[^+\d]/g, "");
}

export const routes = { "GET /app/safety": safety };
