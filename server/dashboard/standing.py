"""What the records of an organisation say, read once for each of its positions and remembered until the next.

Records, caseloads and conflicts change in no other transaction than one that raises the head (the last statement of
`server/storage/write_set.py`). A snapshot with the same head holds the same rows, so what was read from one stands for
the other, and not a moment longer. What else may change is asked for anew by every page: phones, accounts, sessions,
sealed work, changes on hold.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from server.responses import AnyRequest
from server.storage import activity, attention
from server.storage.attention import Site
from server.storage.organisation_settings import organisation_settings
from server.storage.port import Rows
from sync.records.organisation import OrganisationFields

T = TypeVar("T")


class Standing:
    """One organisation as of position `head`. `settings`: None while it has no record of its own."""

    def __init__(self, head: int, settings: OrganisationFields | None, sites: Sequence[Site]) -> None:
        self.head: Final = head
        self.settings: Final = settings
        self.sites: Final = sites
        self._remembered: dict[str, tuple[Any, Any]] = {}

    async def remembered(
        self, what: str, read: Callable[[], Awaitable[T]], on: object = None, *, is_anew: bool = False
    ) -> T:
        """What `read` says of the records at this position. `on`: what it also depends on, such as the day."""
        known = self._remembered.get(what)
        if known is None or known[0] != on or is_anew:
            known = self._remembered[what] = (on, await read())
        found: T = known[1]
        return found


async def standing(request: AnyRequest, rows: Rows, org: int) -> Standing:
    """An organisation at the head of this snapshot; never of a later one, never of an earlier one."""
    known = _known(request)
    head = await activity.head(rows, org)
    held = known.get(org)
    if held is not None and held.head == head:
        return held
    made = Standing(head, await organisation_settings(rows, org), await attention.sites(rows, org))
    if held is None or held.head < head:
        known[org] = made
    return made


def _known(request: AnyRequest) -> dict[int, Standing]:
    """By organisation: of this running office."""
    state = request.app.state
    if "standings" not in state:
        state["standings"] = dict[int, Standing]()
    found: dict[int, Standing] = state["standings"]
    return found
