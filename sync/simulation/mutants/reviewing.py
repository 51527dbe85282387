"""Bugs in the loop between a specialist and a supervisor."""

from __future__ import annotations

from typing import Any

import msgspec

from sync import effects, reconcile, review
from sync.simulation.mutants.infection import Put
from sync.state import Record


def cosigned_by_any_hash(put: Put) -> None:
    real = effects._STEPS["cosign"]

    def cosign(state: Any, case: Any, change: Any, record: Record) -> Any:
        if record.signed is None:
            return real(state, case, change, record)
        signed = msgspec.structs.replace(record.signed, hash=change.content_hash)
        return real(state, case, change, msgspec.structs.replace(record, signed=signed))

    put(effects._STEPS, "cosign", cosign)


def cosigned_over_unseen_words(put: Put) -> None:
    real = effects._STEPS["cosign"]

    def cosign(state: Any, case: Any, change: Any, record: Record) -> Any:
        return real(state, case, msgspec.structs.replace(change, base=2**53 - 1), record)

    put(effects._STEPS, "cosign", cosign)


def a_return_unfreezes(put: Put) -> None:
    real = effects._STEPS["return"]

    def send_back(state: Any, case: Any, change: Any, record: Record) -> Any:
        decision = real(state, case, change, record)
        decision.record = decision.record and msgspec.structs.replace(decision.record, state="open")
        return decision

    put(effects._STEPS, "return", send_back)


def a_return_replaces_the_last(put: Put) -> None:
    real = effects._STEPS["return"]

    def send_back(state: Any, case: Any, change: Any, record: Record) -> Any:
        return real(state, case, change, msgspec.structs.replace(record, returned=[]))

    put(effects._STEPS, "return", send_back)


def reviewed_although_revised(put: Put) -> None:
    real = effects.effect

    def effect(state: Any, case: Any, change: Any) -> Any:
        state.revised.clear()
        return real(state, case, change)

    put(reconcile, "effect", effect)


def second_cosigner_takes_over(put: Put) -> None:
    real = effects._STEPS["cosign"]

    def cosign(state: Any, case: Any, change: Any, record: Record) -> Any:
        return real(state, case, change, msgspec.structs.replace(record, cosigned=None))

    put(effects._STEPS, "cosign", cosign)


def anybody_reviews(put: Put) -> None:
    put(review, "check_reviewer", lambda *_: None)
