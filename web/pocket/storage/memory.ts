/**
 * The phone's decrypted memory as its pages see it: the office's snapshot, own changes on top, drafts beside.
 * Whatever is cached here may vanish between two requests with the worker that holds it; the disk is the truth.
 */

import type { Clock } from "../clock";
import type {
  Change,
  NoteFields,
  OrganisationFields,
  ParticipantFields,
  ReturnedFields,
  SiteFields,
} from "../generated/schema";
import { newId } from "../ids";
import type { Draft, Memory, NewChange, Seen } from "../pages/page";
import { type Captured, capture } from "./capture";
import { contentHash } from "./content_hash";
import type { Database } from "./database";
import { directory } from "./directory";
import { drafts as draftStore, type KeptDraft } from "./drafts";
import { facts, keepFact, knownFacts } from "./meta";
import { officeFields, recordOf, restoredBeside } from "./office_drafts";
import { type Entry, outbox as outboxStore } from "./outbox";
import type { Fields } from "./overlay";
import { type Mark, records as recordStore } from "./records";
import { sight } from "./sight";
import type { Unlocked } from "./unlocked";

/** Two people at one note is rare, and soon noticed: older notes show it on their own page. */
const CONFLICT_NOTES = 60;
const DRAFT_REST_MS = 5 * 60_000;

/** What the exchange needs beside what pages see. */
export interface PocketMemory extends Memory {
  pending(): Promise<readonly Entry[]>;
  /** Captures a change for every changed draft whose last one is `restMs` old; true when there was any. */
  offerDrafts(now: number, restMs?: number): Promise<boolean>;
  /** Changes up to this n are under way to the office; 0: none. */
  sending(n: number): void;
  /** The snapshot or the outbox has changed underneath. */
  forget(): void;
}

