"""The words on the screens: the same keys in both languages, nothing unused, nothing missing, and plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from server.templating.catalogue import LANGS, catalogue, sections
from server.templating.environment import syntax
from web.build.catalogue import SECTIONS
from web.build.compiler.source import text_keys
from web.build.modules import early, layout, phone_templates
from web.build.paths import GENERATED, ROOT, TEMPLATES

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
WORD = re.compile(r"[\"'`]([a-z_]+\.[A-Za-z0-9_.]+)")
COMPUTED = re.compile(r"[\"'`]([a-z_]+\.[a-z_.]*)(?:\$?\{|[\"'`] [~+] )")
LONGEST_SENTENCE_WORDS = 20
HARDEST_GRADE = 7.0


def texts(lang: str) -> dict[str, str | dict[str, str]]:
    return {key: text for of_section in sections(lang).values() for key, text in of_section.items()}


def forms(text: str | dict[str, str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def sources() -> Iterator[Path]:
    """Everything that may name a text."""
    for folder, ending in (("web/pocket", "*.ts"), ("server", "*.py"), ("web/forms", "*.toml")):
        yield from (path for path in (ROOT / folder).rglob(ending) if GENERATED not in path.parents)


def templates() -> Iterator[tuple[str, set[str], set[str]]]:
    """Template, keys that it writes out, beginnings of keys that it computes."""
    parse = syntax().parse
    for path in sorted(TEMPLATES.rglob("*.html")):
        known: set[str] = set()
        starts: set[str] = set()
        for call in parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t":
                found = text_keys(call.args[0])
                known |= found[0]
                starts |= found[1]
        yield path.relative_to(TEMPLATES).as_posix(), known, starts


def test_both_languages_have_the_same_keys_sections_and_placeholders() -> None:
    english, spanish = (sections(lang) for lang in LANGS)
    assert {name: set(keys) for name, keys in english.items()} == {name: set(keys) for name, keys in spanish.items()}
    for key, text in texts("en").items():
        other = texts("es")[key]
        assert isinstance(text, dict) == isinstance(other, dict), key
        assert isinstance(text, str) or set(text) == {"one", "other"}, key
        assert _placeholders(text) == _placeholders(other), key


def test_every_key_that_templates_name_exists() -> None:
    missing = {name: keys - texts("en").keys() for name, keys, _ in templates()}
    assert not {name: keys for name, keys in missing.items() if keys}


def test_every_key_that_the_phone_writes_out_exists() -> None:
    """The phone finds texts by a hash of their key: a wrong key must not live long enough to meet a right one's place."""
    keys = texts("en").keys()
    for path in sources():
        if path.suffix == ".ts":
            words = {word for word in WORD.findall(path.read_text("utf-8")) if word.split(".")[0] in SECTIONS}
            assert not [word for word in words if word not in keys and not any(key.startswith(word) for key in keys)], (
                path
            )


def test_the_first_program_has_every_text_it_shows() -> None:
    """The rest of the catalogue has not arrived then."""
    (first, _) = layout(TEMPLATES, phone_templates()).parts
    there = {*first.named, *first.numbered}
    shown = [(known, starts) for name, known, starts in templates() if name in early(TEMPLATES)]
    assert {key for known, _ in shown for key in known} <= there
    computed = tuple(start for _, starts in shown for start in starts)
    assert {key for key in texts("en") if key.startswith(computed)} <= there


def test_no_text_is_unused() -> None:
    code = "\n".join(path.read_text("utf-8") for path in sources())
    used = set(WORD.findall(code))
    starts = set(COMPUTED.findall(code)) | {word for word in used if word.endswith(".")}
    for _, keys, computed in templates():
        used |= keys
        starts |= computed
    unused = [key for key in texts("en") if key not in used and not key.startswith(tuple(starts))]
    assert not unused


@pytest.mark.parametrize("lang", LANGS)
def test_every_text_can_be_said(lang: str) -> None:
    for key, text in texts(lang).items():
        arguments = dict.fromkeys(_placeholders(text), 2) | ({"n": 2} if isinstance(text, dict) else {})
        assert "{" not in catalogue(lang).text(key, **arguments), key


def test_sentences_are_short() -> None:
    long = {
        key: sentence
        for lang in LANGS
        for key, text in texts(lang).items()
        for form in forms(text)
        for sentence in re.split(r"[.!?:;]\s", form)
        if len(sentence.split()) > LONGEST_SENTENCE_WORDS + (4 if lang == "es" else 0)
    }
    assert not long


def test_english_reads_at_grade_six() -> None:
    """Flesch-Kincaid over all texts of a section that are sentences; single words and labels have no grade."""
    for section, of_section in sections("en").items():
        sentences = [s for text in of_section.values() for form in forms(text) for s in re.split(r"(?<=[.!?])\s", form)]
        whole = [words for s in sentences if len(words := re.findall(r"[A-Za-z']+", PLACEHOLDER.sub("ten", s))) > 3]
        count = sum(map(len, whole))
        if count < 60:
            continue
        syllables = sum(_syllables(word) for words in whole for word in words)
        grade = 0.39 * count / len(whole) + 11.8 * syllables / count - 15.59
        assert grade <= HARDEST_GRADE, (section, round(grade, 1))


def _placeholders(text: str | dict[str, str]) -> set[str]:
    found = [set(PLACEHOLDER.findall(form)) for form in forms(text)]
    return set.union(*found) - ({"n"} if isinstance(text, dict) else set())


def _syllables(word: str) -> int:
    """Groups of vowels, a silent e left out: a simple measure, right often enough over a whole section."""
    bare = re.sub(r"(?:[^laeiouy]es|ed|[^laeiouy]e)$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", bare)))
