/** Quick capture: three touches, one line, a draft. And the pages that need nothing but themselves. */

import { beforeEach, expect, test } from "vitest";
import { routes } from "../../../web/pocket/pages/index";
import type { Memory } from "../../../web/pocket/pages/page";
import { CENTER, id, JM, type Phone, phone, text } from "./phone";

const LINE = {
  form_ref: "one_on_one@1",
  draft: id("b0"),
  person: JM,
  place: `site:${CENTER}`,
  day: "2026-11-21",
  end: "10:41",
  minutes: "15",
  did: "Called about the room",
};

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);

test("a line is a draft at once", async () => {
  expect(await hand.post("/app/capture", { ...LINE, then: "keep" })).toEqual({ redirect: "/app/" });
  const html = await page(hand.get("/app/"));
  expect(html).toContain("J. M., 15 min");
  expect(await page(hand.get(`/app/drafts/${id("b0")}`))).toContain("Called about the room");
});

test("or goes on as the whole form", async () => {
  expect(await hand.post("/app/capture", { ...LINE, then: "write" })).toEqual({ redirect: `/app/drafts/${id("b0")}` });
});

test("its own autosave and the whole form keep one and the same draft", async () => {
  await hand.post(`/app/drafts/${id("b0")}`, LINE);
  await hand.post("/app/capture", { ...LINE, did: "More", then: "keep" });
  expect(await hand.memory.drafts()).toHaveLength(1);
});

test("nobody chosen is told; the line stays", async () => {
  const { person: _person, ...rest } = LINE;
  const answer = await hand.post("/app/capture", { ...rest, then: "keep" });
  expect(answer).toMatchObject({ status: 422 });
  expect(text(answer, hand.context)).toContain("Called about the room");
  expect(text(answer, hand.context)).toContain('href="#f-person"');
});

test("an empty body is told, and a full phone keeps the line on the screen", async () => {
  expect(await hand.post("/app/capture", {})).toMatchObject({ status: 422 });
  hand.memory.refusal = "quota";
  expect(await page(hand.post("/app/capture", { ...LINE, then: "keep" }))).toContain("Called about the room");
});

test("the safety card reads nothing of the vault, locked or not", async () => {
  const memory = new Proxy({} as Memory, {
    get() {
      throw new Error("the vault was touched");
    },
  });
  for (const isLocked of [true, false]) {
    const context = { ...hand.context, memory, isLocked };
    const request = {
      method: "GET",
      path: "/app/safety",
      params: {},
      query: new URLSearchParams(),
      form: new URLSearchParams(),
      isHtmx: false,
    } as const;
    const answer = await routes["GET /app/safety"]?.(request, context);
    const html = answer && !("bytes" in answer) ? text(answer, context) : "";
    for (const link of ["tel:988", "sms:988", "tel:911", "tel:+15550100"]) expect(html).toContain(`href="${link}"`);
    expect(html.includes('action="/app/lock"')).toBe(!isLocked);
  }
});

test("settings are kept, and nonsense is not", async () => {
  expect(await hand.post("/app/settings", { language: "es", theme: "dark" })).toEqual({ redirect: "/app/settings" });
  expect(await hand.memory.setting("lang")).toBe("es");
  expect(await hand.post("/app/settings", { language: "xx", theme: "dark" })).toMatchObject({ status: 422 });
});

test("no page of any noun puts a name into an address, a title or the browser's history", async () => {
  const pages = [
    "/app/",
    "/app/people",
    "/app/people/new",
    "/app/capture",
    "/app/inbox",
    "/app/sync",
    "/app/settings",
    "/app/safety",
    `/app/people/${JM}`,
  ];
  for (const path of pages) {
    const html = await page(hand.get(path));
    expect(html).toContain("<title>Alongside</title>");
    for (const [, address] of html.matchAll(/(?:href|action|hx-get)="([^"]*)"/g))
      expect(address).not.toMatch(/J\.|Ana|spring/);
  }
});
