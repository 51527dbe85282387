"""The commands of docs/operations.md are the commands there are."""

from __future__ import annotations

import re
import shlex

import pytest

from server.__main__ import _parser
from server.settings import from_environment
from tests.support.office import ROOT

PAGE = (ROOT / "docs/operations.md").read_text()
COMMANDS = sorted({
    line.split("#")[0].strip()
    for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if re.match(r"([A-Z_]+=\S+ )*alongside (backup|restore)\b", line)
})  # fmt: skip


def test_the_page_shows_them() -> None:
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_is_understood(line: str) -> None:
    words = shlex.split(line)
    _parser().parse_args(words[words.index("alongside") + 1 :])


def test_every_variable_is_on_the_page() -> None:
    source = (ROOT / "server/settings.py").read_text()
    names = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"|_number\(environ, "([A-Z_]+)"', source))
    for name in {one or other for one, other in names}:
        assert f"| `{name}` |" in PAGE


@pytest.mark.parametrize(("name", "value"), [("BACKUP_EVERY_H", "0"), ("BACKUP_KEEP", "1"), ("BACKUP_KEEP", "many")])
def test_a_setting_that_makes_no_sense_is_refused(name: str, value: str) -> None:
    with pytest.raises(Exception, match=f"{name} must be a number"):
        from_environment({name: value})
