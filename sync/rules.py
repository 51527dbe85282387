"""The few ways a field may merge when two people changed it without seeing each other's change."""

from __future__ import annotations

from enum import Enum


class MergePolicy(Enum):
    """What happens to a *concurrent* patch; a patch that saw the current value simply applies.

    FIXED   set by create only; a patch is refused.
    LATEST  the later decision wins; the losing value is kept in a conflict record.
    PROSE   the standing text stays; the other is kept verbatim in the conflict record for the author to settle.
    TAGS    a set; travels as add and remove, which never conflict.
    APPEND  a list that only grows; travels as add alone, which never conflicts.
    OFFICE  set by the office's own decisions, never by a phone.
    """

    FIXED = "fixed"
    LATEST = "latest"
    PROSE = "prose"
    TAGS = "tags"
    APPEND = "append"
    OFFICE = "office"
