"""docs/templates.md names everything that a template may use."""

from __future__ import annotations

import re

from jinja2 import Environment, nodes

from server.templating.environment import environment
from tests.house.test_house import ROOT, TEMPLATES
from tests.house.test_unused import trees

PAGE = (ROOT / "docs/templates.md").read_text()


def test_every_component_stands_in_the_page() -> None:
    """But for those that only components use."""
    shared = {
        name if isinstance(name, str) else name[0]
        for template, tree in trees().items()
        if not template.startswith("components/")
        for imported in tree.find_all(nodes.FromImport)
        if isinstance(imported.template, nodes.Const) and imported.template.value.startswith("components/")
        for name in imported.names
    }
    assert len(shared) > 30
    assert [name for name in shared if not re.search(rf"\b{name}\(|`{name}`", PAGE)] == []


def test_every_layout_filter_and_word_of_the_frame_stands_in_the_page() -> None:
    assert [
        path.name for path in TEMPLATES if path.parent.name == "layouts" and f"layouts/{path.name}" not in PAGE
    ] == []
    ours = environment("en").filters.keys() - Environment().filters.keys()
    assert [name for name in ours if f"|{name}" not in PAGE] == []
    frame = {word for path in TEMPLATES for word in re.findall(r"\bframe\.(\w+)", path.read_text())}
    assert [word for word in frame if f"`{word}`" not in PAGE] == []
