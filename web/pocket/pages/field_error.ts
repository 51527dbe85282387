/** What keeps something typed from becoming a record: at which field, in which words of the catalogue. */

export interface FieldError {
  readonly field: string;
  readonly key: string;
  readonly args: Readonly<Record<string, string | number>>;
}

export function error(field: string, key: string, args: FieldError["args"] = {}): FieldError {
  return { field, key, args };
}
