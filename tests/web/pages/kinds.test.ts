/** Every kind of contact about one person: drawn from its form, refused and kept, signed as its form says. */

import { beforeEach, describe, expect, test, vi } from "vitest";
import { fieldOf, formOf, newestOf, singleKinds } from "../../../web/pocket/form_book";
import { type FormField, fieldsOf } from "../../../web/pocket/forms";
import { noteOf, readNote } from "../../../web/pocket/pages/draft_note";
import { around } from "../../../web/pocket/pages/surroundings";
import { CENTER, GOAL, id, JM, type Phone, phone, seenOn, text } from "./phone";

const generated = vi.hoisted(() => ({ forms: {} as Record<string, unknown>, newest: {} as Record<string, string> }));
vi.mock("../../../web/pocket/generated/forms", async (original) => {
  const real = await original<typeof generated>();
  generated.forms = { ...real.forms };
  generated.newest = { ...real.newest };
  return generated;
});

const DRAFT = id("b0");
const CORE = {
  person: JM,
  place: `site:${CENTER}`,
  day: "2026-11-21",
  minutes: "30",
  start: "",
  end: "10:41",
  support: ["emotional"],
  goals: [GOAL],
  flags: ["medical"],
};

let hand: Phone;
beforeEach(() => {
  hand = phone();
});

const page = async (answer: ReturnType<Phone["get"]>) => text(await answer, hand.context);
const path = (more = "") => `/app/drafts/${DRAFT}${more}`;

/** What somebody might type into a field of each type. */
function typed(field: FormField): string | string[] {
  const first = field.options?.[0]?.value ?? "";
  const samples: Record<string, string | string[]> = {
    choice: first,
    choices: (field.options ?? []).slice(0, 2).map((option) => option.value),
    date: "2026-11-24",
    time: "14:05",
    number: String(field.least ?? 3),
    scale: String(field.most ?? 3),
    yes_no: "yes",
  };
  return samples[field.type] ?? `About ${field.key}`;
}

function filled(kind: string): Record<string, string | string[]> {
  const form = newestOf(kind);
  if (!form) throw new Error(kind);
  const answers = Object.fromEntries(fieldsOf(form).map((field) => [field.key, typed(field)]));
  return { form_ref: `${form.name}@${form.version}`, kind, ...CORE, ...answers };
}

async function sign(form: Record<string, string | string[]>) {
  await hand.post(path(), { ...form, then: "check" });
  const seen = seenOn(await page(hand.get(path("/check"))));
  return hand.post(path("/sign"), { seen });
}

describe.each(singleKinds())("%s", (kind) => {
  test("is begun with what its form says, in both languages", async () => {
    for (const lang of ["en", "es"] as const) {
      hand = phone({}, lang);
      const html = await page(hand.get(`${path()}?person=${JM}&kind=${kind}`));
      for (const { key, label } of fieldsOf(newestOf(kind) ?? { name: "", version: 1, section: [] })) {
        expect(html, key).toContain(`id="f-${key}"`);
        expect(html.replaceAll("&#39;", "'"), key).toContain(label[lang]);
      }
      expect(html).toContain(`name="form_ref" value="${kind}@`);
    }
  });

  test("is signed whole, with values of the types that the office asks", async () => {
    expect(await sign(filled(kind))).toEqual({ redirect: `/app/notes/${noteOf(DRAFT)}` });
    const note = await hand.memory.note(noteOf(DRAFT));
    expect(note?.fields.contact_kind).toBe(kind);
    const form = newestOf(kind);
    for (const field of form ? fieldsOf(form) : []) {
      const value = note?.fields.answers?.[field.key];
      if (field.show_when && value === undefined) continue;
      const types: Record<string, string> = { yes_no: "boolean", number: "number", scale: "number", choices: "object" };
      expect(typeof value, field.key).toBe(types[field.type] ?? "string");
    }
  });

  test("warns of what its form asks, and does not block", async () => {
    const form = newestOf(kind);
    const required = form ? fieldsOf(form).filter((field) => field.required_at_sign) : [];
    const empty = Object.fromEntries(required.map((field) => [field.key, ""]));
    await hand.post(path(), { ...filled(kind), ...empty, support: [], goals: [], flags: [], then: "check" });
    const html = await page(hand.get(path("/check")));
    for (const field of required) expect(html).toContain(`${path()}#f-${field.key}`);
    for (const name of form?.required_at_sign ?? []) expect(html).toContain(`${path()}#f-${name}`);
    expect(await sign({ ...filled(kind), ...empty })).toMatchObject({ redirect: `/app/notes/${noteOf(DRAFT)}` });
  });
});

