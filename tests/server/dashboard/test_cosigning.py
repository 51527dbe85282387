"""Whether a note is to be co-signed, over all that the rules may say: a table, and what a sample must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args
from uuid import UUID

import pytest

from server.dashboard.cosigning import asked, lot
from sync.records.rules import Cosign, CosignWho

NOTES: Sequence[str] = [str(UUID(int=n * 2_654_435_761)) for n in range(20_000)]
DRAWN = next(doc for doc in NOTES if lot(doc) == 4)
LEFT = next(doc for doc in NOTES if lot(doc) == 5)

TABLE = [
    # who, percent, note, author, kind, has a flag, why
    ("none", 10, DRAWN, "beginner", "crisis", True, None),
    ("all", 10, LEFT, "other", "own_time", False, "all"),
    ("sample", 5, DRAWN, "other", "one_on_one", False, "sample"),
    ("sample", 5, LEFT, "beginner", "crisis", True, None),
    ("sample", 6, LEFT, "other", "one_on_one", False, "sample"),
    ("sample", 100, LEFT, "other", "one_on_one", False, "sample"),
    ("provisional", 10, DRAWN, "beginner", "one_on_one", False, "provisional"),
    ("provisional", 10, DRAWN, "other", "crisis", True, None),
    ("crisis_only", 10, DRAWN, "beginner", "one_on_one", False, None),
    ("crisis_only", 10, LEFT, "other", "crisis", False, "crisis"),
    ("crisis_only", 10, LEFT, "other", "crisis", True, "crisis"),
    ("crisis_only", 10, LEFT, "other", "warm_line", True, "flag"),
]


@pytest.mark.parametrize(("who", "percent", "doc", "author", "kind", "has_flag", "why"), TABLE)
def test_what_each_rule_asks(
    who: CosignWho, percent: int, doc: str, author: str, kind: str, has_flag: bool, why: str | None
) -> None:
    found = asked(Cosign(who, percent), doc, author, kind, has_flag=has_flag, beginners={"beginner"})
    assert (found and found.why) == why


def test_the_table_knows_every_rule() -> None:
    assert {row[0] for row in TABLE} == set(get_args(CosignWho))


def test_a_number_is_the_same_for_ever() -> None:
    """Whoever draws again, in any version, draws the same: these were drawn by hand with sha256sum."""
    assert lot("018f0000-0000-7000-8000-00000000beef") == 0xBCCBBB97 % 100
    assert lot("018f0000-0000-7000-8000-00000000abcd") == 0x59F2B707 % 100


@pytest.mark.parametrize("percent", [1, 10, 37, 100])
def test_a_sample_is_as_large_as_the_rules_say(percent: int) -> None:
    """Within four standard deviations of 20,000 notes; a larger percentage takes all that a smaller one took."""

    def drawn(of: int) -> set[str]:
        rule = Cosign("sample", of)
        return {doc for doc in NOTES if asked(rule, doc, "", "group", has_flag=False, beginners=())}

    n, share = len(NOTES), percent / 100
    assert abs(len(drawn(percent)) - n * share) <= 4 * (n * share * (1 - share)) ** 0.5
    assert drawn(max(1, percent - 1)) <= drawn(percent)
