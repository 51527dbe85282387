"""What the phone's renderer does not speak is refused at build time, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.build.compiler.module import Compiler
from web.build.compiler.source import RefusedError

REFUSED = {
    "{{ name|safe }}": "filter 'safe'",
    "{{ name|upper }}": "filter 'upper'",
    "{{ name|day('UTC', 'x') }}": "filter 'day' takes 1 to 1",
    "{% if name is string %}{% endif %}": "test 'string'",
    "{{ name.items() }}": "a method",
    "{{ name.constructor }}": "'constructor' is no key",
    "{{ name.__proto__ }}": "'__proto__' is no key",
    "{{ names[1:] }}": "a slice",
    "{{ 1.5 }}": "a float",
    "{{ a * b }}": "'Mul' is not for the phone",
    "{{ 1 < a < 3 }}": "a chained comparison",
    "{{ 'x' if a }}": "needs its 'else'",
    "{{ range(3) }}": "'range' is no macro and no global",
    "{{ caller() }}": "'caller()' outside a macro",
    "{% for a in b if a %}{% endfor %}": "belongs into the view",
    "{% for a, b in c %}{% endfor %}": "names one item",
    "{% for a in b %}{{ loop.previtem }}{% endfor %}": "loop.previtem",
    "{% for a in b %}{% block x %}{% endblock %}{% endfor %}": "a block inside a loop",
    "{% set a = 1 %}": "'set' outside a block",
    "{% with a = 1 %}{% endwith %}": "'With' is not for the phone",
    "{% filter upper %}{% endfilter %}": "'FilterBlock' is not for the phone",
    "{% import 'parts.html' as parts %}": "'Import' is not for the phone",
    "{% include 'absent.html' %}": "absent.html is not a template of the phone",
    "{% include name %}": "a template's name is written out",
    "{% from 'parts.html' import none_such %}{{ none_such() }}": "has no macro none_such",
    "{% from 'parts.html' import part %}{{ part() }}": "part also needs title",
    "{% from 'parts.html' import part %}{{ part('a', 'b', 'c') }}": "takes 2 arguments",
    "{% from 'parts.html' import part %}{{ part('a', other='b') }}": "no free argument other",
    "{% from 'parts.html' import part %}{{ part(*a) }}": "unpacked arguments",
    "{% from 'parts.html' import part %}{% call part('a') %}{% endcall %}": "no place for a call block",
    "{% from 'parts.html' import part %}{{ part }}": "can only be called",
    "{% macro m() %}{{ name }}{% endmacro %}{{ m() }}": "'name' is no parameter",
    "{% extends 'parts.html' %}lost": "outside the blocks",
    "{{ t('a', 'b') }}": "arguments of 't'",
    "{{ icon('a', big=true) }}": "arguments of 'icon'",
    "{{ {a: 1} }}": "keys are literal words",
    "{% if %}": "Expected an expression",
}
PARTS = "{% macro part(title, kind='') %}{{ title }}{{ kind }}{% endmacro %}"


@pytest.mark.parametrize(("source", "why"), REFUSED.items())
def test_refused_with_file_and_line(source: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "parts.html").write_text(PARTS, "utf-8")
    (tmp_path / "page.html").write_text(f"<p>\n\n{source}", "utf-8")
    if "extends" in source:
        (tmp_path / "page.html").write_text(f"{{# a comment #}}\n\n{source}", "utf-8")
    with pytest.raises(RefusedError) as refused:
        Compiler(tmp_path, ["page.html", "parts.html"]).module()
    assert str(refused.value).startswith("web/templates/page.html:3: ")
    assert why in str(refused.value)
