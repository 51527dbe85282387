/**
 * A phone's memory in a few maps, with the contract of web/pocket/pages/page.ts kept: what is captured is seen at
 * once, stands "on this phone" until the test says otherwise, and a refused write changes nothing.
 */

import type {
  Addendum,
  Body,
  Change,
  NoteFields,
  OrganisationFields,
  ParticipantFields,
  ResourceFields,
} from "../../../web/pocket/generated/schema";
import {
  type Draft,
  type Memory,
  type NewChange,
  NotSaved,
  type Seen,
  type Standing,
} from "../../../web/pocket/pages/page";
import type { Site } from "../../../web/pocket/pages/place";
import { contentHash } from "../../../web/pocket/storage/content_hash";

type Returned = Awaited<ReturnType<Memory["returned"]>>[number];

export const ME = "0190d3e0-0000-7000-8000-0000000000aa";

export class MapMemory implements Memory {
  readonly notes = new Map<string, Seen<NoteFields>>();
  readonly people = new Map<string, Seen<ParticipantFields>>();
  readonly kept = new Map<string, Draft>();
  readonly back: Returned[] = [];
  readonly bundles: NewChange[][] = [];
  readonly settings = new Map<string, string>();
  /** Records of kinds that have no map of their own. */
  readonly others = new Map<string, Seen<Record<string, unknown>>>();
  readonly places: Site[] = [];
  readonly officeDrafts: Seen<Record<string, unknown>>[] = [];
  assigned = 0;
  rules: OrganisationFields | null = null;
  members: Record<string, { name: string; title: string }> = {};
  /** Set to have every write refused. */
  refusal: NotSaved["why"] | null = null;

  constructor(private readonly clock: () => number) {}

  async one<Fields>(doc: string, type: string) {
    return (await this.all<Fields>(type)).find((record) => record.doc === doc) ?? null;
  }
  async all<Fields>(type: string, bucket?: string) {
    const records = [...this.notes.values(), ...this.people.values(), ...this.others.values()] as Seen<unknown>[];
    return records.filter(
      (record) => record.type === type && (bucket === undefined || record.bucket === bucket),
    ) as Seen<Fields>[];
  }
  async note(doc: string) {
    return this.notes.get(doc) ?? null;
  }
  async participant(doc: string) {
    return this.people.get(doc) ?? null;
  }
  async participants() {
    return [...this.people.values()];
  }
  async organisation() {
    return this.rules;
  }
  async sites() {
    return this.places;
  }
  async memberNames() {
    return this.members;
  }
  async notesOf(participant: string, limit: number, before?: string) {
    const all = this.newestFirst().filter((note) => note.fields.participant === participant);
    const start = before === undefined ? 0 : Number(before);
    const end = start + limit;
    return { notes: all.slice(start, end), next: end < all.length ? String(end) : null, total: all.length };
  }
  async recentNotes(limit: number) {
    return this.newestFirst().slice(0, limit);
  }
  async lastSeen() {
    const seen: Record<string, { at: number; notes: number }> = {};
    for (const { fields } of this.notes.values()) {
      const known = seen[fields.participant] ?? { at: 0, notes: 0 };
      seen[fields.participant] = { at: Math.max(known.at, fields.started_at), notes: known.notes + 1 };
    }
    return seen;
  }
  async returned() {
    return [...this.back];
  }
  async returns() {
    return [...this.notes.values()].filter((note) => (note.body.returned ?? []).length > 0);
  }
  async revised() {
    const found = new Map<string, Set<string>>();
    for (const { doc, fields } of this.notes.values())
      if (fields.supersedes) found.set(fields.supersedes, (found.get(fields.supersedes) ?? new Set()).add(doc));
    return found;
  }
  async revisionsOf(doc: string) {
    return this.newestFirst().filter((note) => note.fields.supersedes === doc);
  }
  async conflicts() {
    const all = [...this.people.values(), ...this.notes.values()] as Seen<unknown>[] as Seen<Record<string, unknown>>[];
    return [...all, ...this.officeDrafts].filter((one) => (one.body.kept ?? []).length > 0);
  }
  async resources() {
    return (await this.all<ResourceFields>("resource")).map(({ doc, fields }) => ({ doc, fields }));
  }
  async caseload() {
    return this.assigned;
  }
  async drafts() {
    return [...this.kept.values()];
  }
  async draft(id: string) {
    return this.kept.get(id) ?? null;
  }
  async saveDraft(draft: Draft) {
    this.refuse();
    this.kept.set(draft.id, structuredClone(draft));
  }
  async changeDraft(id: string, next: (now: Draft | null) => Draft | null) {
    const draft = next(await this.draft(id));
    if (draft) await this.saveDraft(draft);
    return draft !== null;
  }
  async dropDraft(id: string) {
    this.refuse();
    this.kept.delete(id);
  }
  async capture(changes: readonly NewChange[], draft?: string) {
    this.refuse();
    this.bundles.push([...changes]);
    for (const change of changes) {
      if (change.type === "note" || change.type === "participant" || change.type === "returned") this.see(change);
      else this.seeOther(change);
    }
    if (draft !== undefined) this.kept.delete(draft);
  }
  async captureEach(bundles: readonly (readonly NewChange[])[], draft?: string) {
    this.refuse();
    const there = (first: NewChange | undefined) =>
      first?.kind === "create" && (this.notes.has(first.doc) || this.others.has(first.doc));
    for (const bundle of bundles) if (!there(bundle[0])) await this.capture(bundle);
    if (draft !== undefined) this.kept.delete(draft);
  }
  async contentHash(fields: NoteFields) {
    return contentHash({ ...fields });
  }
  async receipts() {
    return [];
  }
  async setting(name: string) {
    return this.settings.get(name) ?? null;
  }
  async setSetting(name: string, value: string) {
    this.refuse();
    this.settings.set(name, value);
  }

