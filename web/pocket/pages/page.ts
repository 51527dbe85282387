/**
 * What a page is to the engine, and what the engine lends to a page.
 *
 * A page is a pure step from a request and the phone's decrypted memory to an answer. It never touches IndexedDB,
 * keys, the network or the clock by itself.
 */

import type { Bytes } from "../bytes";
import type {
  Attachment,
  Body,
  Change,
  EarlierPhone,
  NoteFields,
  OnCall,
  OrganisationFields,
  ParticipantFields,
  Receipt,
  ResourceFields,
} from "../generated/schema";

/** A navigation, htmx request or form post inside /app/. `params` are the named parts of the route. */
export interface PageRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Urlencoded body of a POST; a missing expected field is a 422, never an empty note. */
  readonly form: URLSearchParams;
  /** Of a form that sends one. */
  readonly file?: Blob | undefined;
  readonly isHtmx: boolean;
}

export type PageAnswer =
  | {
      readonly status: 200 | 404 | 409 | 422 | 500 | 507;
      readonly template: string;
      readonly view: Record<string, unknown>;
      /** A piece of a page: nothing of the frame around it is shown. */
      readonly isFragment?: true;
    }
  | { readonly redirect: string };

/** A photo or scan, by itself. */
export interface Scan {
  readonly bytes: Bytes;
  readonly media: string;
}

export interface PageContext {
  readonly lang: "en" | "es";
  readonly theme: "system" | "light" | "dark";
  /** Wall clock, ms. */
  readonly now: number;
  readonly person: { readonly id: string; readonly name: string };
  readonly memory: Memory;
  readonly jottings: Jottings;
  readonly own: Own;
  readonly attachments: Attachments;
  /** Read at most once a request. */
  readonly status: () => Promise<PhoneStatus>;
  /** Kept in clear on the phone: the safety card answers while locked, when `memory` must not be touched. */
  readonly onCall: readonly OnCall[];
  readonly isLocked: boolean;
  /** New UUIDv7. */
  readonly newId: () => string;
}

/** A line written down while the phone was locked. `minutes`: 0 when not told. */
export interface Jotting {
  readonly id: string;
  /** Wall time of writing, ms. */
  readonly at: number;
  readonly line: string;
  readonly minutes: number;
  readonly place: string;
}

export interface Jottings {
  /** Lines oldest first; how many lie here that do not open. */
  all(): Promise<{ readonly lines: readonly Jotting[]; readonly unreadable: number }>;
  /** The jotting becomes a draft, in one strict transaction. False when it is here no more. */
  finish(id: string, draft: Draft): Promise<boolean>;
  drop(id: string): Promise<void>;
  /** Takes off those that do not open now. */
  dropUnreadable(): Promise<void>;
}

export type Evening = "good" | "all_right" | "tired" | "heavy" | "talk";

/** What a specialist keeps for themselves, on this phone only. */
export interface OwnBook {
  /** False: the question at the end of the day is not asked. */
  readonly asks: boolean;
  /** Whom I talk to, in my own words. */
  readonly talk: string;
  /** Newest first. `answer` is "" for a day that was skipped. */
  readonly days: readonly { readonly day: string; readonly answer: Evening | ""; readonly line: string }[];
  /** Hard contacts that need no question any more, by note. */
  readonly debriefed: readonly string[];
}

/** Never part of an exchange, a draft, a sealed copy or a file for the supervisor. */
export interface Own {
  read(): Promise<OwnBook>;
  change(next: (book: OwnBook) => OwnBook): Promise<void>;
  /** Takes it off the phone altogether. */
  forget(): Promise<void>;
}

