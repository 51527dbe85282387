/** Kinder words before signing: offered for the specialist's own text, never for the person's, never in the way. */

import { expect, test } from "vitest";
import { type KindWord, kindWords } from "../../../web/pocket/pages/kind_words";
import { JM, NOW, note, phone, text } from "./phone";

const found = (answers: Record<string, string>, lang: "en" | "es" = "en") =>
  kindWords(note(JM, NOW, { answers }), lang).shown.map((one: KindWord) => `${one.field}: ${one.found}`);

test("the person's own words are left alone, in every field that holds them", () => {
  const words = "I was an addict";
  expect(found({ said: words, safety_said: words, person_words: words })).toEqual([]);
  expect(found({ did: words, went: words, next: words, safety_did: words })).toHaveLength(4);
});

test("what is quoted within the own text is left alone too", () => {
  expect(found({ did: "He said “I was an addict” and we walked on." })).toEqual([]);
});

test("each word stands once for a field, five at most are shown, and the rest is counted", () => {
  const did =
    "An addict met an addict. A junkie, a felon, a schizophrenic, a lunatic, the homeless, a manipulative inmate.";
  const { shown, more } = kindWords(note(JM, NOW, { answers: { did } }), "en");
  expect(shown.map((one) => one.found)).toEqual(["addict", "junkie", "felon", "schizophrenic", "lunatic"]);
  expect(more).toBe(3);
});

test("English and Spanish are both read, and the reason speaks the reader's language", () => {
  expect(found({ did: "Es adicta y lleva tres meses limpia. She is an addict." }, "es")).toEqual([
    "did: adicta",
    "did: lleva tres meses limpia",
    "did: addict",
  ]);
});

test("the check shows them as an idea, and signing goes on", async () => {
  const hand = phone();
  const draft = "0190d3e0-0000-7000-8000-0000000000b9";
  const form = {
    form_ref: "one_on_one@1",
    person: JM,
    place: "setting:community",
    day: "2026-11-21",
    end: "10:30",
    minutes: "30",
    kind: "one_on_one",
    said: "",
    did: "He was noncompliant today.",
    went: "",
    next: "",
  };
  await hand.post(`/app/drafts/${draft}`, { ...form, then: "check" });
  const html = text(await hand.get(`/app/drafts/${draft}/check`), hand.context);
  expect(html).toContain("Could this be said more kindly?");
  expect(html).toContain("“noncompliant”");
  expect(html).toContain(`/app/drafts/${draft}#f-did`);
  expect(html).toContain('form="sign-form"');
});
