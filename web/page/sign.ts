/** A signature drawn with a finger: its strokes are the path of the picture, and that path is what the form sends. */

const [WIDTH, HEIGHT] = [600, 200];

export function takeSignatures(): void {
  const draw = (event: PointerEvent, letter: "M" | "L"): void => {
    const box = event.target instanceof Element ? event.target.closest("[data-sign-box]") : null;
    if (!box) return;
    const { left, top, width, height } = box.getBoundingClientRect();
    const place = (at: number, size: number): number => Math.min(size, Math.max(0, Math.round(at * size)));
    if (letter === "M") box.setPointerCapture(event.pointerId);
    const x = place((event.clientX - left) / width, WIDTH);
    const y = place((event.clientY - top) / height, HEIGHT);
    write(box, (path) => `${path}${letter}${x} ${y}`);
  };
  document.addEventListener("pointerdown", (event) => draw(event, "M"));
  document.addEventListener("pointermove", (event) => event.buttons === 1 && draw(event, "L"));
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-sign-clear]")) write(target, () => "");
  });
}

function write(within: Element, change: (path: string) => string): void {
  const sign = within.closest("[data-sign]");
  const [path, field] = [sign?.querySelector("path"), sign?.querySelector("input")];
  const drawn = change(field?.value ?? "");
  path?.setAttribute("d", drawn);
  if (field) field.value = drawn;
}
