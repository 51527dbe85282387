"""The office put together. Only this file knows every door, and which storage is behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, cast

from litestar import Litestar, Response, get
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_404_NOT_FOUND
from litestar.types import Scope

from server import administration, dashboard, log, replication, static_files
from server.auth import screens
from server.auth.access import Access
from server.auth.deposits import PIECES_A_MINUTE, DepositLimits
from server.auth.devices import DeviceAuth
from server.auth.frame import page, text
from server.auth.headers import set_headers
from server.auth.origin import OriginCheck
from server.auth.refusals import exception_handlers
from server.backup import schedule, witness
from server.clock import Clock, now_ms
from server.dashboard.projection import Projections
from server.dashboard.unit_counts import AllUnitCounts
from server.dashboard.warming import warming
from server.pokes import Pokes
from server.responses import AnyRequest
from server.settings import Settings
from server.storage import covers, sweep
from server.storage.forms import forms
from server.storage.migrations import migrate
from server.storage.sqlite import SqliteStorage

BODY_LIMIT_BYTES: Final = 2 * 1024 * 1024
DOORS: Final[list[Any]] = [
    *replication.route_handlers,
    *dashboard.route_handlers,
    *administration.route_handlers,
    *screens.route_handlers,
    *static_files.route_handlers,
]


@get("/healthz")
async def healthz(request: AnyRequest) -> dict[str, str]:
    """Answers once the database is open and answers too."""
    async with request.app.state.storage.read() as rows:
        await rows.one("organisations.epoch")
    return {"status": "ready"}


def create_app(settings: Settings, now: Clock = now_ms, storage: type[SqliteStorage] = SqliteStorage) -> Litestar:
    """The office over the database that the settings name, which is brought up to date first."""

    @asynccontextmanager
    async def opened(app: Litestar) -> AsyncIterator[None]:
        migrate(settings.database, now())
        pokes = Pokes()
        async with AsyncExitStack() as stack:
            opened_storage = await stack.enter_async_context(storage.open(settings.database, pokes, forms()))
            app.state.update({
                "storage": opened_storage,
                "settings": settings,
                "pokes": pokes,
                "now": now,
                "access": Access(opened_storage, settings, now),
                "device_auth": DeviceAuth(settings, now),
                "deposit_limits": DepositLimits(),
                "attachment_limits": DepositLimits(PIECES_A_MINUTE),
                "projections": (projections := Projections()),
                "units": (units := await stack.enter_async_context(AllUnitCounts.kept(opened_storage, pokes))),
            })
            await stack.enter_async_context(warming(opened_storage, projections, units))
            await stack.enter_async_context(
                witness.kept(opened_storage, settings.keys, lambda behind: app.state.update({"behind": behind}))
            )
            await stack.enter_async_context(schedule.running(settings, opened_storage, now))
            await stack.enter_async_context(sweep.daily(opened_storage, now))
            await stack.enter_async_context(covers.regularly(opened_storage, now))
            yield

    return Litestar(
        route_handlers=[healthz, *DOORS],
        lifespan=[opened],
        middleware=[log.RequestLog(), OriginCheck()],
        before_send=[set_headers],
        after_exception=[log_exception],
        exception_handlers=cast("Any", exception_handlers | {Exception: accident}),
        request_max_body_size=BODY_LIMIT_BYTES,
        openapi_config=None,
        logging_config=None,
    )


async def log_exception(error: Exception, scope: Scope) -> None:
    """An accident leaves its place in the code in the log, never its words."""
    if not isinstance(error, HTTPException) and type(error) not in exception_handlers:
        log.logger.error("accident", exc_info=error, extra={"facts": {"path": scope["path"]}})


def accident(request: AnyRequest, error: Exception) -> Response[Any]:
    """What nobody foresaw, or a page that is not there: the status, and no word of what went wrong."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if "text/html" not in request.headers.get("accept", "") or request.url.path.startswith("/sync/"):
        return Response(f"{status}\n", status_code=status, media_type="text/plain")
    about = "missing" if status == HTTP_404_NOT_FOUND else "accident"
    view = {
        "title": text(request, f"errors.{about}.title"),
        "text": text(request, f"errors.{about}.text"),
        "href": "/",
        "action": text(request, "errors.start"),
    }
    return page(request, "errors/problem.html", view, status)
