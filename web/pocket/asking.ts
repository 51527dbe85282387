/** What a request asks, and how its answer is to look: the same for every program of the worker. */

import { isHtmx } from "./answers";
import type { PageRequest } from "./pages/page";
import type { Database } from "./storage/database";
import { knownFacts, type OrganisationFacts } from "./storage/meta";

type Lang = "en" | "es";

export interface Surroundings {
  readonly lang: Lang;
  readonly theme: "system" | "light" | "dark";
  /** Address of the reading view while the phone is in the person's hands; else "". */
  readonly turned: string;
  readonly organisation?: OrganisationFacts | undefined;
}

/** As this phone was set; `language` is the browser's. */
export async function surroundings(database: Database, language: Lang): Promise<Surroundings> {
  const {
    lang,
    theme,
    turned = "",
    organisation,
  } = await knownFacts(database, "lang", "theme", "turned", "organisation");
  return {
    lang: lang === "en" || lang === "es" ? lang : language,
    theme: theme === "light" || theme === "dark" ? theme : "system",
    turned,
    organisation,
  };
}

async function posted(request: Request): Promise<{ form: URLSearchParams; file?: Blob }> {
  if (!/^multipart\/form-data\b/.test(request.headers.get("Content-Type") ?? ""))
    return { form: new URLSearchParams(await request.text()) };
  const sent = [...(await request.formData())];
  const file = sent.flatMap(([, value]) => (typeof value === "string" ? [] : [value]))[0];
  const form = new URLSearchParams(sent.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
  return file ? { form, file } : { form };
}

/** Line ends as the office wants them; what a browser cannot express in UTF-8 is U+FFFD already. */
export async function pageRequest(request: Request, params: Readonly<Record<string, string>>): Promise<PageRequest> {
  const url = new URL(request.url);
  const isPost = request.method === "POST";
  const { form, file } = isPost ? await posted(request) : { form: new URLSearchParams() };
  const clean = new URLSearchParams([...form].map(([name, value]) => [name, value.replace(/\r\n?/g, "\n")]));
  return {
    method: isPost ? "POST" : "GET",
    path: url.pathname,
    params,
    query: url.searchParams,
    form: clean,
    file,
    isHtmx: isHtmx(request),
  };
}
