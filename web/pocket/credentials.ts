/** When a credential asks for attention, as sync/credentials.py says it (tests/vectors/credentials.json runs in both). */

const DAY_MS = 86_400_000;

export interface Reminder {
  /** The organisation's number of days that has been reached; 0 once it is over. */
  readonly stage: number;
  readonly left: number;
}

/** Null while no reminder has come, and for a credential without an end. Days are `YYYY-MM-DD`. */
export function reminder(endsOn: string, today: string, remindDays: readonly number[]): Reminder | null {
  if (endsOn === "") return null;
  const left = Math.round((Date.parse(`${endsOn}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / DAY_MS);
  if (left < 0) return { stage: 0, left };
  const reached = remindDays.filter((days) => left <= days);
  return reached.length > 0 ? { stage: Math.min(...reached), left } : null;
}
