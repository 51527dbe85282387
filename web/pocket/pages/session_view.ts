/** The form about many people at once, and the page that is read before signing it. */

import { translate } from "../render";
import { chipOf, dayChoices, placeChoices, supportChoices, words } from "./choices";
import { dayTyped, type FieldError, placeTyped } from "./draft_note";
import { namedIn } from "./named";
import type { PageContext } from "./page";
import { byName, type PersonView, peopleOf } from "./people_view";
import { readPlace } from "./place";
import { asked, hex, type ManyAround, rosterOf, type Sort } from "./session_draft";
import { BESIDE, type Listed, type SessionReading, VISIT_KINDS } from "./session_read";
import { sessionUnits } from "./session_units";
import { peopleWarnings, type Warning } from "./session_whom";
import { type Content, many, one } from "./typed";
import { local } from "./when";
import { goesOnAs } from "./whom";

const RECENT_LIMIT = 20;
const SLACK_MS = 600_000;
const NOTES_LIMIT = 60;
const LENGTHS = { group: ["30", "60", "90", "120"], visit: ["60", "120", "180"] } as const;

export async function sessionFormView(
  sort: Sort,
  id: string,
  content: Content,
  around: ManyAround,
  context: PageContext,
  errors: readonly FieldError[],
): Promise<Record<string, unknown>> {
  const { lang, now } = context;
  const problems = errors.map(({ field, key, args }) => ({ field, text: translate(lang, key, args) }));
  const error = (name: string) => problems.find((problem) => problem.field === name)?.text ?? "";
  const named = ["title", "topic", "description", "headcount", "place", "day", "minutes", "start", "end", "roster"];
  const rows = await rosterView(content, around, context, error);
  return {
    id,
    now,
    sort,
    zone: around.organisation?.zone ?? "UTC",
    problems,
    error: Object.fromEntries(named.map((name) => [name, error(name)])),
    title: one(content, "title"),
    topic: one(content, "topic"),
    description: one(content, "description"),
    asked_did: asked("group", "did", lang),
    headcount: one(content, "headcount"),
    ...placeView(content, around, lang),
    ...whenView(sort, content, around, lang),
    besides: words(lang, "many.beside.", BESIDE),
    beside: [...many(content, "beside")],
    supports: supportChoices(lang),
    support: [...many(content, "support")],
    kinds: words(lang, "note.kind.", VISIT_KINDS),
    kind: one(content, "kind") || "in_reach",
    shares: words(lang, "many.share.", ["shared", "each"]),
    share: one(content, "share") || "shared",
    code_kinds: words(lang, "many.codes.", ["letters", "own"]),
    codes: one(content, "codes") || "letters",
    ...rows,
    count: rosterOf(content).length,
    kept: keptLine(around, null, false),
  };
}

/** What stands above the button; `phone/kept.html` draws it for every form. */
export function keptLine(around: ManyAround, at: number | null, isRefused: boolean): Record<string, unknown> {
  return { at, is_refused: isRefused, zone: around.organisation?.zone ?? "UTC", counted: null, open: [] };
}

function placeView(content: Content, { sites }: ManyAround, lang: PageContext["lang"]): Record<string, unknown> {
  const current = placeTyped(content);
  const { chips, others } = placeChoices(lang, sites, current);
  const { chip, other } = chipOf(chips, current);
  return { places: chips, place: chip, other_places: others, place_other: other };
}

function whenView(
  sort: Sort,
  content: Content,
  around: ManyAround,
  lang: PageContext["lang"],
): Record<string, unknown> {
  const place = readPlace(placeTyped(content), around.sites, around.organisation);
  const days = dayChoices(lang, local(around.now, place?.zone ?? around.organisation?.zone ?? "UTC").day);
  const { chip, other } = chipOf(days, dayTyped(content));
  return {
    days,
    day: chip === "" ? "other" : chip,
    day_other: other,
    lengths: words(lang, "many.minutes.", [...LENGTHS[sort], "exact"]),
    minutes: one(content, "minutes"),
    start: one(content, "start"),
    end: one(content, "end"),
  };
}

