"""How hard to try: enough in `make test`, the full figures in `make proof` (PROOF=1). What was counted is told.

`tell` prints a line at the end of the run and keeps it in var/proof.json, by name, with how it was run.
`python -m tests.support.proof` writes the table of docs/testing.md from there.
"""

from __future__ import annotations

import json
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "proof.json"
PAGE = ROOT / "docs" / "testing.md"
IS_PROOF = os.environ.get("PROOF", "") not in {"", "0"}
told: list[str] = []


def often(usually: int, in_proof: int) -> int:
    """How many times: in every run, and when the full figures are asked for."""
    return in_proof if IS_PROOF else usually


def tell(what: str, **figures: float | str) -> None:
    """A figure of this run. `what` names it; the same name again replaces it."""
    words = ", ".join(f"{name.replace('_', ' ')} {_shown(figure)}" for name, figure in figures.items())
    told.append(f"{what}: {words}")
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    if IS_PROOF or not kept.get(what, {}).get("is_proof"):
        kept[what] = {"said": words, "is_proof": IS_PROOF, "on": f"{datetime.now(UTC):%Y-%m-%d}"}
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False))


def _shown(figure: float | str) -> str:
    if isinstance(figure, str):
        return figure
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:,.2f}"


def write(page: Path = PAGE) -> None:
    """The table between the marks of the page."""
    kept = json.loads(KEPT.read_text())
    rows = [
        f"| {what} | {one['said']} | {'proof' if one['is_proof'] else 'test'}, {one['on']} |"
        for what, one in sorted(kept.items())
    ]
    table = "\n".join(["| what | figures | run |", "|---|---|---|", *rows])
    text = page.read_text()
    begin, end = "<!-- proof: begin -->", "<!-- proof: end -->"
    assert begin in text, f"{page} has no place for the figures"
    page.write_text(re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{table}\n{end}", text, flags=re.DOTALL))


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
