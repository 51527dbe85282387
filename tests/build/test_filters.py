"""The office's filters say what the vectors promise; tests/web/filters.test.ts asks the phone's."""

from __future__ import annotations

import json

from tests.build.make_filter_vectors import VECTORS, vectors


def test_the_office_says_what_the_vectors_promise() -> None:
    promised = json.loads(VECTORS.read_text("utf-8"))
    assert vectors() == promised
    assert len(promised) > 400
