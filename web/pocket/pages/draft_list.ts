/** Unfinished work as lists show it: about whom, how long, what is still open. */

import { fieldOf, formOf } from "../form_book";
import { missing } from "../forms";
import type { NoteFields } from "../generated/schema";
import { translate } from "../render";
import { alsoAsked } from "../rules";
import { ADDENDUM } from "./addendum_draft";
import { type Around, readNote } from "./draft_note";
import { sortOf } from "./kept_form";
import { leftOver } from "./left_over";
import type { Draft, PageContext } from "./page";
import { manyDraft } from "./session_draft";
import { around } from "./surroundings";
import { one } from "./typed";
import { nameTyped } from "./whom";

export interface DraftView {
  readonly href: string;
  readonly name: string;
  readonly minutes: number | null;
  readonly updated_at: number;
  /** What is still open, in words. */
  readonly detail: string;
}

export async function draftViews(context: PageContext): Promise<DraftView[]> {
  const drafts = await context.memory.drafts();
  const views = await Promise.all(drafts.map((draft) => draftView(draft, context)));
  return views.sort((a, b) => b.updated_at - a.updated_at);
}

async function draftView(draft: Draft, context: PageContext): Promise<DraftView> {
  const many = manyDraft(draft);
  if (many) return manyView(draft, many, context);
  const surroundings = await around(context, one(draft.content, "person"));
  const isAddendum = draft.form === ADDENDUM;
  const other = sortOf(draft);
  const name = surroundings.participant?.fields.name ?? nameTyped(draft.content);
  const left = await leftOver(draft, context.memory);
  if (other) {
    const detail = translate(context.lang, other.name);
    return { href: left || other.href, name, minutes: null, updated_at: draft.updatedAt, detail };
  }
  const reading = isAddendum ? null : readNote(draft.content, surroundings);
  return {
    href: left || (isAddendum ? `/app/notes/${one(draft.content, "note")}/addendum` : `/app/drafts/${draft.id}`),
    name,
    minutes: reading?.span ? Math.floor((reading.span.end - reading.span.start) / 60_000) : null,
    updated_at: draft.updatedAt,
    detail: isAddendum
      ? translate(context.lang, "phone.today.addendum")
      : openWords(reading?.fields ?? null, surroundings.organisation, context.lang),
  };
}

/** A draft about many people goes by its own name. */
function manyView(draft: Draft, many: NonNullable<ReturnType<typeof manyDraft>>, { lang }: PageContext): DraftView {
  const sort = translate(lang, `many.sort.${many.sort}`);
  return {
    href: many.href,
    name: many.title || sort,
    minutes: null,
    updated_at: draft.updatedAt,
    detail: many.title ? sort : "",
  };
}

function openWords(fields: NoteFields | null, organisation: Around["organisation"], lang: PageContext["lang"]): string {
  const open = fields ? openFields(fields, organisation, lang).map(({ text }) => inLine(text)) : [];
  return open.length > 0 ? `${translate(lang, "phone.today.needs")} ${open.join(", ")}` : "";
}

/** What the form and the organisation still ask for, in the form's words. `field`: its name on the form. */
export function openFields(
  fields: NoteFields,
  organisation: Around["organisation"],
  lang: PageContext["lang"],
): { field: string; text: string }[] {
  const form = formOf(fields.form);
  if (!form) return [];
  return missing(form, { ...fields }, alsoAsked(organisation, fields.contact_kind)).map(({ field }) => {
    const key = field.startsWith("answers.") ? field.slice("answers.".length) : "";
    const text = key ? (fieldOf(form, key)?.label[lang] ?? key) : translate(lang, `note.field.${field}`);
    return { field: key || field, text };
  });
}

/** A label within a sentence. */
function inLine(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}
