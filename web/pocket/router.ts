/** From a method and a path to the page that answers. `{id}` in a pattern is one id, `{hash}` the name of an attachment. */

const ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

const HASH = "[0-9a-f]{64}";

export interface Match<Handler> {
  readonly handler: Handler;
  readonly params: Readonly<Record<string, string>>;
}

export interface Router<Handler> {
  /** "method": the path exists, but not for this method. */
  find(method: string, path: string): Match<Handler> | "method" | null;
}

/** `routes`: `"GET /app/people/{id}"` to handler. A trailing slash is no difference. */
export function router<Handler>(routes: Readonly<Record<string, Handler>>): Router<Handler> {
  const compiled = Object.entries(routes).map(([route, handler]) => {
    const [method = "", pattern = ""] = route.split(" ");
    const source = bare(pattern).replace(
      /\{(\w+)\}/g,
      (_, name: string) => `(?<${name}>${name === "hash" ? HASH : ID})`,
    );
    return { method, handler, matcher: new RegExp(`^${source}$`) };
  });
  return {
    find(method, path) {
      const found = compiled.flatMap((each) => {
        const match = each.matcher.exec(bare(path));
        return match ? [{ ...each, params: { ...match.groups } }] : [];
      });
      if (found.length === 0) return null;
      return found.find((each) => each.method === method) ?? "method";
    },
  };
}

const bare = (path: string): string => (path.length > 1 ? path.replace(/\/$/, "") : path);
