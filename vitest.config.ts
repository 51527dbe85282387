import { readFile } from "node:fs/promises";
import { defineConfig } from "vitest/config";

/** WebAssembly as bytes inside the module, as the build's esbuild gives it. */
const wasm = {
  name: "wasm",
  enforce: "pre" as const,
  async load(id: string) {
    if (!id.endsWith(".wasm")) return null;
    const bytes = (await readFile(id)).toString("base64");
    return `export default Uint8Array.from(atob("${bytes}"), (character) => character.charCodeAt(0));`;
  },
};

export default defineConfig({
  plugins: [wasm],
  test: { include: ["tests/**/*.test.ts"], server: { deps: { inline: ["argon2id"] } } },
});
