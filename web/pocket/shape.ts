/** Does a value from outside have the shape that the agreement gives it? Shapes are generated from `sync`. */

export type Shape =
  | string
  | { readonly or: readonly Shape[] }
  | { readonly each: Shape }
  | { readonly all: Shape }
  | { readonly has: Readonly<Record<string, Shape>> };

type Shapes = Readonly<Record<string, Shape>>;

/** `"s"` string, `"i"` whole number, `"b"` boolean, `"n"` null, `"?"` anything, `"$Name"` another shape; a field `"x?"` may be missing. */
export function fits(value: unknown, shape: Shape, shapes: Shapes): boolean {
  if (typeof shape === "string") return fitsWord(value, shape, shapes);
  if ("or" in shape) return shape.or.some((option) => fits(value, option, shapes));
  if ("each" in shape) return Array.isArray(value) && value.every((item) => fits(item, shape.each, shapes));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  if ("all" in shape) return Object.values(value).every((item) => fits(item, shape.all, shapes));
  return Object.entries(shape.has).every(([field, inner]) => {
    const name = field.replace("?", "");
    if (!Object.hasOwn(value, name)) return name !== field;
    return fits((value as Record<string, unknown>)[name], inner, shapes);
  });
}

function fitsWord(value: unknown, word: string, shapes: Shapes): boolean {
  switch (word) {
    case "s":
      return typeof value === "string";
    case "i":
      return Number.isSafeInteger(value);
    case "b":
      return typeof value === "boolean";
    case "n":
      return value === null;
    case "?":
      return true;
    default: {
      const named = shapes[word.slice(1)];
      return named !== undefined && fits(value, named, shapes);
    }
  }
}
