"""The kinder words that the phone suggests, measured on 500 sentences written for it: half of them held out from the rules.

Precision: of what is suggested, how much ought to be. Recall: of what ought to be, how much is. A suggestion counts as
right when it overlaps words that the sentence's author marked.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from server.templating.catalogue import LANGS, catalogue
from tests.build.phone_engine import BUNDLER
from tests.support.proof import tell
from web.build import words
from web.build.node import run

SENTENCES = Path(__file__).parents[1] / "vectors" / "language"
RUNNER = Path(__file__).parent / "suggest_all.ts"
SIZES = {"en": 300, "es": 200}
PRECISION_FLOOR = 0.95
RECALL_FLOOR = 0.90


class Found(NamedTuple):
    start: int
    end: int
    words: str
    why: str


class Figures(NamedTuple):
    precision: float
    recall: float
    wrong: list[tuple[str, str]]
    missed: list[tuple[str, str]]


@cache
def sentences(name: str) -> list[list[str]]:
    return list(tomllib.loads((SENTENCES / f"{name}.toml").read_text("utf-8"))["sentences"])


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phone's own code, bundled for Node."""
    folder = tmp_path_factory.mktemp("language")
    built = folder / "suggest_all.mjs"
    run(BUNDLER, str(RUNNER), str(folder), str(built))
    return built


def suggest(program: Path, texts: Sequence[str]) -> list[list[Found]]:
    answered = run(program, text="\n".join(json.dumps(text) for text in texts).encode()).decode().split("\n")
    return [[Found(*one) for one in json.loads(line)] for line in answered]


def measure(program: Path, rows: Sequence[Sequence[str]]) -> Figures:
    """Over sentences of ASCII and Spanish letters, where Python and JavaScript count alike."""
    right = suggested = marked = 0
    wrong, missed = [], []
    for (text, *expected), found in zip(rows, suggest(program, [row[0] for row in rows]), strict=True):
        spans = [(text.index(part), text.index(part) + len(part), part) for part in expected]
        hits = [one for one in found if any(one.start < end and start < one.end for start, end, _ in spans)]
        wrong += [(text, one.words) for one in found if one not in hits]
        missed += [(text, part) for start, end, part in spans if not any(h.start < end and start < h.end for h in hits)]
        right += len(hits)
        suggested += len(found)
        marked += len(spans)
    return Figures(right / suggested, 1 - len(missed) / marked, wrong, missed)


@pytest.mark.parametrize("lang", LANGS)
def test_the_set_is_whole(lang: str) -> None:
    """300 sentences in English, 200 in Spanish, half held out, none twice, with and without something to say."""
    made, held = sentences(f"{lang}_made"), sentences(f"{lang}_held")
    assert len(made) + len(held) == SIZES[lang]
    assert abs(len(made) - len(held)) <= SIZES[lang] * 0.04
    texts = [row[0] for row in made + held]
    assert len(set(texts)) == len(texts)
    for rows in (made, held):
        assert 0.4 <= sum(len(row) > 1 for row in rows) / len(rows) <= 0.65
        assert [row for row in rows for part in row[1:] if part not in row[0]] == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("half", ["made", "held"])
def test_precision_and_recall(program: Path, lang: str, half: str) -> None:
    figures = measure(program, sentences(f"{lang}_{half}"))
    count = len(sentences(f"{lang}_{half}"))
    tell(f"kinder words, {lang}, {half}", sentences=count, precision=figures.precision, recall=figures.recall)
    print(f"{lang} {half}: precision {figures.precision:.3f}, recall {figures.recall:.3f} over {count} sentences")
    print("  suggested, but not marked:", figures.wrong)
    print("  marked, but not suggested:", figures.missed)
    assert figures.precision >= PRECISION_FLOOR
    assert figures.recall >= RECALL_FLOOR


def test_nothing_is_said_within_quotation_marks(program: Path) -> None:
    """Every marked sentence of the set, quoted in each kind of marks, is left alone; without marks it is not."""
    marked = [
        row[0] for lang in LANGS for half in ("made", "held") for row in sentences(f"{lang}_{half}") if len(row) > 1
    ]
    plain = [text for text in marked if not set(text) & set("\"“”‘’«»'")]
    assert len(plain) > 200
    for opening, closing in ('""', "“”", "„“", "‘’", "«»", "‹›", "''"):
        quoted = suggest(program, [f"He said: {opening}{text}{closing}" for text in plain])
        assert [found for found in quoted if found] == [], opening
    unclosed = suggest(program, ["She said “I am an addict and\nThen the addict next door came."])
    assert [[one.start for one in found] for found in unclosed] == [[38]]


def test_an_apostrophe_opens_nothing(program: Path) -> None:
    """The word after don't, it's or '90s is the specialist's own."""
    texts = [
        "I don't call him an addict and it's fine.",
        "The dogs' owner is an addict.",
        "Since the '90s he is an addict.",
    ]
    assert [[one.words for one in found] for found in suggest(program, texts)] == [["addict"]] * 3


def test_no_text_takes_long_or_breaks(program: Path) -> None:
    """The longest prose of a note, made of what patterns find hardest, is read at once; odd text is no trouble."""
    hard = [
        "mantuvo " + "a " * 9000 + "limpio",
        "suffers from " + "x-" * 5000,
        "“" * 20_000,
        "'" * 20_000,
        "A " * 10_000,
        "\ud83d\ude00" * 3000,
        "",
    ]
    assert len(suggest(program, hard)) == len(hard)


def test_every_reason_has_its_words() -> None:
    """Each rule's reason can be read in both languages, and each rule offers something else to say."""
    for rule in words.rules():
        assert rule["instead"]
        for lang in LANGS:
            assert catalogue(lang).text(f"moment.why.{rule['why']}")
