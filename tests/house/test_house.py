"""The style of the house, as tests: what a reader may rely on everywhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from sync.records import KINDS

ROOT = Path(__file__).resolve().parents[2]
SKIP = {".venv", "node_modules", "var", "generated", "dist", ".git", ".build"}


def files(*suffixes: str, under: str = ".") -> list[Path]:
    return sorted(
        path
        for path in (ROOT / under).rglob("*")
        if path.is_file() and path.suffix in suffixes and not SKIP & set(path.relative_to(ROOT).parts)
    )


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


PYTHON = [*files(".py", under="sync"), *files(".py", under="server"), *files(".py", under="web")]
TEMPLATES = files(".html", under="web/templates")


@pytest.mark.parametrize("path", PYTHON, ids=named(PYTHON))
def test_every_module_says_why_it_exists(path: Path) -> None:
    """A module's first sentence tells why it is there."""
    if path.read_text().strip():
        assert ast.get_docstring(ast.parse(path.read_text())), f"{path} has no docstring"


def test_files_fit_on_a_few_screens() -> None:
    """No file of the product is longer than 300 lines; 90 % of the Python files are under 200."""
    product = [
        *PYTHON,
        *files(".ts", under="web"),
        *TEMPLATES,
        *files(".css", ".sql", under="web"),
        *files(".sql", under="server"),
    ]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in product}
    assert {name: n for name, n in lengths.items() if n > 300} == {}
    python = sorted(n for name, n in lengths.items() if name.endswith(".py"))
    assert python[int(len(python) * 0.9)] < 200


def test_no_magnet_modules() -> None:
    """Nothing is called utils, helpers, common, manager or base: a noun or a step names every file."""
    magnets = {"utils", "helpers", "common", "manager", "base", "misc", "service", "services"}
    assert [str(path) for path in [*PYTHON, *files(".ts", under="web")] if path.stem in magnets] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named(TEMPLATES))
def test_templates_keep_to_the_content_security_policy(path: Path) -> None:
    """No inline style or script, no hx-on, no js: values, no trigger filters, and no words outside the catalogue's reach in attributes."""
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"\shx-on|\bjs:|javascript:|\son[a-z]+\s*=", text), "inline handler"
    assert not re.search(r"hx-trigger=\"[^\"]*\[", text), "trigger filter"


@pytest.mark.parametrize("path", TEMPLATES, ids=named(TEMPLATES))
def test_templates_speak_through_the_catalogue(path: Path) -> None:
    """Text between tags comes from t(...), never from the template itself; only the product's name stands alone."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "\n", text, flags=re.DOTALL)
    text = re.sub(r'[a-z-]+="[^"]*"', " ", text)  # attributes that a macro hands out
    words = [w for w in re.findall(r"[A-Za-zÁÉÍÓÚÑáéíóúñ]{3,}", re.sub(r"&[a-z]+;", " ", text)) if w != "Alongside"]
    assert words == []


def test_only_the_storage_speaks_sql() -> None:
    """SQL stands in .sql files below server/storage; elsewhere no string begins like a statement."""
    statement = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE TABLE)\s", re.IGNORECASE)
    found = []
    for path in PYTHON:
        parts = path.relative_to(ROOT).parts
        if parts[:2] == ("server", "storage") or parts[:2] == ("server", "bench"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and statement.match(node.value)
                and " " in node.value.strip()
            ):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_every_query_about_an_organisation_takes_it() -> None:
    """Authorising is scoping: a query on an organisation's tables names :org, or is listed here with its reason."""
    unscoped = {
        # by a secret or an identity that already belongs to one organisation
        line.split("#")[0].strip()
        for line in (ROOT / "tests/house/unscoped_queries.txt").read_text().splitlines()
        if line.split("#")[0].strip()
    }
    tables = re.compile(r"\b(record|change|gone|caseload|conflict|quarantine|access_log|account)\b")
    bare = set()
    for path in files(".sql", under="server/storage/queries"):
        for block in re.split(r"^-- name: *", path.read_text(), flags=re.MULTILINE)[1:]:
            name, _, sql = block.partition("\n")
            is_row = bool(re.match(r"\s*INSERT INTO \w+ \(\s*org,", sql))
            if tables.search(sql) and not is_row and ":org" not in sql and "org =" not in sql:
                bare.add(f"{path.stem}.{name.split()[0]}")
    assert bare - unscoped == set()
    assert unscoped - bare == set(), "listed, but scoped or gone"


def test_decision_records_are_short() -> None:
    """A decision is told in 40 lines at most."""
    assert {
        p.name: len(p.read_text().splitlines())
        for p in files(".md", under="docs/decisions")
        if len(p.read_text().splitlines()) > 40
    } == {}


def test_nothing_names_a_registry_or_a_machine() -> None:
    """Lock files and sources carry hashes, not addresses."""
    pattern = re.compile(
        r"--index-url|--extra-index-url|--find-links|\"resolved\"|registry\.npm|pypi\.org|file:///|/work/",
        re.IGNORECASE,
    )
    texts = [*files(".txt", ".json", ".toml", ".md", ".py", ".ts", ".css"), ROOT / "Makefile", ROOT / ".npmrc"]
    mine = Path(__file__).resolve()
    assert [
        str(p.relative_to(ROOT))
        for p in texts
        if p != mine and p.exists() and pattern.search(p.read_text().replace("omit-lockfile-registry-resolved", ""))
    ] == []


def test_links_in_the_documents_lead_somewhere() -> None:
    """Every relative link and every path in back quotes that looks like one exists."""
    broken = []
    for path in [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *files(".md", under="docs")]:
        text = path.read_text()
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
            if not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")
        for target in re.findall(r"`((?:sync|server|web|tests|docs)/[\w./-]+)`", text):
            if "generated" not in target and "dist" not in target and not (ROOT / target).exists():
                broken.append(f"{path.name}: {target}")
    assert broken == []


def test_the_window_runs_little_script() -> None:
    """HTML and htmx do the work: the page's own script stays under 300 lines of code in all."""
    lines = [line.strip() for path in files(".ts", under="web/page") for line in path.read_text().splitlines()]
    assert len([line for line in lines if line and not line.startswith(("//", "/*", "*"))]) < 300


def test_the_ceremony_stays_small() -> None:
    """The passkey's script, which two screens load beside the page's own, is under 100 lines of code."""
    lines = [line.strip() for path in files(".ts", under="web/ceremony") for line in path.read_text().splitlines()]
    assert 0 < len([line for line in lines if line and not line.startswith(("//", "/*", "*"))]) < 100


_OFFICE_ONLY = ("assignment",)
"""Kinds that the phone does not read by name."""


def test_every_kind_of_record_is_met_on_both_sides() -> None:
    """Adding a noun touches a few places; this names the ones it has not reached yet."""
    protocol = (ROOT / "docs/protocol.md").read_text()
    phone = "".join(path.read_text() for path in files(".ts", under="web/pocket"))
    for kind in KINDS:
        assert (ROOT / f"sync/records/{kind}.py").exists()
        assert f"| `{kind}` |" in protocol
        assert f'"{kind}"' in phone or kind in _OFFICE_ONLY, f"the phone does not know {kind}"
