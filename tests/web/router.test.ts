import { expect, test } from "vitest";
import { generate, judge } from "../../web/pocket/gates/passphrase";
import { wayOn } from "../../web/pocket/gates/unlock";
import { router } from "../../web/pocket/router";
import { id } from "./support/phone";

const routes = router({ "GET /app/": "home", "GET /app/people/{id}": "person", "POST /app/people/new": "new" });

test("a path finds its page, with or without a last slash", () => {
  expect(routes.find("GET", "/app")).toMatchObject({ handler: "home" });
  expect(routes.find("GET", `/app/people/${id(1)}/`)).toMatchObject({ handler: "person", params: { id: id(1) } });
});

test("another method, another path, or something that is no id finds nothing", () => {
  expect(routes.find("GET", "/app/people/new")).toBe("method");
  expect(routes.find("GET", "/app/people/someone")).toBeNull();
  expect(routes.find("GET", `/app/people/${id(1)}/x`)).toBeNull();
});

test.each([
  "https://evil.example/",
  "//evil.example",
  "/dashboard",
  "/app/unlock",
  "/app/lock",
  "/app/../x",
  "javascript:x",
])("%s is no way on from unlocking", (next) => expect(wayOn(next)).toBe("/app/"));

test("generated passphrases are four words of the list; no list, no words", () => {
  const list = Array.from({ length: 7776 }, (_, at) => `word${at}`);
  expect(generate(list).split(" ")).toHaveLength(4);
  expect(generate([])).toBe("");
});

test.each([
  ["three words only here", ""],
  ["a b c d", "short"],
  ["three long enoughwords", "few_words"],
  ["again again again again again", "repeated"],
  ["ninja doorpost field shop", ""],
])("%j as one's own passphrase: %j", (own, problem) => expect(judge(own)).toBe(problem));
