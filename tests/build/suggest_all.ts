/** For every line of its input, a text as JSON: what the phone suggests, as `[[start, end, found, why], ...]`. */

import { readFileSync } from "node:fs";
import { suggest } from "../../web/pocket/language";

const texts = readFileSync(0, "utf-8")
  .split("\n")
  .filter((line) => line !== "");
const answers = texts.map((line) =>
  JSON.stringify(suggest(JSON.parse(line) as string).map(({ start, end, found, why }) => [start, end, found, why])),
);
process.stdout.write(answers.join("\n"));
