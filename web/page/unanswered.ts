type Failed = CustomEvent<{ ctx?: { request?: { method?: string } } }>;

/** Something was to be kept, and the worker gave no answer at all: the screen says so until the next touch is answered. */
export function sayUnanswered(): void {
  const say = (isUnanswered: boolean): void => {
    document.getElementById("unanswered")?.toggleAttribute("hidden", !isUnanswered);
  };
  document.addEventListener("htmx:error", (event) => {
    if ((event as Failed).detail.ctx?.request?.method === "POST") say(true);
  });
  document.addEventListener("htmx:after:swap", () => say(false));
}
