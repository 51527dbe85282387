/** Minutes to units of service, by the organisation's rule. Twin of sync/units.py (tests/vectors/units.json). */

export interface UnitRule {
  readonly unit_minutes?: number;
  readonly rounding?: "midpoint8" | "floor" | "ceil" | "exact";
}

/** Whole minutes of a contact; begun minutes do not count. */
export function minutes(startedAt: number, endedAt: number): number {
  return Math.floor((endedAt - startedAt) / 60_000);
}

/** Whole for every rounding but `exact`, which gives two decimals, half up. */
export function units(lengthMin: number, rule: UnitRule): number {
  const unit = rule.unit_minutes ?? 15;
  switch (rule.rounding ?? "midpoint8") {
    case "midpoint8":
      return Math.floor((lengthMin + Math.floor(unit / 2)) / unit);
    case "floor":
      return Math.floor(lengthMin / unit);
    case "ceil":
      return Math.ceil(lengthMin / unit);
    default:
      return Math.floor((lengthMin * 200 + unit) / (2 * unit)) / 100;
  }
}