export function pocketMemory(database: Database, author: Unlocked, clock: Clock, onCaptured: () => void): PocketMemory {
  const records = recordStore(database, author.key);
  const outbox = outboxStore(database, author.key);
  const drafts = draftStore(database, author.key);
  const { one, all, list, sending } = sight(records, outbox);
  const resources = directory(database, author.key);
  const own = `me:${author.device.specialist}`;
  let lastWrite: Promise<unknown> = Promise.resolve();

  /** Captures one after the other: two at once would want the same number. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = lastWrite.then(work, work);
    lastWrite = turn.catch(() => undefined);
    return turn;
  };

  const officeDraft = async (id: string): Promise<Seen<Fields> | null> => recordOf(id, await all<Fields>("draft"));

  const based = async (change: NewChange): Promise<Captured> => ({
    ...change,
    base: change.base ?? (change.kind === "create" ? 0 : ((await records.get(change.doc))?.seq ?? 0)),
  });

  const write = async (
    changes: readonly Captured[],
    dropDraft?: string,
    bundles: readonly number[] = [changes.length],
  ): Promise<void> => {
    await capture(database, author, clock, changes, { bundles, ...(dropDraft && { dropDraft }) });
    outbox.forget();
  };

  /** Two windows may sign one draft at the same moment: it becomes one note. */
  const isThere = async (first: NewChange | undefined): Promise<boolean> =>
    first?.kind === "create" && (await one(first.doc, first.type)) !== null;
  const notes = async (ids: readonly string[]): Promise<Seen<NoteFields>[]> =>
    (await Promise.all(ids.map((id) => one<NoteFields>(id, "note")))).filter((note) => note !== null);

  const revised = async (): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
    const [{ loop }, own] = await Promise.all([
      knownFacts(database, "loop"),
      list<NoteFields>("note", [], ({ fields }) => typeof fields["supersedes"] === "string"),
    ]);
    const pairs = [
      ...Object.entries(loop?.revised ?? {}),
      ...own.map(({ doc, fields }) => [doc, fields.supersedes ?? ""]),
    ];
    const found = new Map<string, Set<string>>();
    for (const [doc = "", old = ""] of pairs) found.set(old, (found.get(old) ?? new Set()).add(doc));
    return found;
  };

  const voidOf = async (draft: string): Promise<Captured[]> => {
    const office = await officeDraft(draft);
    return office ? [await based({ kind: "void", type: "draft", doc: office.doc, bucket: own })] : [];
  };

  const draftChange = async ({ draft }: KeptDraft): Promise<Captured> => {
    const office = await officeDraft(draft.id);
    const about = { type: "draft", bucket: own, set: officeFields(draft) } as const;
    return based(
      office ? { ...about, kind: "patch", doc: office.doc } : { ...about, kind: "create", doc: newId(clock.wall()) },
    );
  };

  const draftNow = async (id: string): Promise<Draft | null> => {
    const kept = await drafts.get(id);
    if (kept) return kept.draft;
    return restoredBeside(await all<Fields>("draft"), new Set()).find((draft) => draft.id === id) ?? null;
  };

  const changeDraft: Memory["changeDraft"] = (id, next) =>
    inTurn(async () => {
      const draft = next(await draftNow(id));
      if (draft) await drafts.keep({ draft, officeAt: (await drafts.get(id))?.officeAt ?? null });
      return draft !== null;
    });

  return {
    one,
    all,
    note: (doc) => one<NoteFields>(doc, "note"),
    participant: (doc) => one<ParticipantFields>(doc, "participant"),
    participants: () => all<ParticipantFields>("participant"),
    async organisation() {
      return (await all<OrganisationFields>("organisation"))[0]?.fields ?? null;
    },
    async sites() {
      return (await all<SiteFields>("site")).map(({ doc, fields }) => ({
        id: doc,
        name: fields.name,
        zone: fields.zone,
        setting: fields.setting,
        isBillable: fields.is_billable ?? true,
        isOpen: fields.is_open ?? true,
      }));
    },
    async memberNames() {
      const members = await all<{ name: string; title?: string }>("member");
      return Object.fromEntries(
        members.map(({ doc, fields }) => [doc, { name: fields.name, title: fields.title ?? "" }]),
      );
    },
    async notesOf(participant, limit, before) {
      const bucket = `p:${participant}`;
      const mark = before === undefined ? null : readMark(before);
      const { found, next } = await records.newestIn(bucket, "note", limit, mark);
      const seen = await list<NoteFields>("note", found, (record) => mark === null && record.bucket === bucket);
      const extra = seen.length - found.length;
      const total = (await records.countIn(bucket, "note")) + Math.max(0, extra);
      return { notes: newestFirst(seen), next: next && `${next.day}:${next.doc}`, total };
    },
    async recentNotes(limit) {
      const seen = await list<NoteFields>("note", await records.newest("note", limit), () => true);
      return newestFirst(seen).slice(0, limit);
    },
    async lastSeen() {
      const people = await all<ParticipantFields>("participant");
      const { newest, counts } = await records.summary(
        people.map(({ doc }) => `p:${doc}`),
        "note",
      );
      const notes = await list<NoteFields>("note", newest, () => true);
      const known = new Set(newest.map(({ doc }) => doc));
      const seen: Record<string, { at: number; notes: number }> = {};
      for (const { doc, bucket, fields } of notes) {
        const before = seen[fields.participant] ?? { at: 0, notes: counts.get(bucket) ?? 0 };
        const at = Math.max(before.at, fields.started_at);
        seen[fields.participant] = { at, notes: before.notes + (known.has(doc) ? 0 : 1) };
      }
      return seen;
    },
    async returned() {
      return (await all<ReturnedFields>("returned")).map(({ doc, fields, body }) => ({
        doc,
        code: fields.code,
        field: fields.field ?? null,
        offer: fields.offer ?? null,
        about: fields.about,
        change: JSON.parse(fields.change) as Change,
        at: body.received,
        reason: fields.reason ?? null,
      }));
    },
    async returns() {
      const { loop } = await knownFacts(database, "loop");
      return (await notes(loop?.returned ?? [])).filter(({ body }) => (body.returned ?? []).length > 0);
    },
    revised,
    async revisionsOf(doc) {
      return newestFirst(await notes([...((await revised()).get(doc) ?? [])]));
    },
    async conflicts() {
      const notes = await list<Fields>("note", await records.newest("note", CONFLICT_NOTES), () => true);
      const seen = [
        ...(await all<Fields>("participant")),
        ...(await all<Fields>("draft")),
        ...(await all<Fields>("keepwell")),
        ...notes,
      ];
      return seen.filter((record) => (record.body.kept ?? []).length > 0);
    },
    resources,
    async caseload() {
      return (await all("assignment")).length;
    },
    async drafts() {
      const kept = await drafts.all();
      const here = new Set(kept.map(({ draft }) => draft.id));
      const fromOffice = restoredBeside(await all<Fields>("draft"), here);
      return [...kept.map(({ draft }) => draft), ...fromOffice].sort((a, b) => b.updatedAt - a.updatedAt);
    },
    draft: draftNow,
    async saveDraft(draft) {
      await changeDraft(draft.id, () => draft);
    },
    changeDraft,
    async dropDraft(id) {
      await inTurn(async () => {
        const changes = await voidOf(id);
        await (changes.length > 0 ? write(changes, id) : drafts.drop(id));
        if (changes.length > 0) onCaptured();
      });
    },
    async capture(changes, draft) {
      await inTurn(async () => {
        if (await isThere(changes[0])) return;
        const ready = await Promise.all(changes.map(based));
        await write([...ready, ...(draft ? await voidOf(draft) : [])], draft);
        onCaptured();
      });
    },
    async captureEach(bundles, draft) {
      await inTurn(async () => {
        const standing = await Promise.all(bundles.map(async ([first]) => isThere(first)));
        const wanted = bundles.filter((bundle, at) => bundle.length > 0 && !standing[at]);
        const ready = await Promise.all(wanted.map((bundle) => Promise.all(bundle.map(based))));
        const last = draft ? await voidOf(draft) : [];
        const all = last.length > 0 ? [...ready, last] : ready;
        if (all.length === 0) return draft ? drafts.drop(draft) : undefined;
        await write(
          all.flat(),
          draft,
          all.map((bundle) => bundle.length),
        );
        onCaptured();
      });
    },
    contentHash: (fields) => contentHash({ ...fields }),
    async receipts(doc) {
      return (await outbox.of(doc)).flatMap((entry) => entry.receipt ?? []);
    },
    async setting(name) {
      return (await facts(database, name))[name] ?? null;
    },
    setSetting: (name, value) => keepFact(database, name, value),
    pending: () => outbox.pending(),
    async offerDrafts(now, restMs = DRAFT_REST_MS) {
      let hasOffered = false;
      for (const { draft, officeAt } of await drafts.all()) {
        if (officeAt !== null && (draft.updatedAt <= officeAt || now - officeAt < restMs)) continue;
        await inTurn(async () => {
          const kept = await drafts.get(draft.id);
          if (!kept) return;
          await write([await draftChange(kept)]);
          await drafts.keep({ ...kept, officeAt: now });
          hasOffered = true;
        });
      }
      return hasOffered;
    },
    sending,
    forget: () => outbox.forget(),
  };
}

const newestFirst = (notes: Seen<NoteFields>[]): Seen<NoteFields>[] =>
  notes.sort((a, b) => b.fields.started_at - a.fields.started_at);

function readMark(text: string): Mark | null {
  const [, day, doc] = /^(-?\d{1,8}):([0-9a-f-]{36})$/.exec(text) ?? [];
  return day && doc ? { day: Number(day), doc } : null;
}