describe("bad input", () => {
  test.each([
    ["discharge_follow_up", "follow_attempt", "first", "Enter a whole number from 1 to 99"],
    ["discharge_follow_up", "follow_attempt", "100", "Enter a whole number from 1 to 99"],
    ["crisis", "crisis_notified_at", "25:00", "Enter a time, like 14:05"],
    ["in_reach", "release_on", "2026-02-30", "Enter a day that exists"],
    ["attempt_no_show", "attempt_result", "abducted", "Choose one of these"],
    ["referral", "referral_to", "x".repeat(401), "The limit is 400."],
  ])("%s: %s is refused and kept", async (kind, field, value, says) => {
    const answer = await hand.post(path(), { ...filled(kind), [field]: value, next: "Stays", then: "check" });
    expect(answer).toMatchObject({ status: 422 });
    const html = text(answer, hand.context);
    expect(html).toContain(says);
    expect(html).toContain(`href="#f-${field}"`);
    expect(html).toContain("Stays");
    expect((await hand.memory.draft(DRAFT))?.content[field]).toEqual([value]);
  });

  test("an answer to a question that no longer shows is kept in the draft and left out of the note", async () => {
    await sign({ ...filled("accompaniment"), transport: "no", transport_only: "yes" });
    const answers = (await hand.memory.note(noteOf(DRAFT)))?.fields.answers;
    expect(answers).toMatchObject({ transport: false });
    expect(answers).not.toHaveProperty("transport_only");
  });
});

describe("another kind of contact", () => {
  test("keeps every word, shows what has no place, and brings it back", async () => {
    await hand.post(path(), { ...filled("one_on_one"), did: "We walked", then: "kind" });
    expect(await page(hand.get(path("/kind")))).toContain('value="crisis"');
    expect(await hand.post(path("/kind"), { kind: "crisis" })).toEqual({ redirect: path() });
    const html = await page(hand.get(path()));
    expect(html).toContain('id="unplaced"');
    expect(html).toContain("We walked");
    expect((await hand.memory.draft(DRAFT))?.form).toBe("crisis@1");
    await hand.post(path("/kind"), { kind: "one_on_one" });
    expect(await page(hand.get(path()))).toMatch(/name="did"[^>]*>\nWe walked</);
  });

  test("begins where and as long as that kind does, unless somebody chose", async () => {
    await hand.get(`${path()}?person=${JM}`);
    const fresh = { form_ref: "one_on_one@2", ...CORE, minutes: "30", did: "" };
    await hand.post(path(), fresh);
    await hand.post(path("/kind"), { kind: "warm_line" });
    expect((await hand.memory.draft(DRAFT))?.content).toMatchObject({ place: ["mode:phone"], minutes: ["15"] });
    await hand.post(path(), { ...fresh, place: "setting:home", minutes: "45" });
    await hand.post(path("/kind"), { kind: "warm_line" });
    expect((await hand.memory.draft(DRAFT))?.content).toMatchObject({ place: ["setting:home"], minutes: ["45"] });
  });

  test("that is none is refused, and a refusal to save loses nothing", async () => {
    await hand.post(path(), filled("one_on_one"));
    expect(await hand.post(path("/kind"), { kind: "group" })).toMatchObject({ status: 422 });
    hand.memory.refusal = "quota";
    expect(await hand.post(path("/kind"), { kind: "crisis" })).toMatchObject({ status: 507 });
    hand.memory.refusal = null;
    expect((await hand.memory.draft(DRAFT))?.form).toBe("one_on_one@2");
  });
});

describe("a draft of an older version", () => {
  test("goes on in it, and signs in it", async () => {
    const old = { ...filled("one_on_one"), form_ref: "one_on_one@1" };
    await hand.post(path(), old);
    const html = await page(hand.get(path()));
    expect(html).not.toContain('id="f-person_view"');
    expect(html).toContain("A newer form is here");
    await sign(old);
    expect((await hand.memory.note(noteOf(DRAFT)))?.fields.form).toBe("one_on_one@1");
  });

  test("moves only after a look at what the move does", async () => {
    await hand.post(path(), { ...filled("one_on_one"), form_ref: "one_on_one@1", then: "form" });
    const html = await page(hand.get(path("/form")));
    expect(html).toContain("What we did");
    expect(html).toContain("What they said to it");
    expect((await hand.memory.draft(DRAFT))?.form).toBe("one_on_one@1");
    await hand.post(path("/form"), { to: "one_on_one@1" });
    expect((await hand.memory.draft(DRAFT))?.form).toBe("one_on_one@1");
    expect(await hand.post(path("/form"), { to: "one_on_one@2" })).toEqual({ redirect: path() });
    expect((await hand.memory.draft(DRAFT))?.form).toBe("one_on_one@2");
    expect(await hand.get(path("/form"))).toEqual({ redirect: path() });
  });

  test("of the time before its kind had a form moves to the form of its kind", async () => {
    await hand.post(path(), { ...filled("one_on_one"), form_ref: "one_on_one@1", kind: "outreach" });
    await hand.post(path("/form"), { to: "outreach@1" });
    expect((await hand.memory.draft(DRAFT))?.content).toMatchObject({ form_ref: ["outreach@1"], kind: ["outreach"] });
  });
});

