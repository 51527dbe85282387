/**
 * Keeps what is being typed: 250 ms after a pause, and whenever the page is hidden. What the screen says of it is
 * the worker's own answer; when there is none, or a refusal, it says that the text is not kept.
 */

const PAUSE_MS = 250;
const KEEPALIVE_LIMIT_BYTES = 60_000;

export interface Drafts {
  /** Keeps what is not kept yet; false when that failed. */
  flush(): Promise<boolean>;
}

export function keepDrafts(): Drafts {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: HTMLFormElement | null = null;
  let last: Promise<boolean> = Promise.resolve(true);

  const flush = (): Promise<boolean> => {
    clearTimeout(timer);
    const form = waiting;
    waiting = null;
    // One after the other, so that an older text never overtakes a newer one.
    if (form) last = last.then(() => post(form));
    return last;
  };
  const typed = ({ target }: Event): void => {
    const form = target instanceof Element ? target.closest<HTMLFormElement>("form[data-autosave]") : null;
    if (!form) return;
    waiting = form;
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE_MS);
  };
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("visibilitychange", () => document.hidden && void flush());
  addEventListener("pagehide", () => void flush());
  // A submit carries the whole form itself; a late autosave must not come after it.
  document.addEventListener("submit", ({ target }) => {
    if (target !== waiting) return;
    clearTimeout(timer);
    waiting = null;
  });
  // A worker without a key takes no form; the text stays on the screen, and it says what became of it.
  document.addEventListener("locked", ({ target }) => target instanceof Element && sayNotKept(target.closest("form")));
  return { flush };
}

async function post(form: HTMLFormElement): Promise<boolean> {
  const fields = [...new FormData(form)].filter((field): field is [string, string] => typeof field[1] === "string");
  const body = new URLSearchParams(fields);
  const headers = { "HX-Request": "true" };
  try {
    // A page that is going away may still send a little; browsers refuse more than 64 KiB of it.
    const keepalive = body.toString().length < KEEPALIVE_LIMIT_BYTES;
    const response = await fetch(form.dataset["autosave"] ?? "", { method: "POST", body, headers, keepalive });
    const told = new DOMParser().parseFromString(await response.text(), "text/html").body;
    if (!told.firstElementChild) throw new Error("no words");
    show(told);
    return response.ok;
  } catch {
    sayNotKept(form);
    return false;
  }
}

function sayNotKept(form: HTMLFormElement | null): void {
  const words = form?.querySelector<HTMLTemplateElement>("template[data-not-kept]");
  if (words) show(words.content.cloneNode(true) as DocumentFragment);
}

/** Each element of an answer takes the place of the one with its id, or the place kept for it. */
function show(told: ParentNode): void {
  const place = document.getElementById("kept");
  const words = told.querySelector("#kept");
  if (words) place?.replaceWith(words);
  else place?.replaceChildren(...told.childNodes);
}
