"""Where lineages part, what may be left out after a restore, when a bucket begins anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cursor import begins_anew
from sync.lineage import Epoch, may_begin_above, shared_seq

LINEAGE = [Epoch("a", 0), Epoch("b", 90), Epoch("c", 40), Epoch("d", 2000)]


@pytest.mark.parametrize(("theirs", "expected"), [("a", 40), ("b", 40), ("c", 2000), ("stranger", 0)])
def test_a_phone_several_epochs_behind_shares_the_least_of_the_forks(theirs, expected):
    """The last fork alone would let it keep what an earlier restore has taken."""
    assert shared_seq(LINEAGE, theirs) == expected


def test_the_present_epoch_shares_everything():
    """Nothing has to be offered again."""
    assert shared_seq(LINEAGE, "d") == 2**53 - 1


@given(st.lists(st.integers(0, 2**53 - 1), max_size=8), st.integers(0, 7))
def test_a_later_restore_never_gives_back(forks, at):
    """What two epochs share only shrinks with every restore."""
    lineage = [Epoch(str(i), fork) for i, fork in enumerate(forks)]
    theirs = str(at)
    seqs = [shared_seq(lineage[:end], theirs) for end in range(at + 1, len(lineage) + 1)]
    assert seqs == sorted(seqs, reverse=True)


def test_numbers_may_be_left_out_once_and_only_upwards():
    """At any other time a gap is refused."""
    assert may_begin_above(3, 7, has_pushed_since_restore=False)
    assert not may_begin_above(3, 7, has_pushed_since_restore=True)
    assert not may_begin_above(3, 3, has_pushed_since_restore=False)


def test_a_bucket_begins_anew_below_its_floor_and_never_at_it():
    """At the floor a phone has all that was swept; a cursor of 0 is below any floor."""
    assert begins_anew(0, 1)
    assert not begins_anew(5, 5)
    assert not begins_anew(0, 0)
