/** Work that came back: shown whole, with the way on that the office offers. It stays until its author settles it. */

import { ADDENDUM, addendumDraftOf } from "./addendum_draft";
import { type Kept, titleOf } from "./conflict_view";
import { notFound } from "./missing";
import { saving } from "./not_saved";
import type { Draft, Memory, NewChange, Page, PageContext, PageRequest } from "./page";
import { returnedContent, returnedTexts } from "./returned";
import { zoneOf } from "./surroundings";

/** What a specialist's phone makes; anything else has one word. */
const TYPES = ["note", "participant"];

export type Returned = Awaited<ReturnType<Memory["returned"]>>[number];

const inbox: Page = async (_request, context) => {
  const [returned, conflicts] = await Promise.all([context.memory.returned(), context.memory.conflicts()]);
  const items = await Promise.all(grouped(returned).map((group) => itemView(group, context)));
  const pairs = await Promise.all(conflicts.map((record) => pairView(record, context)));
  return {
    status: 200,
    template: "phone/inbox.html",
    view: { items, pairs, now: context.now, zone: await zoneOf(context.memory) },
  };
};

const item: Page = async (request, context) => {
  const group = await groupOf(request, context);
  if (!group) return notFound(request, context);
  const view = await itemView(group, context);
  return {
    status: 200,
    template: "phone/returned.html",
    view: { ...view, now: context.now, zone: await zoneOf(context.memory), why: "" },
  };
};

/** Its words become a draft, an unsigned note or an addendum, whichever the office can take; then it leaves the inbox. */
const again: Page = async (request, context) => {
  const group = await groupOf(request, context);
  const draft = group ? await draftFrom(group, context) : null;
  if (!group || !draft) return notFound(request, context);
  return saving(
    async () => {
      await context.memory.saveDraft(draft);
      await context.memory.capture(settled(group, context, "resubmitted"));
      return {
        redirect: draft.form === ADDENDUM ? `/app/notes/${group[0]?.about}/addendum` : `/app/drafts/${draft.id}`,
      };
    },
    async (why) => ({
      status: 507,
      template: "phone/returned.html",
      view: { ...(await itemView(group, context)), now: context.now, zone: await zoneOf(context.memory), why },
    }),
  );
};

const settle: Page = async (request, context) => {
  const group = await groupOf(request, context);
  if (group) await context.memory.capture(settled(group, context, "settled"));
  return { redirect: "/app/inbox" };
};

/** Somebody else's version stands beside one's own. */
async function pairView(record: Kept, context: PageContext): Promise<Record<string, unknown>> {
  const kept = record.body.kept ?? [];
  return {
    href: `/app/conflicts/${record.doc}`,
    name: await titleOf(record, context),
    type: record.type,
    at: kept.reduce((latest, one) => Math.max(latest, one.at), 0),
  };
}

/** All that came back about one record: a refused note comes as its create and its sign. */
function grouped(returned: readonly Returned[]): Returned[][] {
  const groups = new Map<string, Returned[]>();
  for (const one of returned) groups.set(one.about, [...(groups.get(one.about) ?? []), one]);
  return [...groups.values()].sort((a, b) => Math.min(...a.map((one) => one.at)) - Math.min(...b.map((one) => one.at)));
}

async function groupOf(request: PageRequest, { memory }: PageContext): Promise<Returned[] | null> {
  const group = (await memory.returned()).filter((one) => one.about === request.params["id"]);
  return group.length > 0 ? group : null;
}

async function itemView(group: readonly Returned[], { memory, lang }: PageContext): Promise<Record<string, unknown>> {
  const main = mainOf(group);
  const fields = main.change.set ?? {};
  const { bucket } = main.change;
  const person = bucket.startsWith("p:") ? await memory.participant(bucket.slice(2)) : await personOf(fields, memory);
  const about = main.change.type === "participant" ? String(fields["name"] ?? "") : "";
  return {
    id: main.about,
    href: `/app/inbox/${main.about}`,
    name: person?.fields.name ?? about,
    at: main.at,
    type: TYPES.find((type) => type === main.change.type) ?? "other",
    code: main.code,
    field: main.field ?? "",
    offer: (await draftKind(group, memory)) ?? "supervisor",
    reason: main.reason ?? "",
    texts: returnedTexts(main.change, lang),
    started_at: typeof fields["started_at"] === "number" ? fields["started_at"] : null,
  };
}

async function personOf(fields: Readonly<Record<string, unknown>>, memory: Memory) {
  return typeof fields["participant"] === "string" ? memory.participant(fields["participant"]) : null;
}

/** The one that holds the words, and of these the one refused for a reason of its own. */
function mainOf(group: readonly Returned[]): Returned {
  const worded = group.filter((one) => Object.keys(one.change.set ?? {}).length > 0);
  const reasoned = group.find((one) => one.code !== "BUNDLE_FAILED");
  const main = worded[0] ?? group[0];
  if (!main) throw new Error("a group of returned work is never empty");
  return reasoned && main.code === "BUNDLE_FAILED"
    ? { ...main, code: reasoned.code, field: reasoned.field, offer: reasoned.offer }
    : main;
}

async function draftKind(group: readonly Returned[], memory: Memory): Promise<"note" | "addendum" | null> {
  const { change, offer, about } = mainOf(group);
  if (change.type !== "note" || offer === "supervisor") return null;
  if (change.kind === "create") return "note";
  return (await memory.note(about)) ? "addendum" : null;
}

async function draftFrom(group: readonly Returned[], context: PageContext): Promise<Draft | null> {
  const { change, about } = mainOf(group);
  const kind = await draftKind(group, context.memory);
  if (!kind) return null;
  const id = kind === "note" ? context.newId() : addendumDraftOf(about);
  const content = await returnedContent(change, kind, context.memory);
  return { id, form: content["form_ref"]?.[0] ?? "", content, startedAt: context.now, updatedAt: context.now };
}

function settled(group: readonly Returned[], { person }: PageContext, reason: string): NewChange[] {
  return group.map((one) => ({ kind: "void", type: "returned", doc: one.doc, bucket: `me:${person.id}`, reason }));
}

export const routes = {
  "GET /app/inbox": inbox,
  "GET /app/inbox/{id}": item,
  "POST /app/inbox/{id}/again": again,
  "POST /app/inbox/{id}/settle": settle,
};
