"""Papers of the demo: a few, whole PDFs, sealed as a phone seals them, opened by their notes alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.auth.sealed import SealBroken, open_attachment
from server.demo.papers import PAPERS, page
from server.storage import attachments
from tests.server.demo.test_organisation import made, records


def test_a_page_is_a_pdf_whatever_stands_on_it() -> None:
    """Every object stands where the table says, and no bracket ends a line too early."""
    made_page = page(["Título (mío)", "a\\b (c", "“Quoted” – ñ", "名"])
    assert made_page.startswith(b"%PDF-1.4\n")
    assert made_page.endswith(b"%%EOF\n")
    (start,) = re.findall(rb"startxref\n(\d+)\n", made_page)
    assert made_page[int(start) :].startswith(b"xref\n0 7\n")
    places = [int(one) for one in re.findall(rb"(\d{10}) 00000 n ", made_page)]
    assert [made_page[at:].split(b"\n")[0] for at in places] == [b"%d 0 obj" % number for number in range(1, 7)]
    (length, stream) = re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", made_page, re.DOTALL)[0]
    assert int(length) == len(stream)
    shown = re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", stream)
    assert shown == ["Título \\(mío\\)".encode("cp1252"), b"a\\\\b \\(c", "“Quoted” – ñ".encode("cp1252"), b"?"]


async def test_notes_name_papers_that_open_and_one_is_still_on_its_way(tmp_path: Path) -> None:
    async with made(tmp_path, 1_200) as storage:
        notes = {one.doc: one for one in await records(storage) if one.fields.get("attachments")}
        names = {one.doc: one.fields["name"] for one in await records(storage) if one.type == "participant"}
        named = [(note, one) for note in notes.values() for one in note.fields["attachments"]]
        async with storage.read() as rows:
            whole = {one["id"]: await attachments.whole(rows, 1, one["id"]) for _, one in named}
            standing = await attachments.standing(rows, 1, list(whole))
    assert len(named) == sum(map(len, PAPERS.values())) < 10
    assert all(note.state == "signed" and note.fields["goals"] and "flags" not in note.fields for note, _ in named)
    assert sorted(one.is_whole for one in standing.values()) == [False, True, True, True]
    keys = [one["key"] for _, one in named]
    for note, one in named:
        sealed = whole[one["id"]]
        if sealed is None:
            assert 0 < standing[one["id"]].have < one["size"]
            continue
        content = open_attachment(one["key"], sealed)
        assert content.startswith(b"%PDF-")
        assert names[note.fields["participant"]].encode("cp1252") in content
        assert b"%PDF" not in sealed
        with pytest.raises(SealBroken):
            open_attachment(next(key for key in keys if key != one["key"]), sealed)