  /** A note as the office gave it, or as captured here. */
  addNote(doc: string, fields: NoteFields, standing?: Standing, body: Partial<Body> = {}) {
    this.notes.set(doc, this.seen(doc, "note", fields.participant, fields, standing, body));
  }
  addPerson(doc: string, fields: ParticipantFields, standing?: Standing) {
    this.people.set(doc, this.seen(doc, "participant", doc, fields, standing));
  }

  private seen<Fields>(
    doc: string,
    type: string,
    participant: string,
    fields: Fields,
    standing?: Standing,
    body: Partial<Body> = {},
  ): Seen<Fields> {
    const now = this.clock();
    return {
      doc,
      type,
      bucket: `p:${participant}`,
      seq: standing?.at === "received" ? 7 : 0,
      fields,
      body: { author: ME, state: "open", captured: now, received: 0, created: 0, ...body },
      standing: standing ?? { at: "phone", since: now },
    };
  }

  private see(change: NewChange): void {
    const set = change.set ?? {};
    const note = this.notes.get(change.doc);
    const person = this.people.get(change.doc);
    const at = this.clock();
    if (change.kind === "create" && change.type === "note") this.addNote(change.doc, set as unknown as NoteFields);
    if (change.kind === "create" && change.type === "participant")
      this.addPerson(change.doc, set as unknown as ParticipantFields);
    if (change.kind === "sign" && note) {
      const signed = { by: ME, at, hash: change.content_hash ?? "", seq: 0, received: 0 };
      this.notes.set(change.doc, { ...note, body: { ...note.body, state: "signed", signed } });
    }
    if (change.kind === "addendum" && note) {
      const added: Addendum = { by: ME, at, text: String(set["text"]), seq: 0, reason: String(set["reason"] ?? "") };
      this.notes.set(change.doc, { ...note, body: { ...note.body, addenda: [...(note.body.addenda ?? []), added] } });
    }
    if (change.kind === "patch" && person)
      this.people.set(change.doc, { ...person, fields: { ...person.fields, ...set } });
    if (change.kind === "void")
      this.back.splice(0, this.back.length, ...this.back.filter((one) => one.doc !== change.doc));
  }

  private seeOther(change: NewChange): void {
    const set = change.set ?? {};
    const before = this.others.get(change.doc);
    if (change.kind === "create")
      this.others.set(change.doc, { ...this.seen(change.doc, change.type, "", set), bucket: change.bucket });
    if (change.kind === "patch" && before)
      this.others.set(change.doc, { ...before, fields: { ...before.fields, ...set } });
    if (change.kind === "tags" && before)
      for (const [name, added] of Object.entries(change.add ?? {})) {
        const fields = { ...before.fields, [name]: [...((before.fields[name] as string[]) ?? []), ...added] };
        this.others.set(change.doc, { ...before, fields });
      }
    if (change.kind === "void") this.others.delete(change.doc);
  }

  private newestFirst() {
    return [...this.notes.values()].sort((a, b) => b.fields.started_at - a.fields.started_at);
  }

  private refuse() {
    if (this.refusal) throw new NotSaved(this.refusal);
  }
}

/** A change as the office would send it back. */
export function refused(
  doc: string,
  about: string,
  code: string,
  offer: string | null,
  set: Change["set"],
  at: number,
  kind: Change["kind"] = "create",
): Returned {
  const change: Change = {
    n: 1,
    kind,
    type: "note",
    doc: about,
    bucket: `me:${ME}`,
    author: ME,
    captured: { wall: at },
    ...(set ? { set } : {}),
  };
  return { doc, code, field: null, offer, about, change, at };
}
