/**
 * From what a page says to a Response. Every one carries its own content policy, since a policy is not inherited
 * from the worker, and may be kept nowhere.
 */

import type { Bytes } from "./bytes";
import { pagePolicy } from "./generated/assets";

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": pagePolicy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

export function html(status: number, document: string, more: Readonly<Record<string, string>> = {}): Response {
  // A refused post must not put its own address into the history: Back would ask for it.
  const history = status >= 400 ? { "HX-Push-Url": "false" } : {};
  const headers = { ...HEADERS, "Content-Type": "text/html; charset=utf-8", ...history, ...more };
  return new Response(document, { status, headers });
}

export function download(content: unknown, name: string): Response {
  const headers = {
    ...HEADERS,
    "Content-Type": "application/json",
    "Content-Disposition": `attachment; filename="${name}"`,
  };
  return new Response(JSON.stringify(content), { headers });
}

export function bytesOf(content: Bytes, media: string): Response {
  // It is shown by itself, and may do nothing there.
  const headers = { ...HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Type": media };
  return new Response(content, { headers });
}

/** htmx follows a header within the document; a plain navigation follows an absolute address. */
export function redirect(request: Request, path: string, isNewDocument: boolean): Response {
  if (!isHtmx(request)) {
    return new Response(null, { status: 303, headers: { ...HEADERS, Location: new URL(path, request.url).href } });
  }
  return new Response("", {
    status: 200,
    headers: { ...HEADERS, [isNewDocument ? "HX-Redirect" : "HX-Location"]: path },
  });
}

export const isHtmx = (request: Request): boolean => request.headers.get("HX-Request") === "true";
