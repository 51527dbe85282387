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
import type { Draft, Memory, NewChange, Seen, Standing } from "../pages/page";
import { receiptCode } from "../receipt_code";
import { type Captured, capture } from "./capture";
import { contentHash } from "./content_hash";
import type { Database } from "./database";
import { drafts as draftStore, type KeptDraft } from "./drafts";
import { facts, keepFact } from "./meta";
import { type Entry, isShown, outbox as outboxStore, standing } from "./outbox";
import { type Fields, overlay, type Snapshot } from "./overlay";
import { type Mark, records as recordStore } from "./records";
import type { Unlocked } from "./unlocked";

const DRAFT_REST_MS = 5 * 60_000;

/** What the exchange needs beside what pages see. */
export interface PocketMemory extends Memory {
  pending(): Promise<readonly Entry[]>;
  /** Captures a change for every draft that has rested long enough since its last one. */
  offerDrafts(now: number): Promise<void>;
  /** Changes up to this n are under way to the office; 0: none. */
  sending(n: number): void;
  /** The snapshot or the outbox has changed underneath. */
  forget(): void;
}

type Anything = Seen<Fields>;

export function pocketMemory(database: Database, author: Unlocked, clock: Clock, onCaptured: () => void): PocketMemory {
  const records = recordStore(database, author.key);
  const outbox = outboxStore(database, author.key);
  const drafts = draftStore(database, author.key);
  const own = `me:${author.device.specialist}`;
  let sentUpTo = 0;
  let lastWrite: Promise<unknown> = Promise.resolve();

  /** Captures one after the other: two at once would want the same number. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = lastWrite.then(work, work);
    lastWrite = turn.catch(() => undefined);
    return turn;
  };

  const shownByDoc = async (): Promise<Map<string, Entry[]>> => grouped((await outbox.pending()).filter(isShown));

  const see = (snapshot: Snapshot | null, entries: readonly Entry[], ofRecord: Standing | null): Anything | null => {
    const record = overlay(
      snapshot,
      entries.map((entry) => entry.change),
    );
    if (record === null || record.body.state === "void") return null;
    return { ...record, standing: ofRecord ?? received(record) };
  };

  /** A whole list, with own changes on top and own new records in it. */
  const seeAll = async <F>(
    type: string,
    snapshots: readonly Snapshot[],
    isHere: (record: Snapshot) => boolean,
  ): Promise<Seen<F>[]> => {
    const byDoc = await shownByDoc();
    const pending = grouped(await outbox.pending());
    const known = new Set(snapshots.map((snapshot) => snapshot.doc));
    const fresh = [...byDoc.entries()].filter(([doc, entries]) => !known.has(doc) && isCreateOf(entries[0], type));
    const created = await Promise.all(
      fresh.map(async ([doc, entries]) =>
        (await records.get(doc)) ? null : see(null, entries, standing(pending.get(doc) ?? [], sentUpTo)),
      ),
    );
    const seen = snapshots.map((snapshot) => {
      const entries = byDoc.get(snapshot.doc) ?? [];
      return see(snapshot, entries, standing(pending.get(snapshot.doc) ?? [], sentUpTo));
    });
    const all = [...created.filter((record) => record !== null && isHere(record)), ...seen];
    return all.filter((record) => record !== null) as Seen<unknown>[] as Seen<F>[];
  };

  const one = async <F>(doc: string, type: string): Promise<Seen<F> | null> => {
    const [snapshot, entries] = await Promise.all([records.get(doc), outbox.of(doc)]);
    const seen = see(snapshot, entries.filter(isShown), standing(entries, sentUpTo));
    return seen?.type === type ? (seen as Seen<F>) : null;
  };

  const all = async <F>(type: string): Promise<Seen<F>[]> => seeAll<F>(type, await records.ofKind(type), () => true);

  /** The office's draft, restored to this phone and not opened on it since. */
  const restored = (record: Seen<Fields>): Draft => {
    const {
      form,
      content,
      started_at: startedAt,
    } = record.fields as { form: string; content: string; started_at?: number };
    const { captured } = record.body;
    return {
      id: record.doc,
      form,
      content: JSON.parse(content) as Draft["content"],
      startedAt: startedAt ?? captured,
      updatedAt: captured,
    };
  };

  const officeDraft = async (id: string): Promise<Seen<Fields> | null> => one<Fields>(id, "draft");

  const based = async (change: NewChange): Promise<Captured> => ({
    ...change,
    base: change.base ?? (change.kind === "create" ? 0 : ((await records.get(change.doc))?.seq ?? 0)),
  });

  const write = async (changes: readonly Captured[], dropDraft?: string): Promise<void> => {
    await capture(database, author, clock, changes, dropDraft ? { dropDraft } : {});
    outbox.forget();
  };

  const voidOf = async (draft: string): Promise<Captured[]> => {
    const office = await officeDraft(draft);
    return office ? [await based({ kind: "void", type: "draft", doc: draft, bucket: own })] : [];
  };

  const draftChange = async ({ draft }: KeptDraft): Promise<Captured> => {
    const office = await officeDraft(draft.id);
    const set = { form: draft.form, content: JSON.stringify(draft.content), ...whereabouts(draft) };
    return based({ kind: office ? "patch" : "create", type: "draft", doc: draft.id, bucket: own, set });
  };

  return {
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
      const seen = await seeAll<NoteFields>("note", found, (record) => mark === null && record.bucket === bucket);
      const extra = seen.length - found.length;
      const total = (await records.countIn(bucket, "note")) + Math.max(0, extra);
      return { notes: newestFirst(seen), next: next && `${next.day}:${next.doc}`, total };
    },
    async recentNotes(limit) {
      const seen = await seeAll<NoteFields>("note", await records.newest("note", limit), () => true);
      return newestFirst(seen).slice(0, limit);
    },
    async lastSeen() {
      const people = await all<ParticipantFields>("participant");
      const each = await Promise.all(
        people.map(async ({ doc }) => {
          const bucket = `p:${doc}`;
          const { found } = await records.newestIn(bucket, "note", 1, null);
          const seen = await seeAll<NoteFields>("note", found, (record) => record.bucket === bucket);
          const notes = (await records.countIn(bucket, "note")) + seen.length - found.length;
          return [doc, { at: Math.max(0, ...seen.map((note) => note.fields.started_at)), notes }] as const;
        }),
      );
      return Object.fromEntries(each.filter(([, seen]) => seen.notes > 0));
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
      }));
    },
    async drafts() {
      const kept = await drafts.all();
      const here = new Set(kept.map(({ draft }) => draft.id));
      const fromOffice = (await all<Fields>("draft")).filter((record) => !here.has(record.doc)).map(restored);
      return [...kept.map(({ draft }) => draft), ...fromOffice].sort((a, b) => b.updatedAt - a.updatedAt);
    },
    async draft(id) {
      const kept = await drafts.get(id);
      if (kept) return kept.draft;
      const office = await officeDraft(id);
      return office && restored(office);
    },
    async saveDraft(draft) {
      await inTurn(async () => drafts.keep({ draft, officeAt: (await drafts.get(draft.id))?.officeAt ?? null }));
    },
    async dropDraft(id) {
      await inTurn(async () => {
        const changes = await voidOf(id);
        await (changes.length > 0 ? write(changes, id) : drafts.drop(id));
        if (changes.length > 0) onCaptured();
      });
    },
    async capture(changes, draft) {
      await inTurn(async () => {
        const ready = await Promise.all(changes.map(based));
        await write([...ready, ...(draft ? await voidOf(draft) : [])], draft);
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
    async offerDrafts(now) {
      for (const { draft, officeAt } of await drafts.all()) {
        if (officeAt !== null && (draft.updatedAt <= officeAt || now - officeAt < DRAFT_REST_MS)) continue;
        await inTurn(async () => {
          const kept = await drafts.get(draft.id);
          if (!kept) return;
          await write([await draftChange(kept)]);
          await drafts.keep({ ...kept, officeAt: now });
        });
      }
    },
    sending(n) {
      sentUpTo = n;
    },
    forget: () => outbox.forget(),
  };
}

function grouped(entries: readonly Entry[]): Map<string, Entry[]> {
  const byDoc = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { doc } = entry.change;
    byDoc.set(doc, [...(byDoc.get(doc) ?? []), entry]);
  }
  return byDoc;
}

const isCreateOf = (entry: Entry | undefined, type: string): boolean =>
  entry?.change.kind === "create" && entry.change.type === type;

/** Standing of a record whose own changes, if any, are no longer kept here. */
function received(record: Snapshot): Standing {
  const { signed, created, received: when } = record.body;
  return { at: "received", code: receiptCode(signed?.seq || created), when: signed?.received || when };
}

const newestFirst = (notes: Seen<NoteFields>[]): Seen<NoteFields>[] =>
  notes.sort((a, b) => b.fields.started_at - a.fields.started_at);

function readMark(text: string): Mark | null {
  const [, day, doc] = /^(-?\d{1,8}):([0-9a-f-]{36})$/.exec(text) ?? [];
  return day && doc ? { day: Number(day), doc } : null;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The little that the office may show of a draft: person, place and when it was begun. */
function whereabouts(draft: Draft): Fields {
  const id = (name: string, prefix: string): string | undefined =>
    draft.content[name]?.map((value) => value.replace(prefix, "")).find((value) => ID.test(value));
  const participant = id("person", "");
  const site = id("place", "site:");
  return { ...(participant && { participant }), ...(site && { site }), started_at: draft.startedAt };
}
