/**
 * One signed request to the office and what can come back. Anything that is not the office's own JSON is no answer:
 * a captive portal says 200 too. Nothing here decides; it only tells apart.
 */

import { type Bytes, hex, sha256, utf8 } from "../bytes";
import { isProblem, type Problem } from "../generated/schema";
import { sign } from "../vault/signing";

const WATCHDOG_MS = 45_000;

export type Answer<T> =
  | { readonly is: "answer"; readonly body: T }
  | { readonly is: "problem"; readonly problem: Problem; readonly retryAfterS: number }
  /** "unknown": it knows no such device, which was enrolled after the backup that it came back from. */
  | { readonly is: "nothing"; readonly why: "offline" | "captive" | "server" | "unknown" };

export type Shape<T> = (body: unknown) => body is T;

export interface Signer {
  readonly device: string;
  readonly signingKey: CryptoKey;
}

export interface Transport {
  /** `body` is JSON text, sent gzipped; `isWanted` tells an answer of the office from anything else. */
  post<T>(path: string, body: string, isWanted: Shape<T>, signer: Signer): Promise<Answer<T>>;
  /** Where there is no key the office knows, or none that is open; `headers` may say who asks. */
  postUnsigned<T>(
    path: string,
    body: string,
    isWanted: Shape<T>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<T>>;
}

/** What changes most on the phone is taken only from an answer that names its request; a proxy's own "busy" cannot. */
const mustSayWhatItAnswers = (said: Answer<unknown>): boolean =>
  said.is === "answer" || (said.is === "problem" && said.problem.code === "DEVICE_REVOKED");

export function transport(send: typeof fetch, watchdogMs: number = WATCHDOG_MS): Transport {
  let nonce = "";

  const exchange = async <T>(
    path: string,
    init: RequestInit,
    isWanted: Shape<T>,
    signedWith: string | null = null,
  ): Promise<Answer<T>> => {
    const patience = AbortSignal.timeout(watchdogMs);
    const fixed = {
      method: "POST",
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
      signal: patience,
    } as const;
    try {
      const response = await send(path, { ...fixed, ...init });
      const answered = response.headers.get("Alongside-Answers");
      const fresh = response.headers.get("Alongside-Nonce");
      // The answer to another request, which somebody on the way has kept, is none.
      if ((answered ?? signedWith) !== signedWith) return { is: "nothing", why: "captive" };
      nonce = fresh ?? nonce;
      const said = await read<T>(response, isWanted);
      if (signedWith === null) return said;
      if (answered === null && mustSayWhatItAnswers(said)) return { is: "nothing", why: "captive" };
      return fresh === null && said.is === "problem" && said.problem.code === "NOT_SIGNED"
        ? { is: "nothing", why: "unknown" }
        : said;
    } catch {
      return { is: "nothing", why: "offline" };
    }
  };

  return {
    async post<T>(path: string, body: string, isWanted: Shape<T>, signer: Signer) {
      const zipped = await gzip(utf8(body));
      const once = async (): Promise<Answer<T>> => {
        const used = nonce;
        return exchange(
          path,
          { body: zipped, headers: await signedHeaders(path, zipped, used, signer) },
          isWanted,
          used,
        );
      };
      const first = await once();
      return first.is === "problem" && first.problem.code === "STALE_NONCE" ? once() : first;
    },
    postUnsigned: (path, body, isWanted, headers = {}) =>
      exchange(path, { body, headers: { "Content-Type": "application/json", ...headers } }, isWanted),
  };
}

async function signedHeaders(
  path: string,
  body: Bytes,
  nonce: string,
  signer: Signer,
): Promise<Record<string, string>> {
  const message = `alongside-v1\nPOST\n${path}\n${hex(await sha256(body))}\n${nonce}`;
  return {
    "Content-Type": "application/json",
    "Content-Encoding": "gzip",
    "Alongside-Device": signer.device,
    "Alongside-Nonce": nonce,
    "Alongside-Signature": await sign(signer.signingKey, message),
  };
}

async function gzip(bytes: Bytes): Promise<Bytes> {
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

async function read<T>(response: Response, isWanted: Shape<T>): Promise<Answer<T>> {
  const isJson = /^application\/json\b/.test(response.headers.get("Content-Type") ?? "");
  if (response.type === "opaqueredirect" || (response.ok && !isJson)) return { is: "nothing", why: "captive" };
  const body: unknown = isJson ? await response.json().catch(() => null) : null;
  if (response.ok) {
    return isWanted(body) ? { is: "answer", body } : { is: "nothing", why: "captive" };
  }
  const retryAfterS = Number(response.headers.get("Retry-After")) || 0;
  if (isProblem(body)) return { is: "problem", problem: body, retryAfterS };
  if (response.status === 413) return { is: "problem", problem: { code: "TOO_LARGE" }, retryAfterS };
  if (response.status === 429 || response.status === 503)
    return { is: "problem", problem: { code: "BUSY" }, retryAfterS };
  return { is: "nothing", why: response.status >= 500 ? "server" : "captive" };
}
