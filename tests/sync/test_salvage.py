"""Sealed work: what an envelope is, what an opened item is, when a phone may forget."""

from __future__ import annotations

import pytest

from sync.reconcile import Parsed, set_aside
from sync.salvage import WITHOUT_BACKUP_MS, is_wipe_due, opened, outcome
from tests.sync.desk import BEN_PHONE


def test_an_envelope_is_known_only_when_it_was_settled_itself():
    """A decided number says nothing: of a copied phone the other one's may have been decided."""
    assert outcome(is_settled=True) == "known"
    assert outcome(is_settled=False) == "kept"


@pytest.mark.parametrize(
    ("n", "next_n", "is_same", "expected"),
    [(3, 3, False, "next"), (5, 3, False, "next"), (2, 3, True, "decided"), (2, 3, False, "second")],
)
def test_what_an_opened_item_is(n, next_n, is_same, expected):
    """Only what the office has never decided can be filed under its number."""
    assert opened(n, next_n, is_same=is_same) == expected


def test_the_wipe_waits_for_every_envelope_to_be_in_a_backup():
    """Nothing left, and the highest position covered."""
    kept = [(11, 0), (14, 0)]
    assert not is_wipe_due(0, kept, 13, 10**15)
    assert is_wipe_due(0, kept, 14, 0)
    assert not is_wipe_due(1, kept, 14, 0)


def test_without_a_backup_fourteen_days_must_do():
    """By the office's own clock at both ends."""
    assert not is_wipe_due(0, [(11, 1000)], 0, 999 + WITHOUT_BACKUP_MS)
    assert is_wipe_due(0, [(11, 1000)], 0, 1000 + WITHOUT_BACKUP_MS)


def test_what_is_set_aside_comes_back_word_for_word():
    """Refused for good, each with a place of its own."""
    raws = [b'{"n":4,"some":"words"}', b'{"n":5,"more":"words"}']
    changes = [Parsed(raw, n, bytes(32), "", None) for n, raw in enumerate(raws, 4)]
    decisions = set_aside(BEN_PHONE, changes, 40, 0)
    assert [(d.receipt.n, d.receipt.seq, d.receipt.code) for d in decisions] == [
        (4, 40, "SET_ASIDE"),
        (5, 41, "SET_ASIDE"),
    ]
    assert [d.returned.fields["change"].encode() for d in decisions] == raws
