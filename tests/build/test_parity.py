"""The office and the phone render the same bytes from the same view."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from jinja2 import FileSystemLoader

from server.templating.catalogue import LANGS, Lang
from server.templating.environment import environment
from tests.build.contexts import contexts
from tests.build.phone_engine import compile_phone, render_all
from tests.build.shapes import Reader
from web.build.compiler.module import Compiler
from web.build.modules import phone_templates
from web.build.paths import TEMPLATES

OWN = Path(__file__).parent / "templates"
CONTEXTS = 40


class Phone:
    """The compiled templates of the phone, the office's errors and layout, and the gallery; from one copy of them all."""

    def __init__(self, root: Path, folder: Path) -> None:
        shutil.copytree(TEMPLATES, root, dirs_exist_ok=True)
        shutil.copytree(OWN, root, dirs_exist_ok=True)
        names = [
            *phone_templates(),
            "layouts/office.html",
            "errors/install.html",
            "errors/problem.html",
            "gallery.html",
        ]
        compiled = Compiler(root, names)
        self.names = [name for name, source in compiled.sources.items() if not source.is_library]
        self.root = root
        self.program = compile_phone(root, names, folder)
        self.jinja = {lang: environment(lang).overlay(loader=FileSystemLoader(root)) for lang in LANGS}

    def by_jinja(self, template: str, view: dict, lang: Lang) -> dict[str, str]:
        try:
            return {"html": self.jinja[lang].get_template(template).render(view)}
        except Exception as problem:  # noqa: BLE001 - any refusal counts, the phone must refuse too
            return {"error": repr(problem)}

    def views(self, template: str, examples: int) -> list[dict]:
        """Views for a template, the same in every run."""
        made: list[dict] = []

        @settings(
            max_examples=examples, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck), deadline=None,
        )  # fmt: skip
        @given(contexts(Reader(self.root, template).view))
        def collect(view: object) -> None:
            made.append(view if isinstance(view, dict) else {})

        collect()
        return made


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Phone:
    return Phone(tmp_path_factory.mktemp("templates"), tmp_path_factory.mktemp("phone"))


def test_both_renderers_give_the_same_bytes(phone: Phone, capsys: pytest.CaptureFixture) -> None:
    """Over generated views of every template, in both languages. What one refuses, the other refuses."""
    asked = [
        (name, view, lang)
        for name in phone.names
        for at, view in enumerate(phone.views(name, CONTEXTS))
        for lang in (LANGS if at % 2 else ("es",))
    ]
    answers = render_all(phone.program, [(name, {**view, "lang": lang}) for name, view, lang in asked])
    shown: Counter[str] = Counter()
    for (name, view, lang), answer in zip(asked, answers, strict=True):
        expected = phone.by_jinja(name, view, lang)
        if "html" in expected:
            assert answer.get("html") == expected["html"], (name, view, answer.get("error"))
            shown[name] += 1
        else:
            assert "error" in answer, (name, view, expected["error"])
    never = [name for name in phone.names if not shown[name]]
    assert not never, f"no generated view satisfies {never}"
    with capsys.disabled():
        print(f"\nparity: {len(phone.names)} templates, {len(asked)} contexts, {shown.total()} shown, 0 bytes differ")
