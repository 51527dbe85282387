import { describe, expect, test } from "vitest";
import { keyring, type Listener, type Message } from "../../web/pocket/keyring";

const newKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

/** A window that answers with a key, with nothing, or not at all. */
function windowWith(key: CryptoKey | null | undefined) {
  const heard: Message[] = [];
  const listener: Listener = {
    postMessage(message, [port]) {
      heard.push(message);
      if (message.say === "give" && key !== undefined) (port as MessagePort).postMessage(key);
    },
  };
  return { listener, heard };
}

describe("the keyring", () => {
  test("of a worker that was stopped gets the key from the window that has it", async () => {
    const key = await newKey();
    const [empty, silent, holder] = [windowWith(null), windowWith(undefined), windowWith(key)];
    const keys = keyring(async () => [empty.listener, silent.listener, holder.listener]);
    expect(await keys.get("vault")).not.toBeNull();
    expect(keys.held("vault")).not.toBeNull();
  });

  test("asks once, however many requests are waiting", async () => {
    const holder = windowWith(await newKey());
    const keys = keyring(async () => [holder.listener]);
    await Promise.all([keys.get("vault"), keys.get("vault"), keys.get("vault")]);
    expect(holder.heard).toHaveLength(1);
  });

  test("without a window there is no key", async () => {
    expect(await keyring(async () => []).get("vault")).toBeNull();
  });

  test("a silent window costs a second and no more", async () => {
    const keys = keyring(async () => [windowWith(undefined).listener]);
    const start = performance.now();
    expect(await keys.get("vault")).toBeNull();
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test("a key that arrives after the lock is not taken", async () => {
    const holder = windowWith(await newKey());
    const keys = keyring(async () => [holder.listener]);
    const asked = keys.get("vault");
    await keys.drop();
    expect(await asked).toBeNull();
    expect(keys.held("vault")).toBeNull();
  });

  test("dropping tells every window to drop", async () => {
    const holder = windowWith(null);
    const keys = keyring(async () => [holder.listener]);
    await keys.hold("vault", await newKey());
    await keys.drop();
    expect(holder.heard.map((message) => message.say)).toEqual(["hold", "drop"]);
  });
});
