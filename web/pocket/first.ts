/**
 * The service worker's first program: it sets a phone up while the whole one is on its way. Whoever is quicker than
 * the line sees that the rest is coming. It is small, because nothing can be done on a phone before it is there.
 */

import { html, redirect } from "./answers";
import { pageRequest, type Surroundings, surroundings } from "./asking";
import { enrolment } from "./gates/enrol";
import type { GatePage } from "./gates/gate";
import { clock, gate, keys, language, listen, readShell, store } from "./host";
import type { PageAnswer } from "./pages/page";
import { learn, render } from "./render";
import { router } from "./router";
import { facts } from "./storage/meta";

const gates = router<GatePage>(enrolment);
const coming: PageAnswer = { status: 200, template: "phone/coming.html", view: {} };

async function answer({ request }: FetchEvent): Promise<Response> {
  const around = await surroundings(store, language).catch(
    (): Surroundings => ({ lang: language, theme: "system", turned: "" }),
  );
  await learn(around.lang, readShell).catch(() => undefined);
  const said = await say(request).catch(
    (): PageAnswer => ({ status: 500, template: "phone/gate_broken.html", view: { why: "unknown" } }),
  );
  if ("redirect" in said) return redirect(request, said.redirect, true);
  return html(said.status, render(said.template, { lang: around.lang, frame: { theme: around.theme }, ...said.view }));
}

async function say(request: Request): Promise<PageAnswer> {
  const found = gates.find(request.method, new URL(request.url).pathname);
  const { vault } = await facts(store, "vault");
  if (vault) return coming;
  if (found === null || found === "method") return { redirect: "/app/enrol" };
  const context = { ...gate, database: store, now: clock.wall(), isOpen: async () => false, exchange: () => undefined };
  return found.handler(await pageRequest(request, found.params), context);
}

listen(answer, async (asked) => {
  if (asked === "lock") await keys.drop();
});
