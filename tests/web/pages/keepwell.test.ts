/** "What keeps me well": in the specialist's own bucket, shared only as a copy, only by the person's yes. */

import { beforeEach, expect, test } from "vitest";
import type { PageAnswer } from "../../../web/pocket/pages/page";
import { ME } from "./memory";
import { JM, type Phone, phone, text } from "./phone";

let hand: Phone;
const PAGE = `/app/people/${JM}/keepwell`;

const html = (answer: PageAnswer): string => text(answer, hand.context);
const records = (type: string) => [...hand.memory.others.values()].filter((record) => record.type === type);
const write = (more: Record<string, string>) => hand.post(`${PAGE}/edit`, { well: "", off: "", ...more });

beforeEach(() => {
  hand = phone();
});

test("the pages lie in the specialist's own bucket and say so", async () => {
  await write({ well: "Walking by the river", early: "I stop answering" });
  expect(records("keepwell")).toMatchObject([
    { bucket: `me:${ME}`, fields: { participant: JM, well: "Walking by the river", early: "I stop answering" } },
  ]);
  expect(records("keepwell_copy")).toEqual([]);
  const page = html(await hand.get(PAGE));
  expect(page).toContain("Walking by the river");
  expect(page).toContain("Private: only on your phone");
  await write({ well: "Walking by the river", early: "I stop answering" });
  expect(hand.memory.bundles).toHaveLength(1);
  await write({ well: "Walking" });
  expect(records("keepwell")).toHaveLength(1);
  expect(records("keepwell")[0]?.fields).toMatchObject({ well: "Walking", early: "" });
});

test("sharing needs the person's yes, copies what stands, and stops when they say so", async () => {
  await write({ well: "Walking by the river" });
  expect(await hand.post(`${PAGE}/share`, {})).toMatchObject({ status: 422 });
  expect(records("keepwell_copy")).toEqual([]);
  await hand.post(`${PAGE}/share`, { yes: "yes" });
  expect(records("keepwell_copy")).toMatchObject([
    { bucket: `p:${JM}`, fields: { participant: JM, shared_on: "2026-11-21", well: "Walking by the river" } },
  ]);
  await write({ well: "Walking, and my dog" });
  expect(records("keepwell_copy")[0]?.fields).toMatchObject({ well: "Walking by the river" });
  expect(html(await hand.get(PAGE))).toContain("Changed since it was shared");
  await hand.post(`${PAGE}/share`, { yes: "yes" });
  expect(records("keepwell_copy")).toHaveLength(1);
  expect(records("keepwell_copy")[0]?.fields).toMatchObject({ well: "Walking, and my dog" });
  await hand.post(`${PAGE}/unshare`, {});
  expect(records("keepwell_copy")).toEqual([]);
  expect(html(await hand.get(PAGE))).toContain("Private: only on your phone");
});

test("nothing typed is lost: too long, a full disk, a body without its fields, a pause", async () => {
  const long = await write({ well: "w".repeat(4001), after: "kept" });
  expect(long).toMatchObject({ status: 422 });
  expect(html(long)).toContain("kept");
  expect(await hand.post(`${PAGE}/edit`, {})).toMatchObject({ status: 422 });
  hand.memory.refusal = "quota";
  const full = await write({ well: "On a full disk" });
  expect(full).toMatchObject({ status: 507 });
  expect(html(full)).toContain("On a full disk");
  hand.memory.refusal = null;
  await hand.post(`${PAGE}/keep`, { well: "Half a sen" });
  expect(html(await hand.get("/app/"))).toContain(`href="${PAGE}/edit"`);
  expect(html(await hand.get(`${PAGE}/edit`))).toContain("Half a sen");
});

test("pages that a colleague was allowed to share can be read, and stay theirs", async () => {
  await hand.memory.capture([
    {
      kind: "create",
      type: "keepwell_copy",
      doc: JM.replace(/1$/, "9"),
      bucket: `p:${JM}`,
      set: { participant: JM, shared_on: "2026-11-01", well: "Singing" },
    },
  ]);
  const [copy] = records("keepwell_copy");
  if (copy) hand.memory.others.set(copy.doc, { ...copy, body: { ...copy.body, author: JM } });
  const page = html(await hand.get(PAGE));
  expect(page).toContain("Singing");
  await hand.post(`${PAGE}/unshare`, {});
  expect(records("keepwell_copy")).toHaveLength(1);
});
