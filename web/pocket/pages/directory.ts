/** The directory of resources, offline: looked up by words and kind, called, and from there a person is referred. */

import type { ResourceFields } from "../generated/schema";
import { translate } from "../render";
import { words } from "./choices";
import { found } from "./directory_search";
import { notFound } from "./missing";
import type { Page, PageAnswer, PageContext, PageRequest, Resource } from "./page";
import { zoneOf } from "./surroundings";
import { contentOf, isId, line } from "./typed";

export const KINDS = [
  "housing",
  "food",
  "clothing",
  "health",
  "treatment",
  "work",
  "legal",
  "transport",
  "id_benefits",
  "crisis",
  "peer_groups",
  "family",
  "other",
] as const;

const SHOWN = 30;

interface Asked {
  readonly q: string;
  readonly kind: string;
  /** For whom something is looked up; "" for nobody in particular. */
  readonly person: string;
  /** The unfinished referral it is looked up for, or "". */
  readonly referral: string;
}

/** The empty page looks at nothing; it asks for everything itself once it stands, so that it stands at once. */
const directory: Page = async (request, context) => page({ q: "", kind: "", ...forWhom(request) }, null, context);

const search: Page = async (request, context) => {
  const asked = askedOf(request);
  const list = found(await context.memory.resources(), asked.q, asked.kind, context.lang);
  const whole = await page(asked, list, context);
  // While somebody types, only the list changes: nothing around it need be looked up.
  return request.isHtmx && "view" in whole
    ? { ...whole, template: "phone/directory_found.html", isFragment: true }
    : whole;
};

const show: Page = async (request, context) => {
  const one = await context.memory.one<ResourceFields>(request.params["id"] ?? "", "resource");
  if (!one) return notFound(request, context);
  const { person: asked, referral } = forWhom(request);
  const person = await personOf(asked, context);
  const query = queryOf(person?.id ?? "", referral);
  return {
    status: 200,
    template: "phone/resource.html",
    view: {
      ...entry(one, query, context.lang),
      languages: spoken(one.fields, context.lang),
      hours: one.fields.hours ?? "",
      for_whom: one.fields.for_whom ?? "",
      cost: one.fields.cost ?? "",
      notes: one.fields.notes ?? "",
      checked_on: one.fields.checked_on ?? "",
      is_closed: one.fields.is_open === false,
      person,
      back_href: `/app/directory${query}`,
      refer_href: `/app/referrals/new?resource=${one.doc}${person ? `&person=${person.id}` : ""}${referral && `&draft=${referral}`}`,
      now: context.now,
      zone: await zoneOf(context.memory),
    },
  };
};

function askedOf(request: PageRequest): Asked {
  const content = contentOf(request.form);
  const kind = line(content, "kind");
  const isKnown = (KINDS as readonly string[]).includes(kind);
  const referral = line(content, "referral");
  return {
    q: line(content, "q"),
    kind: isKnown ? kind : "",
    person: line(content, "person"),
    referral: isId(referral) ? referral : "",
  };
}

function forWhom({ query }: PageRequest): Pick<Asked, "person" | "referral"> {
  const referral = query.get("referral") ?? "";
  return { person: query.get("person") ?? "", referral: isId(referral) ? referral : "" };
}

/** What links within the directory carry along. */
function queryOf(person: string, referral: string): string {
  const parts = [person && `person=${person}`, referral && `referral=${referral}`].filter((part) => part !== "");
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

async function page(asked: Asked, list: readonly Resource[] | null, context: PageContext): Promise<PageAnswer> {
  const person = await personOf(asked.person, context);
  return {
    status: 200,
    template: "phone/directory.html",
    view: {
      ...asked,
      person,
      kinds: words(context.lang, "links.kind.", KINDS),
      is_asked: list !== null,
      is_filtered: asked.q !== "" || asked.kind !== "",
      count: list?.length ?? 0,
      more: Math.max(0, (list?.length ?? 0) - SHOWN),
      entries: (list ?? [])
        .slice(0, SHOWN)
        .map((one) => entry(one, queryOf(person?.id ?? "", asked.referral), context.lang)),
    },
  };
}

async function personOf(id: string, { memory }: PageContext): Promise<{ id: string; name: string } | null> {
  const one = id ? await memory.participant(id) : null;
  return one && { id: one.doc, name: one.fields.name };
}

function entry({ doc, fields }: Resource, query: string, lang: PageContext["lang"]): Record<string, unknown> {
  return {
    name: fields.name,
    href: `/app/directory/${doc}${query}`,
    kinds: fields.kinds.map((kind) => translate(lang, `links.kind.${kind}`)).join(", "),
    address: fields.address ?? "",
    phone: fields.phone ?? "",
    phone_href: `tel:${(fields.phone ?? "").replace(/[^+0-9]/g, "")}`,
  };
}

function spoken({ languages = [] }: ResourceFields, lang: PageContext["lang"]): string {
  return languages.map((one) => translate(lang, `links.language.${one}`)).join(", ");
}

export const routes = {
  "GET /app/directory": directory,
  "POST /app/directory": search,
  "GET /app/directory/{id}": show,
};