describe("renamed and withdrawn", () => {
  const words = (en: string) => ({ en, es: en });
  const option = (value: string, was = "") => ({ value, label: words(value.toUpperCase()), ...(was ? { was } : {}) });
  const form = (version: number, fields: object[], more: object = {}) => ({
    name: "referral",
    version,
    asks: ["place", "when"],
    section: [{ field: [{ key: "did", type: "prose", label: words("Did") }, ...fields] }],
    ...more,
  });
  const place = (key: string, label: string, more: object = {}) => ({
    key,
    type: "text",
    label: words(label),
    ...more,
  });
  const state = (options: object[]) => ({ key: "state", type: "choice", label: words("State"), options });

  beforeEach(() => {
    generated.forms["referral@1"] = form(1, [place("agency", "Agency"), state([option("old"), option("gone")])]);
    generated.forms["referral@2"] = form(2, [
      place("service", "Service", { was: "agency" }),
      state([option("new", "old")]),
    ]);
    generated.forms["referral@3"] = form(3, [place("service", "Service"), state([option("newest", "new")])]);
    generated.newest["referral"] = "referral@3";
  });

  const draft = { form_ref: "referral@1", ...CORE, kind: "referral", did: "Called", agency: "Legal aid", state: "old" };

  test("a question and an option carry their answer through every version between", async () => {
    await hand.post(path(), draft);
    const html = await page(hand.get(path("/form")));
    expect(html).toContain("Agency: now Service");
    expect(html).toContain("OLD: now NEW");
    expect(html).toContain("NEW: now NEWEST");
    await hand.post(path("/form"), { to: "referral@3" });
    const content = (await hand.memory.draft(DRAFT))?.content;
    expect(content).toMatchObject({ service: ["Legal aid"], state: ["newest"], did: ["Called"] });
    expect(content).not.toHaveProperty("agency");
  });

  test("an option that is gone stays to be read, and is not in the note", async () => {
    await hand.post(path(), { ...draft, state: "gone" });
    expect(await page(hand.get(path("/form")))).toContain("State: GONE");
    await hand.post(path("/form"), { to: "referral@3" });
    expect(await page(hand.get(path()))).toContain("State: GONE");
    await sign({ ...((await hand.memory.draft(DRAFT))?.content as Record<string, string[]>) });
    expect((await hand.memory.note(noteOf(DRAFT)))?.fields.answers).toEqual({ did: "Called", service: "Legal aid" });
  });

  test("a form withdrawn while drafts use it: they go on and sign, no new one begins", async () => {
    await hand.post(path(), { ...draft, form_ref: "referral@3", state: "newest" });
    generated.forms["referral@3"] = { ...(generated.forms["referral@3"] as object), is_withdrawn: true };
    expect(singleKinds()).not.toContain("referral");
    expect(await page(hand.get(path()))).toContain("This form is no longer offered");
    expect(await page(hand.get(path("/kind")))).not.toContain('value="referral"');
    expect(await hand.post(path("/kind"), { kind: "referral" })).toMatchObject({ status: 422 });
    expect(await sign({ ...draft, form_ref: "referral@3", state: "newest" })).toMatchObject({
      redirect: expect.any(String),
    });
  });

  test("a form that this phone does not know keeps its words and offers another", async () => {
    await hand.post(path(), { ...draft, form_ref: "referral@1" });
    delete generated.forms["referral@1"];
    const html = await page(hand.get(path()));
    expect(html).toContain("This form is not on this phone");
    expect(html).toContain("Called");
    await hand.post(path("/kind"), { kind: "outreach" });
    expect(await page(hand.get(path()))).toMatch(/name="did"[^>]*>\nCalled</);
  });
});

