"""The typeface, cut down to the characters that English and Spanish write with.

Atkinson Hyperlegible Next was drawn so that letters are not mistaken for each other. Its weight axis is kept from
regular to bold, in one file. Kerning is left out: it weighs a quarter of the file and a screen hardly shows it.
Characters outside the subset fall back to the phone's own typeface.
"""

from __future__ import annotations

import io
from typing import Final

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib import instancer  # type: ignore[import-untyped]

from web.build.paths import PACKAGES

SOURCE: Final = (
    PACKAGES / "@fontsource-variable" / "atkinson-hyperlegible-next" / "files"
    / "atkinson-hyperlegible-next-latin-wght-normal.woff2"
)  # fmt: skip
CHARACTERS: Final = (
    "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in "*<=>[\\]^_`{|}~")
    + "áéíóúüñÁÉÍÓÚÜÑ¿¡"
    + "‘’“”–—…·•"
)
WEIGHTS: Final = (400, 700)


def typeface() -> bytes:
    """The subset as woff2, the same bytes in every build."""
    options = Options()
    options.flavor = "woff2"
    options.layout_features = ["tnum"]
    options.notdef_outline = True
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [1, 2]
    options.drop_tables += ["DSIG", "GDEF", "GPOS", "gasp", "meta"]
    font = TTFont(SOURCE, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
    del font["HVAR"]  # widths are read from the outlines' own variations
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