/** Recent people first, so that most groups need no search; everybody else behind one touch. */
async function rosterView(
  content: Content,
  around: ManyAround,
  { memory }: PageContext,
  error: (field: string) => string,
): Promise<{ shown: unknown[]; others: unknown[] }> {
  const ticked = new Set(rosterOf(content));
  const everyone = (await peopleOf(memory)).filter((person) => !person.is_closed || ticked.has(person.id));
  const known = new Set(everyone.map(({ id }) => id));
  const gone = [...ticked].filter((id) => !known.has(id));
  const isShown = (person: PersonView, at: number) => at < RECENT_LIMIT || ticked.has(person.id);
  const goesOn = (id: string): string => {
    const person = around.people.get(id);
    return (person && goesOnAs(person, around.people)?.fields.name) ?? "";
  };
  const row = (id: string, name: string, isClosed: boolean) => ({
    id,
    key: hex(id),
    name,
    is_closed: isClosed,
    goes_on: goesOn(id),
    is_here: around.people.has(id),
    is_ticked: ticked.has(id),
    code: one(content, `code_${hex(id)}`),
    kept_name: around.people.has(id) ? "" : name,
    line: one(content, `line_${hex(id)}`),
    from: one(content, `from_${hex(id)}`),
    to: one(content, `to_${hex(id)}`),
    error: error(`from_${hex(id)}`) || error(`line_${hex(id)}`),
  });
  const shown = everyone.filter(isShown);
  const others = everyone.filter((person) => !shown.includes(person)).sort(byName);
  return {
    shown: [
      ...shown.map((person) => row(person.id, person.name, person.is_closed)),
      ...gone.map((id) => row(id, one(content, `name_${hex(id)}`), false)),
    ],
    others: others.map((person) => row(person.id, person.name, person.is_closed)),
  };
}

export async function sessionCheckView(
  id: string,
  reading: SessionReading,
  around: ManyAround,
  context: PageContext,
): Promise<Record<string, unknown>> {
  const { session, roster } = reading;
  const units = await sessionUnits(reading, context);
  const notes = roster.flatMap(({ fields }) => fields ?? []);
  return {
    id,
    now: context.now,
    session,
    roster: roster.map((listed) => ({
      name: listed.name,
      line: listed.line,
      code: listed.code,
      ...(units.get(listed.id) ?? { units: "", why: "" }),
      start: listed.fields?.started_at ?? 0,
      minutes: listed.fields ? Math.floor((listed.fields.ended_at - listed.fields.started_at) / 60_000) : 0,
    })),
    count: roster.length,
    warnings: session ? await warnings(session, roster, around, context) : [],
    asked_did: asked("group", "did", context.lang),
    author: context.person.name,
    hash: await seenHash(context, session, notes),
  };
}

/** What was read on the check page, in one word: signing anything else shows the page again. */
export async function seenHash({ memory }: PageContext, session: unknown, notes: readonly unknown[]): Promise<string> {
  return memory.contentHash({ session, notes } as unknown as Parameters<typeof memory.contentHash>[0]);
}

type Session = NonNullable<SessionReading["session"]>;

async function warnings(
  session: Session,
  roster: readonly Listed[],
  around: ManyAround,
  context: PageContext,
): Promise<Warning[]> {
  const { lang } = context;
  const say = (key: string, args: Readonly<Record<string, string | number>> = {}): Warning => ({
    title: translate(lang, `many.warning.${key}`, args),
    text: translate(lang, `many.warning.${key}_text`, args),
  });
  const names = (some: readonly { name: string }[]) => some.map(({ name }) => name).join(", ");
  const inShared = namedIn(`${session.title} ${session.topic ?? ""} ${session.description ?? ""}`, roster);
  const inLines = roster.flatMap((listed) => {
    const found = namedIn(
      listed.line,
      roster.filter((other) => other.id !== listed.id),
      listed.name,
    );
    return found.length > 0 ? [say("named_line", { name: listed.name, others: names(found) })] : [];
  });
  const silent = roster.filter(({ line }) => line.trim() === "");
  const most = groupMax(around);
  const people = roster.length + (session.headcount ?? 0);
  return [
    ...(inShared.length > 0 ? [say("named", { others: names(inShared) })] : []),
    ...inLines,
    ...(session.sort === "group" && most > 0 && people > most ? [say("over", { n: people, most })] : []),
    ...(session.sort === "group" && !session.description ? [say("no_description")] : []),
    ...(silent.length > 0 ? [say("no_line", { n: silent.length, names: names(silent) })] : []),
    ...peopleWarnings(roster, lang),
    ...(session.ended_at > context.now + SLACK_MS ? [say("not_over")] : []),
    ...((await isOverlapping(session, context)) ? [say("overlap")] : []),
  ];
}

/** People in a group beyond which it is not paid, by the organisation's rules; 0: no limit. */
function groupMax({ organisation }: ManyAround): number {
  const { rules } = (organisation ?? {}) as { rules?: { billing?: { group_max?: number } } };
  return rules?.billing?.group_max ?? 0;
}

/** Another note of mine in the same minutes: easily a slip of the clock. */
async function isOverlapping(session: Session, { memory, person }: PageContext): Promise<boolean> {
  const own = new Set(session.notes ?? []);
  return (await memory.recentNotes(NOTES_LIMIT)).some(
    (note) =>
      note.body.author === person.id &&
      !own.has(note.doc) &&
      note.fields.started_at < session.ended_at &&
      session.started_at < note.fields.ended_at,
  );
}
