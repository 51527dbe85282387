/** Language, look, lock, version: what one specialist decides for one phone. */

import { words } from "./choices";
import { saving } from "./not_saved";
import type { Page, PageAnswer, PageContext } from "./page";

const LANGUAGES = ["en", "es"];
const THEMES = ["system", "light", "dark"];

const settings: Page = async (_request, context) => settingsPage(context, 200, "");

const change: Page = async (request, context) => {
  const lang = request.form.get("language") ?? "";
  const theme = request.form.get("theme") ?? "";
  if (!LANGUAGES.includes(lang) || !THEMES.includes(theme)) return settingsPage(context, 422, "form.error.incomplete");
  return saving(
    async () => {
      await context.memory.setSetting("lang", lang);
      await context.memory.setSetting("theme", theme);
      return { redirect: "/app/settings" };
    },
    async (why) => settingsPage(context, 507, why),
  );
};

async function settingsPage(context: PageContext, status: 200 | 422 | 507, why: string): Promise<PageAnswer> {
  const { lang, theme, person } = context;
  const phone = await context.status();
  return {
    status,
    template: "phone/settings.html",
    view: {
      chosen_lang: lang,
      theme,
      themes: words(lang, "phone.settings.theme.", THEMES),
      name: person.name,
      app: phone.app,
      is_update_waiting: phone.isUpdateWaiting,
      why,
    },
  };
}

export const routes = { "GET /app/settings": settings, "POST /app/settings": change };
