"""The few icons that templates name, out of lucide's thousands, and the product's own mark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from jinja2 import nodes

from server.templating.environment import syntax
from web.build.paths import HEADER, PACKAGES, STATIC, TEMPLATES

LUCIDE: Final = PACKAGES / "lucide-static" / "icons"
OWN: Final = STATIC / "icons"
_INNER: Final = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_PATH: Final = re.compile(r'<path d="([^"]*)"/>')
_FLAGS: Final = re.compile(r"(0[01])(\d.*)")  # of an arc, with the number that follows at once: 002.001
_NUMBER: Final = re.compile(r"\d*\.\d+|\d+")
_RELATIVE_START: Final = re.compile(r"m(-?[\d.]+[ ,]?-?[\d.]+)(.*)$", re.DOTALL)
_SPACE: Final = re.compile(r"\s*\n\s*")


def icons(templates: Iterable[str], listed: Iterable[str] = ()) -> dict[str, str]:
    """Icon name to the inside of its SVG, for every icon that the templates name as a constant, and the listed ones."""
    wanted = set(listed)
    for template in templates:
        wanted |= named(template)
    return {name: inner(name) for name in sorted(wanted)}


def module(drawn: Mapping[str, str]) -> str:
    """Icons as TypeScript data."""
    return f"{HEADER}export const icons: Readonly<Record<string, string>> = {json.dumps(drawn, indent=2)};\n"


def computed_in_office() -> list[str]:
    """Icons whose names the office's views compute."""
    return (TEMPLATES / "icons.txt").read_text("utf-8").split()


def named(template: str) -> set[str]:
    """Constants of a template in a place where an icon stands: `icon('x')`, `mark('x')`, an argument `icon_name`."""
    tree = syntax().parse((TEMPLATES / template).read_text("utf-8"))
    found: set[str] = set()
    for call in tree.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        places = [keyword.value for keyword in call.kwargs if keyword.key == "icon_name"]
        at = _position(tree, name)
        places += call.args[at : at + 1] if at is not None else []
        for place in places:
            found |= {const.value for const in _constants(place) if const.value}
    return found


def _position(tree: nodes.Template, name: str) -> int | None:
    """Which argument of a call is an icon's name."""
    if name == "icon":
        return 0
    for imported in tree.find_all(nodes.FromImport):
        if not isinstance(imported.template, nodes.Const):
            continue
        for wanted in imported.names:
            there, here = wanted if isinstance(wanted, tuple) else (wanted, wanted)
            if here == name:
                source = syntax().parse((TEMPLATES / imported.template.value).read_text("utf-8"))
                return _parameter(source, there)
    return _parameter(tree, name)


def _parameter(tree: nodes.Template, macro: str) -> int | None:
    for node in tree.find_all(nodes.Macro):
        if node.name == macro:
            names = [arg.name for arg in node.args]
            at = names.index("icon_name") if "icon_name" in names else None
            return 0 if macro == "mark" else at
    return None


def _constants(place: nodes.Expr) -> list[nodes.Const]:
    if isinstance(place, nodes.Const):
        return [place]
    if isinstance(place, nodes.CondExpr) and place.expr2 is not None:
        return [*_constants(place.expr1), *_constants(place.expr2)]
    return []


def inner(name: str) -> str:
    """The inside of an icon's SVG; its stroke and size come from the style sheet."""
    own = OWN / f"{name}.svg"
    path = own if own.exists() else LUCIDE / f"{name}.svg"
    if not path.exists():
        raise FileNotFoundError(f"there is no icon '{name}'")
    found = _INNER.search(path.read_text("utf-8"))
    if found is None:
        raise ValueError(f"{path} is not an SVG")
    return short(_SPACE.sub("", found[1].strip()).replace(" />", "/>"))


def short(shapes: str) -> str:
    """The same picture in fewer bytes: its paths as one, and no finer than a hundredth of a 24 by 24 square."""
    paths = "".join(absolute(path) for path in _PATH.findall(shapes))
    rounded = _NUMBER.sub(lambda found: hundredth(found[0]), paths)
    return (f'<path d="{rounded}"/>' if paths else "") + _PATH.sub("", shapes)


def hundredth(number: str) -> str:
    """At most two decimals and at least one where there were any, so that the next number may follow at once."""
    flags = _FLAGS.match(number)
    if flags:
        return flags[1] + hundredth(flags[2])
    if len(number.partition(".")[2]) <= 2:
        return number
    whole, _, part = f"{float(number):.2f}".partition(".")
    return f"{whole if number[0] != '.' else whole.removeprefix('0')}.{part[0] + part[1].replace('0', '')}"


def absolute(path: str) -> str:
    """A path that begins with an absolute move, so that it may follow another: `m9 15 2 2` is `M9 15l2 2`."""
    found = _RELATIVE_START.match(path)
    if found is None:
        return path
    start, rest = found.groups()
    return f"M{start}l{rest.lstrip()}" if re.match(r"[ ,]?[-.\d]", rest) else f"M{start}{rest}"
