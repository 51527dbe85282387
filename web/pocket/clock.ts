/** What this phone's clocks say. Evidence only: clocks order nothing and refuse nothing. */

import { hex, random } from "./bytes";

/** One look at the clocks. `boot` names the start of this worker, within which `mono` counts. */
export interface ClockReading {
  readonly wall: number;
  readonly mono: number;
  readonly boot: string;
}

export interface Clock {
  wall(): number;
  read(): ClockReading;
}

export function deviceClock(): Clock {
  const boot = hex(random(8));
  return {
    wall: () => Date.now(),
    read: () => ({ wall: Date.now(), mono: Math.round(performance.now()), boot }),
  };
}
