"""The checkers: told what happens, they hold it against the invariants, each by its number.

They keep their own books (what was captured, who was assigned, what a device has seen) and trust neither phone nor
office. 1 durable capture, 2 no premature receipt, 3 nothing vanishes, 4 exactly once, 5 stable receipts, 6 device
order and bundles, 7 forks, 8 commit order, 9 honest cursor, 10 whole batches, 11 read your writes, 12 monotonic
records, 13 scope in time, 14 revocation complete, 15 grant complete, 16 late work, 17 superseded kept, 18 clock
independence (see `sync.simulation.history`), 19 signed is frozen, 20 no invented prose, 21 refused is returned,
22 restore, 23 locked and wiped, 24 no resurrection, 25 liveness, 26 convergence, 27 bounds.
"""

from __future__ import annotations

from sync.simulation.checkers.books import Violation
from sync.simulation.checkers.office import OfficeChecks
from sync.simulation.checkers.phone import PhoneChecks
from sync.simulation.checkers.rest import RestChecks
from sync.simulation.checkers.trouble import TroubleChecks

__all__ = ["Checkers", "Violation"]


class Checkers(OfficeChecks, PhoneChecks, TroubleChecks, RestChecks):
    """All of them over one set of books."""
