/**
 * After a swap of the whole page the focus would fall to the body, and the scroll would stay where the last page was.
 * The new page begins where a reader begins: at the field its address names, at what is wrong, or at its heading.
 */
export function followFocus(): void {
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx?: { target?: unknown; swap?: unknown } }>).detail;
    if (ctx?.target !== document.body || ctx.swap === "innerMorph") return;
    const named = document.getElementById(location.hash.slice(1));
    const first = named ?? document.querySelector<HTMLElement>("[data-problems], .error-summary");
    if (!first) scrollTo(0, 0);
    (first ?? document.querySelector<HTMLElement>("h1"))?.focus({ preventScroll: first === null });
  });
}
