/** Storage and sync: what is only here, what was received, what came back, and, whatever happened, what is safe. */

import type { NoteFields } from "../generated/schema";
import { receiptCode } from "../receipt_code";
import type { Page, PageContext, PhoneStatus, Seen } from "./page";
import { type StandingView, standingView } from "./standing";
import { zoneOf } from "./surroundings";

const TROUBLES = [
  "offline",
  "captive",
  "server",
  "busy",
  "too_large",
  "revoked",
  "forked",
  "update",
  "ahead",
  "unknown",
  "clock",
  "storage",
];
const NOTES_LIMIT = 60;
const RECEIVED_LIMIT = 5;

interface Line {
  readonly href: string;
  readonly name: string;
  readonly at: number;
  readonly standing: StandingView;
  readonly is_safe: boolean;
}

const sync: Page = async (_request, context) => {
  const { now, memory } = context;
  const status = await context.status();
  const trouble = status.deviceState === "active" ? status.exchange : status.deviceState;
  const [zone, lines, drafts, conflicts] = await Promise.all([
    zoneOf(memory),
    ownNotes(context, status),
    memory.drafts(),
    memory.conflicts(),
  ]);
  return {
    status: 200,
    template: "phone/sync.html",
    view: {
      now,
      zone,
      trouble: TROUBLES.includes(trouble) ? trouble : "",
      unsent: status.unsent,
      unsent_notes: status.unsentNotes,
      files: status.unsentFiles,
      oldest_unsent: status.oldestUnsent,
      last_exchange: status.lastExchange,
      waiting: lines.filter(({ standing }) => isWaiting(standing)),
      received: lines.filter(({ standing }) => standing.code !== "").slice(0, RECEIVED_LIMIT),
      protection: status.isStorageProtected === null ? "unknown" : status.isStorageProtected ? "yes" : "no",
      used_bytes: status.usedBytes,
      drafts: drafts.length,
      returned: status.returned,
      conflicts: conflicts.length,
      clock_minutes: status.clockOffset === null ? null : Math.round(Math.abs(status.clockOffset) / 60_000),
      is_clock_ahead: (status.clockOffset ?? 0) > 0,
      app: status.app,
      is_update_waiting: status.isUpdateWaiting,
      ...(await arrivalView(context, status)),
      ...safetyView(status),
    },
  };
};

/** Own notes, newest first, with what is known of each. */
async function ownNotes({ memory, person, now }: PageContext, { safeSeq }: PhoneStatus): Promise<Line[]> {
  const [notes, people] = await Promise.all([memory.recentNotes(NOTES_LIMIT), memory.participants()]);
  const names = new Map(people.map(({ doc, fields }) => [doc, fields.name]));
  const line = (note: Seen<NoteFields>): Line => ({
    href: `/app/notes/${note.doc}`,
    name: names.get(note.fields.participant) ?? "",
    at: note.fields.started_at,
    standing: standingView(note.standing, now, note.fields.zone),
    is_safe: note.seq > 0 && note.seq <= safeSeq,
  });
  return notes.filter(({ body }) => body.author === person.id && body.state === "signed").map(line);
}

const isWaiting = ({ key }: StandingView): boolean => key === "phone.standing.phone" || key === "phone.standing.sent";

/** The first sync: today's people come first, the history behind them. */
async function arrivalView({ memory }: PageContext, { remaining }: PhoneStatus): Promise<Record<string, unknown>> {
  const [here, all] = remaining > 0 ? await Promise.all([memory.participants(), memory.caseload()]) : [[], 0];
  return { remaining, people_here: here.length, people_all: Math.max(all, here.length) };
}

function safetyView({ safeSeq, kept, isKeptTooMuch, checked, salvage }: PhoneStatus): Record<string, unknown> {
  return {
    safe_code: safeSeq > 0 ? receiptCode(safeSeq) : "",
    kept,
    is_kept_too_much: isKeptTooMuch,
    checked_at: checked?.at ?? null,
    checked_differed: checked?.differed ?? 0,
    salvage: salvage && { left: salvage.left, kept: salvage.kept, is_done: salvage.isDone },
  };
}

export const routes = { "GET /app/sync": sync };
