"""The words that the phone suggests kinder ones for, from web/words, as TypeScript data."""

from __future__ import annotations

import json
import tomllib
from typing import Any, Final

from server.templating.catalogue import LANGS
from web.build.paths import HEADER, WEB

WORDS: Final = WEB / "words"
_KEYS: Final = frozenset(("find", "unless", "instead", "why"))


def rules() -> list[dict[str, Any]]:
    """Every rule of both languages: people write in either, whatever their screens speak. ValueError: unknown key."""
    found = [rule for lang in LANGS for rule in tomllib.loads((WORDS / f"{lang}.toml").read_text("utf-8"))["word"]]
    for rule in found:
        if unknown := rule.keys() - _KEYS:
            raise ValueError(f"web/words: {rule['find']!r} has {sorted(unknown)}")
    return found


def module() -> str:
    """The TypeScript module of the rules."""
    data = json.dumps(rules(), ensure_ascii=False, indent=1)
    return (
        f'{HEADER}import type {{ WordRule }} from "../language";\n\nexport const words: readonly WordRule[] = {data};\n'
    )
