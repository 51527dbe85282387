/** Work that came back: all of its words are shown, and go back into a form without being typed again. */

import { beforeEach, describe, expect, test } from "vitest";
import { addendumDraftOf } from "../../../web/pocket/pages/addendum_draft";
import { ME, refused } from "./memory";
import { CENTER, GOAL, id, JM, NOW, note, type Phone, phone, text } from "./phone";

const ABOUT = id("e1");
const SET = {
  ...note(JM, NOW - 86_400_000),
  support: ["emotional"],
  goals: [GOAL],
  flags: ["medical"],
  answers: {
    said: "“Her words <b>”",
    did: "Ours",
    next: "A step",
    next_on: "2026-11-28",
    next_owner: "me",
    safety_did: "Called 988",
  },
};

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);

function refuse(code: string, offer: string | null) {
  hand.memory.back.push(refused(id("77"), ABOUT, code, offer, SET, NOW - 3_600_000));
  hand.memory.back.push(refused(id("78"), ABOUT, "BUNDLE_FAILED", offer, undefined, NOW - 3_600_000, "sign"));
}

describe("a refused note", () => {
  test("is one entry, however many of its changes came back, and is shown whole", async () => {
    refuse("INVALID_FIELD", "resubmit");
    expect((await page(hand.get("/app/inbox"))).match(/class="row"/g)).toHaveLength(1);
    const html = await page(hand.get(`/app/inbox/${ABOUT}`));
    for (const words of [
      "J. M.",
      "Something in it cannot be right",
      "“Her words &lt;b&gt;”",
      "Ours",
      "A step",
      "Called 988",
    ])
      expect(html).toContain(words);
  });

  test("becomes a draft with everything in it, and leaves the inbox", async () => {
    refuse("INVALID_FIELD", "resubmit");
    const answer = await hand.post(`/app/inbox/${ABOUT}/again`, {});
    expect(answer).toEqual({ redirect: `/app/drafts/${id("f1")}` });
    expect((await hand.memory.draft(id("f1")))?.content).toMatchObject({
      person: [JM],
      place: [`site:${CENTER}`],
      day: ["2026-11-20"],
      start: ["10:41"],
      end: ["11:11"],
      minutes: ["exact"],
      support: ["emotional"],
      goals: [GOAL],
      flags: ["medical"],
      said: ["“Her words <b>”"],
      next_on: ["2026-11-28"],
    });
    expect(await hand.memory.returned()).toHaveLength(0);
    expect(hand.memory.bundles[0]?.map(({ kind, type, bucket, reason }) => ({ kind, type, bucket, reason }))).toEqual(
      Array(2).fill({ kind: "void", type: "returned", bucket: `me:${ME}`, reason: "resubmitted" }),
    );
    expect(await page(hand.get(`/app/drafts/${id("f1")}`))).toContain("“Her words &lt;b&gt;”");
  });

  test("for the supervisor offers no other way, and settles only when asked", async () => {
    refuse("INTERNAL", "supervisor");
    const html = await page(hand.get(`/app/inbox/${ABOUT}`));
    expect(html).toContain("Please show this to your supervisor.");
    expect(html).not.toContain("/again");
    expect(await hand.post(`/app/inbox/${ABOUT}/again`, {})).toMatchObject({ status: 404 });
    expect(await hand.post(`/app/inbox/${ABOUT}/settle`, {})).toEqual({ redirect: "/app/inbox" });
    expect(await page(hand.get("/app/inbox"))).toContain("Nothing came back");
  });

  test("that cannot be kept as a draft stays in the inbox", async () => {
    refuse("INVALID_FIELD", "resubmit");
    hand.memory.refusal = "quota";
    const answer = await hand.post(`/app/inbox/${ABOUT}/again`, {});
    expect(answer).toMatchObject({ status: 507 });
    expect(text(answer, hand.context)).toContain("“Her words &lt;b&gt;”");
    expect(await hand.memory.returned()).toHaveLength(2);
  });

  test("with fields of no sense at all is still shown and still opens", async () => {
    hand.memory.back.push(
      refused(
        id("77"),
        ABOUT,
        "INVALID_FIELD",
        "resubmit",
        { answers: { did: 3 }, started_at: "x", site: 4, goals: "no" },
        NOW,
      ),
    );
    expect(await page(hand.get(`/app/inbox/${ABOUT}`))).toContain("This change had no text of its own.");
    const answer = await hand.post(`/app/inbox/${ABOUT}/again`, {});
    expect("redirect" in answer && (await hand.get(answer.redirect))).toMatchObject({ status: 200 });
  });
});

test("words for a note that was signed meanwhile become an addendum", async () => {
  hand.memory.addNote(ABOUT, note(JM, NOW), { at: "received", code: "7K3F", when: NOW });
  hand.memory.back.push(
    refused(id("79"), ABOUT, "NOTE_SIGNED", "addendum", { answers: { did: "One more thing" } }, NOW, "patch"),
  );
  expect(await hand.post(`/app/inbox/${ABOUT}/again`, {})).toEqual({ redirect: `/app/notes/${ABOUT}/addendum` });
  expect(await page(hand.get(`/app/notes/${ABOUT}/addendum`))).toContain("One more thing");
  expect(await page(hand.get("/app/"))).toContain("Words to add to a note");
  expect(await hand.get(`/app/drafts/${addendumDraftOf(ABOUT)}`)).toEqual({ redirect: `/app/notes/${ABOUT}/addendum` });
});

describe("an addendum", () => {
  beforeEach(() =>
    hand.memory.addNote(ABOUT, note(JM, NOW), { at: "received", code: "7K3F", when: NOW }, { state: "signed" }),
  );

  test("stands under the note, with its reason", async () => {
    const form = { form_ref: "addendum@1", note: ABOUT, person: JM, reason: "wrong_time", text: " It was 3 pm. " };
    expect(await page(hand.post(`/app/drafts/${addendumDraftOf(ABOUT)}`, form))).toContain("Kept 10:41 am");
    expect(await hand.post(`/app/notes/${ABOUT}/addendum`, form)).toEqual({ redirect: `/app/notes/${ABOUT}` });
    const html = await page(hand.get(`/app/notes/${ABOUT}`));
    expect(html).toContain("It was 3 pm.");
    expect(html).toContain("The time was wrong");
    expect(await hand.memory.drafts()).toHaveLength(0);
  });

  test("twice is once", async () => {
    for (const _ of "12") await hand.post(`/app/notes/${ABOUT}/addendum`, { reason: "other", text: "Same" });
    expect(hand.memory.bundles).toHaveLength(1);
  });

  test.each([
    ["empty", { text: " " }, "Write what you want to add"],
    ["without its field", {}, "did not arrive whole"],
    ["too long", { text: "x".repeat(20_001) }, "Nothing was cut."],
  ])("%s is told", async (_about, form, words) => {
    const answer = await hand.post(`/app/notes/${ABOUT}/addendum`, form);
    expect(answer).toMatchObject({ status: 422 });
    expect(text(answer, hand.context)).toContain(words);
  });
});
