/**
 * Forms that are no note but are kept like one: at every pause, encrypted, as a draft that is found again. Where the
 * record exists already, the draft's id is made from the record's.
 */

import { ADDENDUM, SHOWN } from "./addendum_draft";
import { saving } from "./not_saved";
import type { Draft, PageAnswer, PageContext } from "./page";
import { zoneOf } from "./surroundings";
import { type Content, one } from "./typed";
import { withName } from "./whom";

/** What such a draft is, on Today and wherever else drafts are listed. */
interface Sort {
  readonly href: (draft: Draft) => string;
  /** Where one goes on once it is thrown away: what it was to change stands there as it was. */
  readonly home: (draft: Draft) => string;
  /** Key of its name. */
  readonly name: string;
}

export const CONSENT = "consent@1";
export const PLAN = "plan@1";
export const GOAL = "goal@1";
export const KEEPWELL = "keepwell@1";
/** Not "referral@1", which is the form of a note. */
export const REFER = "refer@1";
export const CHECKIN = "checkin@1";

const person = ({ content }: Draft): string => `/app/people/${one(content, "person")}`;

const note = ({ content }: Draft): string => `/app/notes/${one(content, "note")}`;

const SORTS: Readonly<Record<string, Sort>> = {
  [SHOWN]: { href: note, home: note, name: "loop.reading.unfinished" },
  [CONSENT]: {
    href: ({ id }) => `/app/consents/${id}/ask`,
    home: (draft) => `${person(draft)}/consents`,
    name: "consent.draft",
  },
  [PLAN]: {
    href: (draft) => `${person(draft)}/plan/edit`,
    home: (draft) => `${person(draft)}/plan`,
    name: "plan.draft",
  },
  [GOAL]: {
    href: (draft) => `${person(draft)}/goals/${one(draft.content, "goal")}`,
    home: (draft) => `${person(draft)}/plan`,
    name: "plan.draft_goal",
  },
  [REFER]: {
    href: ({ id }) => `/app/referrals/new?draft=${id}`,
    home: (draft) => (one(draft.content, "person") ? `${person(draft)}/referrals` : "/app/directory"),
    name: "links.draft_referral",
  },
  [CHECKIN]: {
    href: (draft) => `${person(draft)}/checkins/new?draft=${draft.id}`,
    home: (draft) => `${person(draft)}/checkins`,
    name: "links.draft_checkin",
  },
  [KEEPWELL]: {
    href: (draft) => `${person(draft)}/keepwell/edit`,
    home: (draft) => `${person(draft)}/keepwell`,
    name: "keepwell.draft",
  },
};

export function sortOf(draft: Draft): { readonly href: string; readonly name: string } | null {
  const sort = SORTS[draft.form];
  return sort ? { href: sort.href(draft), name: sort.name } : null;
}

/** Where one goes on once a draft is thrown away; Today for a note's, which leaves nothing behind. */
export function homeOf(draft: Draft): string {
  return draft.form === ADDENDUM ? note(draft) : (SORTS[draft.form]?.home(draft) ?? "/app/");
}

/** Id of the draft of a record's form: differs from the record's in the last digit only. Notes use 1 and 2. */
export function draftOf(doc: string, digit: 4 | 5 | 6 | 7): string {
  return doc.slice(0, -1) + (Number.parseInt(doc.slice(-1), 16) ^ digit).toString(16);
}

export async function keepDraft(id: string, form: string, content: Content, context: PageContext): Promise<void> {
  const { memory, now } = context;
  const earlier = await memory.draft(id);
  await memory.saveDraft({
    id,
    form,
    content: await withName(content, memory, earlier?.content),
    startedAt: earlier?.startedAt ?? now,
    updatedAt: now,
  });
}

/** The answer to an autosave: the line above the button, never ahead of the truth. */
export async function keptAnswer(
  id: string,
  form: string,
  content: Content,
  context: PageContext,
  isWhole = true,
): Promise<PageAnswer> {
  return isWhole ? keptBy(() => keepDraft(id, form, content, context), context) : line(422, context);
}

/** The same for a form that is kept in a way of its own. */
export async function keptBy(keep: () => Promise<unknown>, context: PageContext): Promise<PageAnswer> {
  return saving(
    async () => {
      await keep();
      return line(200, context);
    },
    () => line(507, context),
  );
}

async function line(status: 200 | 422 | 507, { memory, now }: PageContext): Promise<PageAnswer> {
  const isRefused = status !== 200;
  const kept = {
    at: isRefused ? null : now,
    is_refused: isRefused,
    zone: await zoneOf(memory),
    counted: null,
    open: [],
  };
  return { status, template: "phone/kept.html", view: { kept }, isFragment: true };
}