describe("questions that show by the core", () => {
  const words = (en: string) => ({ en, es: en });
  const by = (key: string, field: string, is: string[]) => ({
    key,
    type: "text",
    label: words(key),
    show_when: { field, is },
  });

  beforeEach(() => {
    const asked = [
      { key: "did", type: "prose", label: words("Did") },
      by("number", "mode", ["phone", "video"]),
      by("cell", "setting", ["prison"]),
      by("with_whom", "support", ["affiliational"]),
      by("told", "flags", ["medical"]),
    ];
    const section = [{ field: asked, tone: "safety" }];
    generated.forms["referral@1"] = {
      name: "referral",
      version: 1,
      asks: ["place", "when", "support", "flags"],
      section,
    };
    generated.newest["referral"] = "referral@1";
  });

  const typed = { form_ref: "referral@1", ...CORE, kind: "referral", did: "Called", number: "555 0100", cell: "B 12" };

  test("are there from the start, each with the touches that show it: no post is waited for", async () => {
    await hand.post(path(), typed);
    const html = await page(hand.get(path()));
    for (const [at, key] of ["number", "cell", "with_whom", "told"].entries())
      expect(html).toMatch(
        new RegExp(`<div class="by-core-${at + 1}">\\s*<div class="field">\\s*<label for="f-${key}"`),
      );
    expect(html).toMatch(/value="mode:phone" class="core-1"/);
    expect(html).toMatch(/value="mode:video" class="core-1"/);
    expect(html).toMatch(/<option value="setting:prison" class="core-2"/);
    expect(html).toMatch(/value="affiliational" class="core-3"/);
    expect(html).toMatch(/value="medical" class="core-4"/);
    expect(html).not.toMatch(/value="emotional" class=/);
  });

  test("stay in the draft as typed, and only what shows is in the note", async () => {
    await hand.post(path(), typed);
    expect((await hand.memory.draft(DRAFT))?.content).toMatchObject({ number: ["555 0100"], cell: ["B 12"] });
    const read = async (place: string) =>
      readNote({ ...(await hand.memory.draft(DRAFT))?.content, place: [place] }, await around(hand.context, JM)).fields
        ?.answers;
    expect(await read("mode:phone")).toEqual({ did: "Called", number: "555 0100" });
    expect(await read("setting:prison")).toEqual({ did: "Called", cell: "B 12" });
    expect(await read("setting:street")).toEqual({ did: "Called" });
  });
});

describe("somebody met in passing", () => {
  const someone = (more: Record<string, string>) => hand.post(path("/someone"), { person_id: id("9a"), ...more });
  beforeEach(async () => {
    await hand.post(path(), { ...filled("outreach"), person: "" });
  });

  test("needs an alias only, and the note is about them", async () => {
    expect(await someone({ alias: " Red  cap " })).toEqual({ redirect: path() });
    expect((await hand.memory.participant(id("9a")))?.fields).toEqual({ name: "Red cap" });
    expect((await hand.memory.draft(DRAFT))?.content["person"]).toEqual([id("9a")]);
    await someone({ alias: "Red cap" });
    expect(hand.memory.bundles).toHaveLength(1);
  });

  test.each([
    ["", "Enter a name or an alias"],
    ["x".repeat(121), "Use 120 characters or fewer"],
    ["j. m.", "Somebody by this name is here already"],
  ])("%s is refused and kept", async (alias, says) => {
    const answer = await someone({ alias });
    expect(answer).toMatchObject({ status: 422 });
    expect(text(answer, hand.context)).toContain(says);
    expect(text(answer, hand.context)).toContain(`value="${alias}"`);
    expect(hand.memory.bundles).toHaveLength(0);
  });

  test("can be written about before anybody is named; the draft says so", async () => {
    const began = { form_ref: "one_on_one@2", ...CORE, person: "", did: "Red cap, by the station", draft: id("b7") };
    expect(await hand.post("/app/capture", { ...began, then: "write" })).toEqual({
      redirect: `/app/drafts/${id("b7")}`,
    });
    const html = await page(hand.get(`/app/drafts/${id("b7")}`));
    expect(html).toContain("Red cap, by the station");
    expect(html).toContain("Choose");
    expect(await page(hand.get("/app/"))).toContain(`/app/drafts/${id("b7")}`);
    expect(await hand.post("/app/capture", { ...began, then: "keep" })).toMatchObject({ status: 422 });
  });

  test("by a name that is here already, once that is meant", async () => {
    expect(await someone({ alias: "J. M.", same: "yes" })).toEqual({ redirect: path() });
  });

  test("is told when nothing could be saved", async () => {
    hand.memory.refusal = "quota";
    expect(await someone({ alias: "Red cap" })).toMatchObject({ status: 507 });
  });
});

test("one key has one type wherever it is asked, so that an answer can move between forms", () => {
  const types = new Map<string, string>();
  for (const kind of singleKinds())
    for (const field of fieldsOf(newestOf(kind) ?? { name: "", version: 1, section: [] })) {
      expect(types.get(field.key) ?? field.type, field.key).toBe(field.type);
      types.set(field.key, field.type);
    }
  expect(fieldOf(formOf("crisis@1") ?? { name: "", version: 1, section: [] }, "said")).toBeNull();
});
