"""Does an office keep the protocol? `python -m tests.conformance --base-url http://... --accounts var/demo.json`.

Black box: HTTP alone, importing nothing of the office or of the agreement. The administrator of the accounts file
signs in to make enrolment codes, grants and revocations. The exit code is the number of MUSTs that do not hold.
Use it on a test organisation: it makes people, notes and phones.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from tests.conformance import asking, content, exchanging, machine
from tests.conformance.musts import Found, check_all, table
from tests.conformance.scene import Scene

CHECKS = (asking, exchanging, content, machine)


async def examine(base_url: str, accounts: list[dict[str, str]], only: Sequence[int] = ()) -> list[Found]:
    """Every MUST against the office at `base_url`."""
    async with httpx.AsyncClient(base_url=base_url, timeout=60) as http:
        scene = Scene(http, accounts)
        await scene.begin()
        return await check_all(scene, only)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--accounts", type=Path, required=True, help="JSON as var/demo.json: accounts with passphrases")
    parser.add_argument("--only", type=int, nargs="*", default=[], metavar="N", help="numbers of MUSTs")
    asked = parser.parse_args(argv)
    found = asyncio.run(examine(asked.base_url, json.loads(asked.accounts.read_text())["accounts"], asked.only))
    failed = sum(bool(one.why) for one in found)
    sys.stdout.write(f"{table(found)}\n\n{len(found) - failed} of {len(found)} hold\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
