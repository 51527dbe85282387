import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change } from "../../../web/pocket/generated/schema";
import { overlay, type Snapshot } from "../../../web/pocket/storage/overlay";
import { BUCKET, id, NOW, newNote, SPECIALIST } from "../support/phone";

const DOC = id(1);
const captured = { wall: NOW, mono: 0, boot: "b" };
let n = 0;
const change = (kind: Change["kind"], rest: Partial<Change> = {}): Change => ({
  n: ++n,
  kind,
  type: "note",
  doc: DOC,
  bucket: BUCKET,
  author: SPECIALIST,
  captured,
  ...rest,
});
const create = change("create", { set: newNote(DOC, "we walked").set });
const snapshot: Snapshot = {
  doc: DOC,
  type: "note",
  bucket: BUCKET,
  seq: 7,
  fields: { flags: ["medical"], answers: { did: "theirs", said: "same" } },
  body: {
    author: SPECIALIST,
    state: "open",
    captured: NOW,
    received: NOW,
    created: 5,
    kept: [{ field: "answers.did", value: "mine", by: SPECIALIST, at: NOW, seq: 7 }],
  },
};

describe("own changes over the snapshot", () => {
  test("a create shows at once, unknown to the office", () => {
    const seen = overlay(null, [create]);
    expect(seen).toMatchObject({
      doc: DOC,
      seq: 0,
      fields: { answers: { did: "we walked" } },
      body: { state: "open", created: 0 },
    });
  });

  test("a create that has come back with a pull changes nothing", () => {
    expect(overlay(snapshot, [create])).toEqual(snapshot);
  });

  test("answers are patched one by one, and settling takes the kept value away", () => {
    const seen = overlay(snapshot, [change("patch", { set: { answers: { did: "both" } } })]);
    expect(seen?.fields["answers"]).toEqual({ did: "both", said: "same" });
    expect(seen?.body.kept).toEqual([]);
  });

  test("null takes a field or an answer away", () => {
    const seen = overlay(snapshot, [change("patch", { set: { flags: null, answers: { said: null } } })]);
    expect(seen?.fields).toEqual({ answers: { did: "theirs" } });
  });

  test("a patch of another field leaves the kept value", () => {
    const seen = overlay(snapshot, [change("patch", { set: { mode: "phone" } })]);
    expect(seen?.body.kept).toHaveLength(1);
  });

  test("signing, adding words and voiding", () => {
    const signed = overlay(null, [create, change("sign", { content_hash: "a".repeat(64) })]);
    expect(signed?.body).toMatchObject({ state: "signed", signed: { by: SPECIALIST, seq: 0 } });
    const added = overlay(signed, [change("addendum", { set: { text: "later" } })]);
    expect(added?.body.addenda).toMatchObject([{ text: "later", by: SPECIALIST }]);
    expect(overlay(added, [change("void", { reason: "twice" })])?.body.state).toBe("void");
  });

  test("a change of a record that is not here shows nothing", () => {
    expect(overlay(null, [change("patch", { set: { mode: "phone" } })])).toBeNull();
  });

  const tag = fc.constantFrom("medical", "prea", "other", "unsafe_housing");
  const tags = fc.record({ add: fc.uniqueArray(tag), remove: fc.uniqueArray(tag) });

  test("tags end as a set: what was added last is in, what was removed last is out", () => {
    fc.assert(
      fc.property(fc.array(tags, { maxLength: 6 }), (edits) => {
        const changes = edits.map(({ add, remove }) =>
          change("tags", { add: { flags: add }, remove: { flags: remove } }),
        );
        const expected = edits.reduce(
          (set, { add, remove }) => {
            for (const each of remove) set.delete(each);
            for (const each of add) set.add(each);
            return set;
          },
          new Set(["medical"]),
        );
        const flags = overlay(snapshot, changes)?.fields["flags"] as string[];
        expect([...flags].sort()).toEqual([...expected].sort());
      }),
    );
  });

  const field = fc.constantFrom("mode", "setting", "zone");
  const patches = fc.array(fc.record({ field, value: fc.string() }), { maxLength: 8 });

  test("it does not matter where a row of changes is cut, and no snapshot is touched", () => {
    fc.assert(
      fc.property(patches, fc.nat(8), (edits, at) => {
        const changes = edits.map(({ field: name, value }) => change("patch", { set: { [name]: value } }));
        const before = structuredClone(snapshot);
        const whole = overlay(snapshot, changes);
        expect(overlay(overlay(snapshot, changes.slice(0, at)), changes.slice(at))).toEqual(whole);
        expect(snapshot).toEqual(before);
      }),
    );
  });
});
