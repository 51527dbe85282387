/**
 * Own changes on top of the office's snapshot. The phone never merges: it shows what its specialist wrote until the
 * office has decided and the decision has come back with a pull. Pure; the order of changes is that of n.
 */

import type { Addendum, Body, Change, KeptValue } from "../generated/schema";

export type Fields = Record<string, unknown>;

/** A record's body with its fields readable. */
export interface Snapshot {
  readonly doc: string;
  readonly type: string;
  readonly bucket: string;
  readonly seq: number;
  readonly fields: Fields;
  readonly body: Omit<Body, "set">;
}

export function overlay(snapshot: Snapshot | null, changes: readonly Change[]): Snapshot | null {
  return changes.reduce<Snapshot | null>(apply, snapshot);
}

function apply(record: Snapshot | null, change: Change): Snapshot | null {
  if (change.kind === "create") return record ?? created(change);
  if (record === null) return null;
  switch (change.kind) {
    case "patch":
      return patched(record, change);
    case "tags":
      return { ...record, fields: tagged(record.fields, change) };
    case "sign":
      return { ...record, body: { ...record.body, state: "signed", signed: signature(change) } };
    case "void":
      return { ...record, body: { ...record.body, state: "void" } };
    case "addendum":
      return { ...record, body: { ...record.body, addenda: added(record.body.addenda ?? [], addendum(change)) } };
    case "return":
    case "cosign":
    case "close_flag":
      return record; // a supervisor's, made at the office: they come with the record, never from this phone
  }
}

function created(change: Change): Snapshot {
  const { doc, type, bucket, author, captured } = change;
  const body = { author, state: "open" as const, captured: captured.wall, received: 0, created: 0 };
  return { doc, type, bucket, seq: 0, fields: { ...change.set }, body };
}

/** Answers are patched one by one; null takes away. Settling a field ends what was kept aside for it. */
function patched(record: Snapshot, change: Change): Snapshot {
  const { answers: given, ...rest } = (change.set ?? {}) as Fields;
  const answers = isFields(given) ? given : {};
  const before = isFields(record.fields["answers"]) ? record.fields["answers"] : {};
  const fields = present({ ...record.fields, ...rest });
  if (given !== undefined) fields["answers"] = present({ ...before, ...answers });
  const paths = new Set([...Object.keys(rest), ...Object.keys(answers).map((key) => `answers.${key}`)]);
  const kept = (record.body.kept ?? []).filter((each: KeptValue) => !paths.has(each.field));
  return { ...record, fields, body: { ...record.body, kept } };
}

function tagged(fields: Fields, change: Change): Fields {
  const next = { ...fields };
  for (const name of new Set([...Object.keys(change.add ?? {}), ...Object.keys(change.remove ?? {})])) {
    const before = Array.isArray(next[name]) ? (next[name] as string[]) : [];
    const removed = new Set(change.remove?.[name] ?? []);
    const kept = before.filter((tag) => !removed.has(tag));
    next[name] = [...kept, ...(change.add?.[name] ?? []).filter((tag) => !kept.includes(tag))];
  }
  return next;
}

function signature(change: Change): NonNullable<Body["signed"]> {
  return { by: change.author, at: change.captured.wall, hash: change.content_hash ?? "", seq: 0, received: 0 };
}

function addendum(change: Change): Addendum {
  const { text, reason } = (change.set ?? {}) as { text?: string; reason?: string };
  return { by: change.author, at: change.captured.wall, text: text ?? "", seq: 0, reason: reason ?? "" };
}

/** After a restore a record may hold already what is queued again. */
function added(addenda: readonly Addendum[], next: Addendum): Addendum[] {
  const isThere = addenda.some(({ by, at, text }) => by === next.by && at === next.at && text === next.text);
  return isThere ? [...addenda] : [...addenda, next];
}

const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
