"""Requests drawn from docs/openapi.json by Schemathesis, well-formed and not, signed by a real phone, to a real office.

`python -m tests.conformance.fuzz --base-url http://... --accounts var/demo.json`. Each answer must be one that the
description states, in status and in shape; afterwards the same phone's honest work is decided as ever.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.conformance.scene import Scene, results
from tests.support.phone import Phone

DESCRIPTION = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def whole(value: Any) -> Any:
    """The same with 7.0 written as 7: JSON Schema calls both an integer, the protocol knows no fractions."""
    if isinstance(value, dict):
        return {name: whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Fuzz:
    """`seen`: how often which door gave which status."""

    def __init__(self, phone: Phone, base_url: str, loop: asyncio.AbstractEventLoop) -> None:
        self.phone = phone
        self.loop = loop
        self.seen: Counter[tuple[str, int]] = Counter()
        self.schema = schemathesis.openapi.from_path(DESCRIPTION)
        self.schema.config.update(base_url=base_url)

    def doors(self, examples: int) -> None:
        for found in self.schema.get_all_operations():
            operation = found.ok()
            if operation.method.upper() == "POST":
                for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                    self.door(operation, mode, examples)

    def door(self, operation: Any, mode: GenerationMode, examples: int) -> None:
        drawn = settings(
            max_examples=examples, deadline=None, database=None, derandomize=True, phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip

        @drawn
        @given(case=operation.as_strategy(generation_mode=mode), is_mine=st.sampled_from([True, True, False]))
        def one(case: Any, is_mine: bool) -> None:
            body = case.body
            if is_mine and isinstance(body, dict):
                body = {**body, **self.mine(operation.path, body)}
            answer = asyncio.run_coroutine_threadsafe(self.send(operation.path, body), self.loop).result(60)
            self.seen[operation.path, answer.status_code] += 1
            if answer.status_code not in {400, 401}:
                assert is_mine or mode is GenerationMode.POSITIVE or answer.status_code != 200, (body, answer.text[:200])
            stated = {int(status) for status in operation.definition.raw["responses"]}
            assert answer.status_code in stated, (operation.path, answer.status_code, answer.text[:200])
            operation.validate_response(answer)

        one()

    def mine(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What makes a drawn body the phone's own, where it has such a field."""
        phone = self.phone
        own = {"device": phone.device, "epoch": phone.epoch, "v": 1, "first_n": phone.n}
        return {name: value for name, value in own.items() if name in body}

    async def send(self, path: str, body: Any) -> httpx.Response:
        sent = body if isinstance(body, bytes) else json.dumps(whole(body), default=str).encode()
        answer = await self.phone.post(path, sent)
        if path.endswith("push") and answer.status_code == 200:
            self.phone.n = answer.json()["next_n"]
        return answer


async def run(base_url: str, accounts: list[dict[str, str]], examples: int) -> Counter[tuple[str, int]]:
    async with httpx.AsyncClient(base_url=base_url, timeout=60) as http:
        scene = Scene(http, accounts)
        await scene.begin()
        phone = await scene.new_phone()
        fuzz = Fuzz(phone, base_url, asyncio.get_running_loop())
        await asyncio.to_thread(fuzz.doors, examples)
        phone.n = (await phone.pull()).json()["next_n"]
        person = await scene.participant(phone)
        said = await results(await phone.push([phone.note(person)[1]]))
        assert said[0]["outcome"] == "applied"
    return fuzz.seen


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.fuzz")
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--accounts", type=Path, required=True)
    parser.add_argument("--examples", type=int, default=60, help="requests of each kind to each door")
    asked = parser.parse_args()
    accounts = json.loads(asked.accounts.read_text())["accounts"]
    seen = asyncio.run(run(asked.base_url, accounts, asked.examples))
    by_door: dict[str, list[str]] = {}
    for (path, status), times in sorted(seen.items()):
        by_door.setdefault(path.rsplit("/", 1)[1], []).append(f"{status}: {times}")
    sys.stdout.write("".join(f"{name}  {', '.join(statuses)}\n" for name, statuses in by_door.items()))
    sys.stdout.write(f"{sum(seen.values())} requests, every answer as described\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
