/** After a swap of the whole page the focus would fall to the body; the heading is where a reader begins. */
export function followFocus(): void {
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx?: { target?: unknown } }>).detail;
    if (ctx?.target !== document.body) return;
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    const summary = document.querySelector<HTMLElement>("[data-problems], .error-summary");
    (summary ?? document.querySelector<HTMLElement>("h1"))?.focus({ preventScroll: summary === null });
  });
}
