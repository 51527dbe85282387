/**
 * What a draft is called. On the phone its id stays the same however often it is begun, and its note's is made from
 * it; its record at the office has an id of its own each time, since a record that was voided never comes back.
 */

type Content = Readonly<Record<string, readonly string[]>>;

const OWN_ID = "draft_id";

/** The content as the office keeps it, with the draft's own id in it. */
export function contentWithId(id: string, content: Content): string {
  return JSON.stringify({ ...content, [OWN_ID]: [id] });
}

/** Back from the office. `doc` is the id of the record, and the draft's own where nothing else is said. */
export function contentAndId(doc: string, text: string): { readonly id: string; readonly content: Content } {
  const { [OWN_ID]: own, ...content } = JSON.parse(text) as Content;
  return { id: own?.[0] ?? doc, content };
}