/** Photos and scans that are kept on this phone, each named in one draft or note. */
export interface Attachments {
  /** Kept durably when this resolves, or why it is nothing to keep. */
  keep(file: Blob): Promise<Attachment | "unreadable" | "too_large">;
  /** Null when it is not on this phone. */
  read(one: Attachment): Promise<Bytes | null>;
  /** "office": it has come there, whole. Those that are not on this phone are left out. */
  standing(ids: readonly string[]): Promise<ReadonlyMap<string, "phone" | "office">>;
  drop(id: string): Promise<void>;
}

export type Page = (request: PageRequest, context: PageContext) => Promise<PageAnswer | Scan>;

/** Where one own change, or a record with own changes, stands. Computed from durable rows and receipts only. */
export type Standing =
  | { readonly at: "phone"; readonly since: number }
  | { readonly at: "sent"; readonly since: number }
  | { readonly at: "received"; readonly code: string; readonly when: number }
  | { readonly at: "came_back"; readonly code: string; readonly when: number }
  | { readonly at: "supervisor"; readonly when: number };

/** A record as the screen sees it: the office's snapshot, overlaid with this phone's own undecided changes. */
export interface Seen<Fields> {
  readonly doc: string;
  readonly type: string;
  readonly bucket: string;
  /** 0 while the office does not know it. */
  readonly seq: number;
  readonly fields: Fields;
  readonly body: Omit<Body, "set">;
  readonly standing: Standing;
}

/** An unfinished note. `content`: form field name to its values, exactly as typed. */
export interface Draft {
  readonly id: string;
  readonly form: string;
  readonly content: Readonly<Record<string, readonly string[]>>;
  readonly startedAt: number;
  readonly updatedAt: number;
}

export interface PhoneStatus {
  /** Changes the office has not decided, and the wall time of the oldest; null when there is none. */
  readonly unsent: number;
  readonly unsentNotes: number;
  /** Photos and scans that the office has not got whole. */
  readonly unsentFiles: number;
  readonly oldestUnsent: number | null;
  readonly lastExchange: number | null;
  /** What the last attempt met: "ok", "offline", "captive", "server", "busy", "too_large", "revoked", "forked", "update", "ahead", "unknown", "clock", "storage". */
  readonly exchange: string;
  readonly isStorageProtected: boolean | null;
  readonly usedBytes: number | null;
  readonly app: string;
  readonly isUpdateWaiting: boolean;
  /** How far the phone's clock is from the office's at the last exchange, ms; null when unknown. */
  readonly clockOffset: number | null;
  /** "revoked", "forked": nothing is shown any more, sealed work is delivered. "wiped": this phone has ended. */
  readonly deviceState: "active" | "revoked" | "forked" | "wiped";
  readonly returned: number;
  /** Pieces of work that wait to be put right: refused by the office, or returned by a supervisor with a comment. */
  readonly cameBack: number;
  /** Records that are still to come, by the last answer of the office. */
  readonly remaining: number;
  /** "over": no answer for so long that this phone shows nothing it holds until the next one; writing stays open. */
  readonly lease: "ok" | "over";
  /** Sealed work of an earlier installation, or of this locked phone, on its way to the supervisor. */
  readonly salvage: { readonly left: number; readonly kept: number; readonly isDone: boolean } | null;
  /** Up to here everything is in a verified backup; 0: none is configured. */
  readonly safeSeq: number;
  /** Own decided changes that wait here for a backup, and whether they are more than they should be. */
  readonly kept: number;
  readonly isKeptTooMuch: boolean;
  /** The person's other phones as the office last heard them, told when this one was set up. */
  readonly earlier: readonly EarlierPhone[];
  /** The daily comparison with the office: when, and how many parts had to be read again. */
  readonly checked: { readonly at: number; readonly differed: number } | null;
}

/**
 * A change to capture; n, author, clock and bucket cursor are filled in by the memory. So is `base`, with the
 * record's seq at capture, unless the page knows better (a form carries the seq its author was shown).
 */
export type NewChange = Pick<Change, "kind" | "type" | "doc" | "bucket"> &
  Partial<Pick<Change, "set" | "add" | "remove" | "content_hash" | "reason" | "base">>;

