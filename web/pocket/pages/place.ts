/**
 * Where and how a contact took place, as one touch: a site, a way of speaking from afar, or a kind of place.
 *
 * Spelled `site:<id>`, `mode:<mode>` or `setting:<setting>` in forms and drafts; a note keeps site, setting and mode.
 */

import type { NoteFields, OrganisationFields } from "../generated/schema";

export interface Site {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly setting: string;
  readonly isBillable: boolean;
  readonly isOpen: boolean;
}

export type Place = Pick<NoteFields, "setting" | "mode" | "zone"> & { readonly site?: string };

export const SETTINGS = [
  "community", "home", "street", "shelter", "clinic", "hospital_ed", "inpatient", "court", "jail", "prison",
  "recovery_residence", "school", "drop_in_center",
] as const; // biome-ignore format: a list
export const MODES = ["phone", "video", "text", "email", "letter"] as const;
/** Chips beyond the sites; the rest of the modes stands in the list of other places. */
export const CHIP_MODES: readonly string[] = ["phone", "video", "text"];

export function readPlace(
  spelled: string,
  sites: readonly Site[],
  organisation: OrganisationFields | null,
): Place | null {
  const [sort, name] = split(spelled);
  const zone = organisation?.zone ?? "UTC";
  const site = sort === "site" ? sites.find((one) => one.id === name) : undefined;
  if (site) return { site: site.id, setting: site.setting as Place["setting"], mode: "in_person", zone: site.zone };
  const mode = MODES.find((one) => sort === "mode" && one === name);
  if (mode) return { setting: "phone_video", mode, zone };
  const setting = SETTINGS.find((one) => sort === "setting" && one === name);
  return setting ? { setting, mode: "in_person", zone } : null;
}

export function spellPlace(note: Pick<NoteFields, "site" | "setting" | "mode">): string {
  if (note.mode !== "in_person") return `mode:${note.mode}`;
  return note.site ? `site:${note.site}` : `setting:${note.setting}`;
}

function split(spelled: string): [string, string] {
  const at = spelled.indexOf(":");
  return at < 0 ? ["", ""] : [spelled.slice(0, at), spelled.slice(at + 1)];
}
