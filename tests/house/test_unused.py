"""Nothing lies about unused: imports and macros of templates, classes and tokens of styles, queries, exports, functions."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from jinja2 import nodes

from server.templating.environment import syntax
from tests.house.test_house import PYTHON, ROOT, TEMPLATES, files

STYLES = files(".css", under="web/static/styles")
SCRIPTS = [*files(".ts", under="web"), *files(".ts", under="tests")]
WRITERS = [*TEMPLATES, *PYTHON, *files(".ts", under="web")]
"""Whatever may name a class or a template."""
PATTERNS = re.compile(r"-\d$")
"""Classes that a number ends are computed: `shows-1`."""


def words(path: Path) -> Counter[str]:
    return Counter(re.findall(r"[\w$]+", path.read_text()))


def trees() -> dict[str, nodes.Template]:
    """Every template by its name."""
    return {path.relative_to(ROOT / "web/templates").as_posix(): syntax().parse(path.read_text()) for path in TEMPLATES}


def test_templates_import_what_they_use() -> None:
    unused = []
    for name, tree in trees().items():
        used = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "load"}
        for imported in tree.find_all(nodes.FromImport):
            names = [one if isinstance(one, str) else one[1] for one in imported.names]
            unused += [f"{name}: {one}" for one in names if one not in used]
    assert unused == []


def test_every_macro_is_called() -> None:
    known = trees()
    called = {
        (name, one.name) for name, tree in known.items() for one in tree.find_all(nodes.Name) if one.ctx == "load"
    }
    for tree in known.values():
        for imported in tree.find_all(nodes.FromImport):
            assert isinstance(imported.template, nodes.Const)
            called |= {(imported.template.value, one if isinstance(one, str) else one[0]) for one in imported.names}
    macros = {(name, macro.name) for name, tree in known.items() for macro in tree.find_all(nodes.Macro)}
    assert macros - called == set()


def test_every_template_is_named_somewhere() -> None:
    text = "".join(path.read_text() for path in WRITERS)
    assert [name for name in trees() if f'"{name}"' not in text] == []


def test_every_class_and_token_of_the_styles_is_used() -> None:
    styles = re.sub(r"/\*.*?\*/", "", "".join(path.read_text() for path in STYLES), flags=re.DOTALL)
    selectors = "".join(re.findall(r"[^{};]+(?=\{)", re.sub(r'"[^"]*"', "", styles)))
    classes = set(re.findall(r"\.([A-Za-z][\w-]*)", selectors))
    written = set(re.findall(r"[\w-]+", "".join(path.read_text() for path in WRITERS)))
    assert sorted(one for one in classes - written if not PATTERNS.search(one)) == []
    assert set(re.findall(r"(--[\w-]+)\s*:", styles)) - set(re.findall(r"var\((--[\w-]+)", styles)) == set()


def test_every_query_is_asked() -> None:
    asked = "".join(path.read_text() for path in PYTHON)
    queries = files(".sql", under="server/storage/queries")
    names = [
        f"{path.stem}.{name}"
        for path in queries
        for name in re.findall(r"^-- name: *(\w+)", path.read_text(), re.MULTILINE)
    ]
    assert [name for name in names if f'"{name}"' not in asked] == []


def test_the_phone_exports_what_others_import() -> None:
    """But for types, which go with what is exported; generated code takes its part from the folder templating."""
    counted = {path: words(path) for path in SCRIPTS}
    unused = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(".ts", under="web")
        if path.parent.name != "templating"
        for name in re.findall(r"^export (?:async )?(?:const|function|class) (\w+)", path.read_text(), re.MULTILINE)
        if not any(counted[other][name] for other in SCRIPTS if other != path)
    ]
    assert unused == []


def test_no_function_or_constant_of_python_is_unused() -> None:
    """What only a test calls is none either."""
    counted = {path: words(path) for path in PYTHON}
    unused = []
    for path in PYTHON:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = [one.id for one in targets if isinstance(one, ast.Name) and not one.id.startswith("__")]
            else:
                names = []
            is_used = {name: sum(counts[name] for counts in counted.values()) > 1 for name in names}
            unused += [f"{path.relative_to(ROOT)}: {name}" for name in names if not is_used[name]]
    assert unused == []
