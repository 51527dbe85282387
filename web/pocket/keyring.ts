/**
 * Who holds the key. The browser stops an idle worker after half a minute, and with it all that is in memory; the
 * windows hold the key as well and are asked for it. Without a window there is no key, and that is wanted: a phone
 * whose app was closed is locked.
 */

export type KeyKind = "vault" | "pending";

/** What worker and windows say to each other. */
export type Message =
  | { readonly say: "hold"; readonly kind: KeyKind; readonly key: CryptoKey }
  | { readonly say: "give"; readonly kind: KeyKind }
  | { readonly say: "drop" }
  | { readonly say: "ended" }
  | { readonly say: "exchanged"; readonly hasMoved: boolean };

/** Something that can be spoken to: a window of this app. */
export interface Listener {
  postMessage(message: Message, transfer: Transferable[]): void;
}

export interface Keyring {
  get(kind: KeyKind): Promise<CryptoKey | null>;
  hold(kind: KeyKind, key: CryptoKey): Promise<void>;
  /** The key if it is here already; asks nobody. */
  held(kind: KeyKind): CryptoKey | null;
  drop(): Promise<void>;
}

const PATIENCE_MS = 1000;

export function keyring(windows: () => Promise<readonly Listener[]>): Keyring {
  const keys = new Map<KeyKind, CryptoKey>();
  const asking = new Map<KeyKind, Promise<CryptoKey | null>>();
  let drops = 0;

  const askAll = async (kind: KeyKind): Promise<CryptoKey | null> => {
    const before = drops;
    const listeners = await windows();
    const key = await Promise.any(listeners.map((listener) => ask(listener, kind))).catch(() => null);
    if (key === null || drops !== before) return null;
    keys.set(kind, key);
    return key;
  };
  const tell = async (message: Message): Promise<void> => {
    for (const listener of await windows()) listener.postMessage(message, []);
  };
  return {
    async get(kind) {
      const held = keys.get(kind);
      if (held) return held;
      const answer = asking.get(kind) ?? askAll(kind).finally(() => asking.delete(kind));
      asking.set(kind, answer);
      return answer;
    },
    async hold(kind, key) {
      keys.set(kind, key);
      if (kind === "vault") keys.delete("pending");
      await tell({ say: "hold", kind, key });
    },
    held: (kind) => keys.get(kind) ?? null,
    async drop() {
      drops++;
      keys.clear();
      await tell({ say: "drop" });
    },
  };
}

/** One window's answer; rejects when it has no key or does not answer in time. */
function ask(listener: Listener, kind: KeyKind): Promise<CryptoKey> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      clearTimeout(timer);
      port1.close();
      if (data instanceof CryptoKey) resolve(data);
      else reject(new Error("no key"));
    };
    listener.postMessage({ say: "give", kind }, [port2]);
  });
}
