/** Renders one view a line of its input: `{template, view}` to `{html}` or `{error}`. */

import { readFileSync } from "node:fs";
import "../../web/pocket/luggage";
import { learn, render } from "../../web/pocket/render";

const folder = process.argv[2] ?? "";
await learn("es", async (address) =>
  readFileSync(`${folder}/es-${address.includes("words") ? "words" : "more"}.txt`, "utf-8"),
);
const answers = readFileSync(0, "utf-8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => {
    const { template, view } = JSON.parse(line) as { template: string; view: Record<string, unknown> };
    try {
      return JSON.stringify({ html: render(template, view) });
    } catch (problem) {
      return JSON.stringify({ error: String(problem) });
    }
  });
process.stdout.write(answers.join("\n"));
