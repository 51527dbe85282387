/** Lines written while locked, and the specialist's own evening, as the pages show them. */

import { beforeEach, describe, expect, test } from "vitest";
import { ME } from "./memory";
import { CENTER, id, JM, NOW, note, type Phone, phone, text } from "./phone";

const HOUR = 3_600_000;
/** Half past five in the afternoon in New York. */
const EVENING = NOW + 7 * HOUR;
const TODAY = "2026-11-21";
const JOTTING = { id: id("c9"), at: NOW - HOUR, line: "Walked to the court", minutes: 20, place: "Courthouse" };

let hand: Phone;
beforeEach(() => {
  hand = phone();
});
const page = async (answer: Promise<Awaited<ReturnType<Phone["get"]>>>) => text(await answer, hand.context);

describe("a line written while locked", () => {
  beforeEach(() => hand.jottings.kept.push(JOTTING));

  test("stands under Unfinished and asks only whom it is about", async () => {
    const today = await page(hand.get("/app/"));
    expect(today).toContain("Unfinished");
    expect(today).toContain("Walked to the court");
    expect(today).toContain(`href="/app/jottings/${JOTTING.id}"`);
    const html = await page(hand.get(`/app/jottings/${JOTTING.id}`));
    expect(html).toContain("20 min");
    expect(html).toContain("Courthouse");
  });

  test("becomes a draft of that moment with all that was written", async () => {
    expect(await hand.post(`/app/jottings/${JOTTING.id}`, { person: JM })).toEqual({
      redirect: `/app/drafts/${JOTTING.id}`,
    });
    const draft = hand.memory.kept.get(JOTTING.id);
    expect(draft?.content).toMatchObject({
      person: [JM],
      did: ["Walked to the court\nPlace: Courthouse"],
      minutes: ["20"],
      day: [TODAY],
      start: ["09:21"],
      end: ["09:41"],
    });
    expect(hand.jottings.kept).toEqual([]);
    const form = await page(hand.get(`/app/drafts/${JOTTING.id}`));
    expect(form).toContain("Walked to the court");
  });

  test("at a place that is one of the sites is at that site", async () => {
    hand.jottings.kept.splice(0, 1, { ...JOTTING, place: "drop-in CENTER", minutes: 30 });
    await hand.post(`/app/jottings/${JOTTING.id}`, { person: JM });
    expect(hand.memory.kept.get(JOTTING.id)?.content).toMatchObject({
      place: [`site:${CENTER}`],
      did: ["Walked to the court"],
      minutes: ["30"],
    });
  });

  test("without a person, or on a full disk, stays where it is and says so", async () => {
    const nobody = await hand.post(`/app/jottings/${JOTTING.id}`, {});
    expect(nobody).toMatchObject({ status: 422 });
    hand.memory.refusal = "quota";
    const full = await hand.post(`/app/jottings/${JOTTING.id}`, { person: JM });
    expect(full).toMatchObject({ status: 507 });
    expect(text(full, hand.context)).toContain("Walked to the court");
    expect(hand.jottings.kept).toEqual([JOTTING]);
  });

  test("that cannot be read is said on Today, with what is safe and what to do, until it is deleted on purpose", async () => {
    expect(await hand.get("/app/jottings/unreadable")).toEqual({ redirect: "/app/" });
    hand.jottings.unreadable = 1;
    expect(await page(hand.get("/app/"))).toContain("1 line cannot be read on this phone");
    const told = await page(hand.get("/app/jottings/unreadable"));
    for (const words of ["It is damaged", "everything else on this phone", "write it once more", 'href="/app/capture"'])
      expect(told).toContain(words);
    hand.memory.refusal = "storage";
    expect(await page(hand.post("/app/jottings/unreadable/drop", {}))).toContain("Nothing was deleted");
    expect(hand.jottings.unreadable).toBe(1);
    hand.memory.refusal = null;
    await hand.post("/app/jottings/unreadable/drop", {});
    expect(await page(hand.get("/app/"))).not.toContain("cannot be read");
    expect(hand.jottings.kept).toEqual([JOTTING]);
  });

  test("can be let go, and is then nowhere", async () => {
    expect(await hand.post(`/app/jottings/${JOTTING.id}/drop`, {})).toEqual({ redirect: "/app/" });
    expect(await hand.get(`/app/jottings/${JOTTING.id}`)).toMatchObject({ status: 404 });
  });
});

