"""The phone's own view builders and templates, run in Node: cases in, pages out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from server.storage.forms import forms
from server.templating.catalogue import Lang
from server.templating.note_view import Names
from sync.records.rules import Billing, UnitRule
from sync.units import Counted
from web.build.node import NODE, esbuild
from web.build.paths import DIST, ROOT

# `page(lang, one)` is the caller's: the phone's way from one case to bytes.
PROGRAM = """
import { readFileSync } from "node:fs";
import "./web/pocket/luggage";
import { learn, render } from "./web/pocket/render";
const { cases, dist } = JSON.parse(readFileSync(0, "utf8"));
const names = ({ goals, sites, members, ...rest }, lang) => ({
  ...rest,
  lang,
  goals: Object.entries(goals).map(([id, words]) => ({ id, words })),
  sites: Object.entries(sites).map(([id, [name, is_billable]]) => ({ id, name, is_billable })),
  members: Object.fromEntries(Object.entries(members).map(([id, [name, title]]) => [id, { name, title }])),
});
const main = async () => {
  await learn("es", async (address) => readFileSync(dist + address, "utf8"));
  console.log(JSON.stringify(cases.map((one) => ({ en: page("en", one), es: page("es", one) }))));
};
main();
"""


def phone_pages(page: str, cases: Sequence[dict[str, Any]], folder: Path) -> list[dict[str, str]]:
    """What the phone shows of each case, by language. `page`: TypeScript that imports its views and defines `page`."""
    program = folder / "pages.cjs"
    source = (page + PROGRAM).encode()
    program.write_bytes(esbuild("--bundle", "--platform=node", "--format=cjs", "--loader=ts", text=source))
    told = json.dumps({"cases": cases, "dist": str(DIST)})
    done = subprocess.run([NODE, program], input=told.encode(), cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    pages: list[dict[str, str]] = json.loads(done.stdout)
    return pages


def names_of(case: dict[str, Any], lang: Lang) -> Names:
    """What the office knows of the ids in a case of tests/vectors/notes.json."""
    names = case["names"]
    return Names(
        person=names["person"],
        goals=names["goals"],
        sites={site: (name, is_billable) for site, (name, is_billable) in names["sites"].items()},
        members={member: (name, title) for member, (name, title) in names["members"].items()},
        units=msgspec.convert(names["units"], UnitRule),
        billing=msgspec.convert(names.get("billing", {}), Billing),
        counted=msgspec.convert(names["counted"], Counted) if "counted" in names else None,
        forms=forms(),
        lang=lang,
    )
