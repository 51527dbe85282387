/** Holds the vault's key while this window lives, and gives it to a worker that was stopped and started again. */

type KeyKind = "vault" | "pending";
type Ask = "exchange" | "online" | "lock" | "hello" | "keep" | "opened" | "hidden";
type Heard =
  | { say: "hold"; kind: KeyKind; key: CryptoKey }
  | { say: "give"; kind: KeyKind }
  | { say: "drop" | "ended" }
  | { say: "exchanged"; hasMoved: boolean };

/** Longer than a slow phone takes to start its worker and to write. */
const PATIENCE_MS = 3000;
const keys = new Map<KeyKind, CryptoKey>();

export const tellWorker = (ask: Ask, said?: object): void =>
  navigator.serviceWorker.controller?.postMessage({ ask, ...said });

/** What became of a draft, in the worker's words; null when it gives no answer. */
export const askWorker = (ask: "keep", said: object): Promise<{ isKept: boolean; words: string } | null> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, PATIENCE_MS, null);
    navigator.serviceWorker.controller?.postMessage({ ask, ...said }, [port2]);
  });

/** Forgets the keys here at once; whatever the worker does, this window gives none away any more. */
export const dropKeys = (): void => keys.clear();

/** The phone is locked, or has ended: nothing of it stays on the screen. */
function leave(hasEnded: boolean): void {
  dropKeys();
  if (hasEnded || document.body.hasAttribute("data-phone")) location.replace("/app/unlock");
}

export function holdKeys(): void {
  navigator.serviceWorker.addEventListener("message", ({ data, ports }: MessageEvent<Heard>) => {
    if (data.say === "hold") {
      keys.set(data.kind, data.key);
      if (data.kind === "vault") keys.delete("pending");
    }
    if (data.say === "give") ports[0]?.postMessage(keys.get(data.kind) ?? null);
    if (data.say === "drop" || data.say === "ended") leave(data.say === "ended");
    if (data.say === "exchanged") document.body.dispatchEvent(new CustomEvent("exchanged", { detail: data }));
  });
  navigator.serviceWorker.startMessages();
  tellWorker("hello");
}
