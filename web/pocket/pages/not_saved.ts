/** The answer when the phone could not keep what was typed: it stays on the screen, and the screen says so. */

import { NotSaved, type PageAnswer } from "./page";

/** Runs `save`; a refusal of the storage becomes the page again, with everything typed still on it. */
export async function saving(
  save: () => Promise<PageAnswer>,
  typed: (why: string) => Promise<PageAnswer>,
): Promise<PageAnswer> {
  try {
    return await save();
  } catch (error) {
    if (error instanceof NotSaved) return typed(`phone.not_saved.${error.why}`);
    throw error;
  }
}
