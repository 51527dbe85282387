/** Photos and scans of a draft. They stand beside what is typed, under a name that no form posts. */

import type { Attachment } from "../generated/schema";
import type { Draft, PageContext } from "./page";
import { type Content, many, one } from "./typed";

/** Content under which they stand: each a JSON text. */
export const ATTACHED = "attached";
export const ATTACHMENTS_LIMIT = 10;

const SHAPE = { id: /^[0-9a-f]{64}$/, key: /^[\w-]{43}$/ };

export function attachedIn(content: Content): Attachment[] {
  return many(content, ATTACHED).flatMap((text) => {
    try {
      const one = JSON.parse(text) as Attachment;
      return SHAPE.id.test(one.id) && SHAPE.key.test(one.key) && one.size > 0 ? [one] : [];
    } catch {
      // Written by no version of this app.
      return [];
    }
  });
}

export const attachedContent = (all: readonly Attachment[]): Content =>
  all.length > 0 ? { [ATTACHED]: all.map((one) => JSON.stringify(one)) } : {};

/** What was typed, with the photos and scans of the draft: another window may have added one since. */
export function keepAttached(typed: Content, earlier: Content | undefined): Content {
  const { [ATTACHED]: _, ...content } = typed;
  return { ...content, ...attachedContent(attachedIn(earlier ?? {})) };
}

/** Takes their bytes off this phone, but for those of the note that this draft is to replace: that one is signed. */
export async function forgetAttached(
  gone: readonly Attachment[],
  { content }: Pick<Draft, "content">,
  { memory, attachments }: PageContext,
): Promise<void> {
  const old = one(content, "supersedes");
  const note = old ? await memory.note(old) : null;
  if (old && !note) return;
  const named = new Set((note?.fields.attachments ?? []).map(({ id }) => id));
  for (const { id } of gone) if (!named.has(id)) await attachments.drop(id);
}

/** Where each is: its page and a word. `at`: address of the note or draft that names them. */
export async function copiesOf(
  all: readonly Attachment[],
  at: string,
  { attachments }: PageContext,
): Promise<ReadonlyMap<string, { href: string; state: string }>> {
  if (all.length === 0) return new Map();
  const known = await attachments.standing(all.map(({ id }) => id));
  return new Map(
    all.map(({ id }) => {
      const state = known.get(id);
      return [id, { href: state ? `${at}/attachments/${id}` : "", state: state ?? "elsewhere" }];
    }),
  );
}

/** As templates/shared/note.html shows it. */
export function attachmentView(
  { id, name = "", media, size }: Attachment,
  copies: ReadonlyMap<string, { href: string; state: string }> | undefined,
): Record<string, unknown> {
  const copy = copies?.get(id) ?? { href: "", state: "" };
  return { name, is_picture: media === "image/jpeg", size, ...copy };
}
