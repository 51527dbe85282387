/** Names made on the phone (`sync/ids.py` in the other language). */

import { hex, random } from "./bytes";

/** UUIDv7: 48 bits of wall time, the rest random. For people and logs; it orders nothing and is no secret. */
export function newId(now: number): string {
  const bytes = random(16);
  const time = Math.max(0, Math.trunc(now));
  for (let at = 0; at < 6; at++) bytes[at] = Math.floor(time / 256 ** (5 - at)) % 256;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
