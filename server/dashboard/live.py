"""The dashboard's ear: a stream that says that something changed, never what.

An open page then asks again for what it may see, through the same guarded handler as before. Pokes that come close
together fold into one. The stream ends with the session.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Stream

from server.auth.guards import member_of
from server.auth.sessions import Member
from server.responses import AnyRequest

HEARTBEAT_S: Final = 20.0
REST_S: Final = 0.4
OPENED: Final = b"event: opened\nid: 1\ndata:\n\n"  # the id is what a page that comes back shows
CHANGED: Final = b"event: changed\nid: 1\ndata:\n\n"
BEAT: Final = b": beat\n\n"


@get("/live")
async def listen(request: AnyRequest, member: NamedDependency[Member]) -> Stream:
    """text/event-stream. A page that lost the stream and comes back is told at once to look again."""
    is_back = bool(request.headers.get("last-event-id"))
    return Stream(_events(request, member, is_back=is_back), media_type="text/event-stream")


async def _events(request: AnyRequest, member: Member, *, is_back: bool) -> AsyncIterator[bytes]:
    with request.app.state.pokes.listen(member.org) as ear:
        yield CHANGED if is_back else OPENED
        while True:
            was_poked = await ear.wait(HEARTBEAT_S)
            still = await member_of(request)
            if still is None or still.session != member.session or still.role != member.role:
                return
            yield CHANGED if was_poked else BEAT
            await asyncio.sleep(REST_S)
