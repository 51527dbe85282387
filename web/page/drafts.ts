/**
 * Keeps what is being typed: 250 ms after a pause, every 700 ms while somebody types on, and when the page is hidden.
 * What the screen says of it is the worker's own answer; without one, or after a refusal, that it is not kept.
 */

import { askWorker, tellWorker } from "./keys";

const PAUSE_MS = 250;
const MOST_MS = 700;

/** `flush` keeps what is not kept yet; false when that failed. */
export type Drafts = { readonly flush: () => Promise<boolean> };

export function keepDrafts(): Drafts {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: number | null = null;
  let waiting: HTMLFormElement | null = null;
  let posting: HTMLFormElement | null = null;
  let last: Promise<boolean> = Promise.resolve(true);

  // One after the other, so that an older text never overtakes a newer one; each takes all that is typed by then.
  // What could not be kept is tried again with the next.
  const flush = (): Promise<boolean> => {
    clearTimeout(timer);
    latest = null;
    last = last.then(async (wasKept) => {
      [posting, waiting] = [waiting, null];
      if (!posting) return wasKept;
      const isKept = await post(posting);
      if (!isKept && posting.isConnected) waiting ??= posting;
      posting = null;
      return isKept;
    });
    return last;
  };
  const typed = ({ target }: Event): void => {
    const form = target instanceof Element ? target.closest<HTMLFormElement>("form[data-autosave]") : null;
    if (!form) return;
    waiting = form;
    latest ??= performance.now() + MOST_MS;
    clearTimeout(timer);
    timer = setTimeout(flush, Math.min(PAUSE_MS, latest - performance.now()));
  };
  for (const name of ["input", "change"]) document.addEventListener(name, typed);
  document.addEventListener("visibilitychange", () => document.hidden && void flush());
  // A page that is going away gets no answer any more; the message reaches the worker all the same.
  addEventListener("pagehide", () => {
    const form = waiting ?? posting;
    if (form) tellWorker("keep", typedIn(form));
    waiting = null;
  });
  // A submit carries the whole form itself, or throws it away; a late autosave must not come after it.
  document.addEventListener("submit", ({ target }) => {
    if (target === waiting || (target as Element).matches("[data-drop]")) waiting = null;
  });
  // A worker without a key takes no form; the text stays on the screen, and it says what became of it.
  document.addEventListener("locked", ({ target }) => target instanceof Element && sayNotKept(target.closest("form")));
  return { flush };
}

const typedIn = (form: HTMLFormElement): object => ({
  path: form.dataset["autosave"],
  form: new URLSearchParams(new FormData(form) as never).toString(),
});

/** By message: a request takes three times as long. A worker that was stopped has lost it, and is asked once more. */
async function post(form: HTMLFormElement): Promise<boolean> {
  const ask = () => askWorker("keep", typedIn(form));
  const answer = (await ask()) ?? (await ask());
  const told = new DOMParser().parseFromString(answer?.words ?? "", "text/html").body;
  if (told.firstElementChild) show(told);
  else sayNotKept(form);
  return answer?.isKept === true;
}

function sayNotKept(form: HTMLFormElement | null): void {
  const words = form?.querySelector<HTMLTemplateElement>("template[data-not-kept]");
  if (words) show(words.content.cloneNode(true) as DocumentFragment);
}

/** Words with an id take the place of those that stand; others are put where those stand. */
function show(told: ParentNode): void {
  const [place, words] = [document.getElementById("kept"), told.querySelector("#kept")];
  if (words) place?.replaceWith(words);
  else place?.replaceChildren(...told.childNodes);
}