/** `turned`: address of the reading view while the phone is in the person's hands, else "". */
export type Setting = "lang" | "theme" | "turned";

export class NotSaved extends Error {
  constructor(readonly why: "quota" | "storage" | "timeout" | "locked") {
    super(why);
  }
}

/** An entry of the directory. The same object is given out until another version of it has come. */
export interface Resource {
  readonly doc: string;
  readonly fields: ResourceFields;
}

/** The phone's decrypted memory. Writes resolve only when durable (strict) and throw NotSaved otherwise. */
export interface Memory {
  /** A record of any kind; `Fields` is what `type` has. Kinds that many pages read have a name of their own below. */
  one<Fields>(doc: string, type: string): Promise<Seen<Fields> | null>;
  /** All records of a kind on this phone, or only those of one bucket. */
  all<Fields>(type: string, bucket?: string): Promise<Seen<Fields>[]>;
  note(doc: string): Promise<Seen<NoteFields> | null>;
  participant(doc: string): Promise<Seen<ParticipantFields> | null>;
  participants(): Promise<Seen<ParticipantFields>[]>;
  organisation(): Promise<OrganisationFields | null>;
  sites(): Promise<{ id: string; name: string; zone: string; setting: string; isBillable: boolean; isOpen: boolean }[]>;
  memberNames(): Promise<Readonly<Record<string, { name: string; title: string }>>>;
  /** Newest first. `before` is the `next` of the previous answer. */
  notesOf(
    participant: string,
    limit: number,
    before?: string,
  ): Promise<{ notes: Seen<NoteFields>[]; next: string | null; total: number }>;
  recentNotes(limit: number): Promise<Seen<NoteFields>[]>;
  /** Participant id to the service time (ms) and number of their notes on this phone. */
  lastSeen(): Promise<Readonly<Record<string, { at: number; notes: number }>>>;
  returned(): Promise<
    {
      doc: string;
      code: string;
      field: string | null;
      offer: string | null;
      about: string;
      change: Change;
      at: number;
      /** What a supervisor wrote when setting it aside. */
      reason?: string | null;
    }[]
  >;
  /** Notes that a supervisor returned at any time, answered or not. */
  returns(): Promise<Seen<NoteFields>[]>;
  /** By the id of a note those of the notes that supersede it, own unsent ones too. */
  revised(): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** The notes that supersede this one, newest service first. */
  revisionsOf(doc: string): Promise<Seen<NoteFields>[]>;
  /** Records of which another version is kept aside: people, own drafts, and the newest notes. */
  conflicts(): Promise<Seen<Readonly<Record<string, unknown>>>[]>;
  /** The whole directory of resources, quick to ask again. */
  resources(): Promise<readonly Resource[]>;
  /** How many people this phone should hold in the end. */
  caseload(): Promise<number>;
  drafts(): Promise<Draft[]>;
  draft(id: string): Promise<Draft | null>;
  saveDraft(draft: Draft): Promise<void>;
  /**
   * The same from what the draft holds in that moment (null: it is gone): another window may have been quicker. False
   * when `next` gave nothing to keep.
   */
  changeDraft(id: string, next: (now: Draft | null) => Draft | null): Promise<boolean>;
  dropDraft(id: string): Promise<void>;
  /** All changes in one strict transaction and one bundle; drops the draft in it too. */
  capture(changes: readonly NewChange[], draft?: string): Promise<void>;
  /** Each list a bundle of its own, which the office takes or refuses by itself; all in one strict transaction. */
  captureEach(bundles: readonly (readonly NewChange[])[], draft?: string): Promise<void>;
  contentHash(fields: NoteFields): Promise<string>;
  receipts(doc: string): Promise<readonly Receipt[]>;
  setting(name: Setting): Promise<string | null>;
  setSetting(name: Setting, value: string): Promise<void>;
}