describe("the end of a day", () => {
  const asks = async () => (await page(hand.get("/app/"))).includes("How are you after today?");

  test("asks in the evening, once, and a skipped day is not asked again", async () => {
    expect(await asks()).toBe(false);
    hand.now = EVENING;
    expect(await asks()).toBe(true);
    expect(await hand.post("/app/own", { day: TODAY, answer: "" })).toEqual({ redirect: "/app/" });
    expect(await asks()).toBe(false);
    hand.now += 24 * HOUR;
    expect(await asks()).toBe(true);
    expect(await page(hand.get("/app/own"))).not.toContain("The last days");
  });

  test("begins at the hour of the organisation's rules", async () => {
    const rules = (evening_h: number) => ({ name: "Here", zone: "America/New_York", rules: { evening_h } });
    hand.now = NOW + 4 * HOUR;
    expect(await asks()).toBe(false);
    hand.memory.rules = rules(12);
    expect(await asks()).toBe(true);
    hand.now = EVENING;
    hand.memory.rules = rules(23);
    expect(await asks()).toBe(false);
  });

  test("asks after the last visit too, and still means the same day after midnight", async () => {
    hand.memory.people.clear();
    hand.memory.addNote(id("d1"), note(JM, NOW - HOUR));
    expect(await asks()).toBe(true);
    hand.now = EVENING + 8 * HOUR;
    expect(await page(hand.get("/app/"))).toContain(`name="day" value="${TODAY}"`);
  });

  test("shows whom to talk to after a heavy one, and nothing is counted", async () => {
    await hand.post("/app/own/choose", { talk: "Luz, 555 0102", asks: "yes" });
    expect(await hand.post("/app/own", { day: TODAY, answer: "heavy", line: "long one" })).toEqual({
      redirect: "/app/own",
    });
    const html = await page(hand.get("/app/own"));
    expect(html).toContain("Luz, 555 0102");
    expect(html).toContain('href="tel:+15550100"');
    expect(html).toContain('href="tel:988"');
    expect(html).toContain("long one");
    expect(html).not.toMatch(/\d+ days in a row|streak|average|%/);
  });

  test("is deleted day by day or at once, and need not be asked", async () => {
    hand.now = EVENING;
    await hand.post("/app/own", { day: TODAY, answer: "good", line: "x" });
    await hand.post("/app/own", { day: "2026-11-20", answer: "tired", line: "y" });
    await hand.post("/app/own/remove", { day: TODAY });
    expect(hand.own.book.days.map(({ day }) => day)).toEqual(["2026-11-20"]);
    await hand.post("/app/own/remove", {});
    expect(hand.own.book.days).toEqual([]);
    await hand.post("/app/own/choose", { talk: "" });
    expect(await asks()).toBe(false);
  });

  test("refuses what no page sends, and keeps nothing of it", async () => {
    for (const form of [
      { day: TODAY, answer: "euphoric" },
      { day: "2026-01-01", answer: "good" },
      { day: "x", answer: "good" },
    ])
      expect(await hand.post("/app/own", form)).toMatchObject({ status: 422 });
    hand.own.refusal = "quota";
    expect(await hand.post("/app/own", { day: TODAY, answer: "good" })).toMatchObject({ status: 507 });
    expect(hand.own.book.days).toEqual([]);
  });
});

describe("after a hard contact", () => {
  const signed = { state: "signed" } as const;

  test("a hand is held out, without a word of what it was about, until it is let go", async () => {
    hand.memory.addNote(
      id("d7"),
      note(JM, NOW - HOUR, { contact_kind: "crisis", answers: { did: "canary" } }),
      undefined,
      signed,
    );
    const html = await page(hand.get("/app/"));
    expect(html).toContain("That was a hard contact");
    const panel = html.slice(html.indexOf('id="own-hard"'), html.indexOf("</section>", html.indexOf('id="own-hard"')));
    expect(panel).not.toMatch(/J\. M\.|canary/);
    expect(await hand.post("/app/own/debriefed", { note: id("d7") })).toEqual({ redirect: "/app/" });
    expect(await page(hand.get("/app/"))).not.toContain("That was a hard contact");
  });

  test("not after an ordinary one, somebody else's, or one long ago", async () => {
    hand.memory.addNote(id("d1"), note(JM, NOW - HOUR), undefined, signed);
    hand.memory.addNote(id("d2"), note(JM, NOW - HOUR, { contact_kind: "crisis" }), undefined, {
      ...signed,
      author: id("99"),
    });
    hand.memory.addNote(id("d3"), note(JM, NOW - 50 * HOUR, { contact_kind: "crisis" }), undefined, signed);
    expect(await page(hand.get("/app/"))).not.toContain("That was a hard contact");
  });
});

describe("certificates and clearances", () => {
  const form = { sort: "clearance", name: "Gate pass", hours: "", site: CENTER, got_on: "", ends_on: "2026-12-20" };

  test("are written down offline, remind on Today, and ask for nothing once they are over", async () => {
    expect(await hand.post("/app/credentials", form)).toEqual({ redirect: "/app/credentials" });
    expect(await page(hand.get("/app/"))).toContain("Gate pass ends in 29 days");
    const [made] = [...hand.memory.others.values()];
    expect(made).toMatchObject({ type: "credential", bucket: `me:${ME}` });
    expect(await page(hand.get("/app/credentials"))).toContain("in 29 days");
    await hand.post(`/app/credentials/${made?.doc}/end`, {});
    expect(await page(hand.get("/app/"))).not.toContain("Gate pass");
  });

  test("remind by the organisation's own days", async () => {
    await hand.post("/app/credentials", form);
    hand.memory.rules = { name: "Common Ground", zone: "America/New_York", remind_days: [14] };
    expect(await page(hand.get("/app/"))).not.toContain("Gate pass");
  });

  test("of learning are added up by topic", async () => {
    for (const hours of ["3", "4"])
      await hand.post("/app/credentials", { ...form, sort: "education", name: "Ethics", hours, ends_on: "" });
    expect(await page(hand.get("/app/credentials"))).toContain("7 h");
  });

  test("keep what was typed when something is wrong", async () => {
    for (const wrong of [
      { sort: "x" },
      { name: " " },
      { hours: "many" },
      { ends_on: "2026-13-01" },
      { got_on: "2027-01-01" },
    ]) {
      const refused = await hand.post("/app/credentials", { ...form, ...wrong });
      expect(refused).toMatchObject({ status: 422 });
      expect(text(refused, hand.context)).toContain("error-summary");
    }
    expect(hand.memory.others.size).toBe(0);
  });
});
