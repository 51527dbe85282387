"""Structured logs, one JSON object a line, without content: no query strings, no bodies, no exception messages.

A path may carry opaque ids, never words. An exception is told by its type and its places in the code.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from typing import Any

import msgspec
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("alongside")


class JsonFormatter(logging.Formatter):
    """Time, level, event and the record's `facts`, as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": int(record.created * 1000),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["where"] = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)[-8:]]
        return msgspec.json.encode(line).decode()


def configure(level: int = logging.INFO) -> None:
    """Send every log line of the process to standard error as JSON; uvicorn's own access log stays off."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    logger.setLevel(level)


def event(name: str, **facts: str | float | None) -> None:
    """Log a named event with facts that are counts, codes and ids, never content."""
    logger.info(name, extra={"facts": facts})


class RequestLog(ASGIMiddleware):
    """One line a request: method, path, status, milliseconds, bytes of the answer."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if not logger.isEnabledFor(logging.INFO):
            return await next_app(scope, receive, send)
        started = time.perf_counter()
        status = size = 0

        async def counting(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                size += len(message["body"])
            await send(message)

        try:
            return await next_app(scope, receive, counting)
        finally:
            took = round((time.perf_counter() - started) * 1000, 2)
            method = str(scope.get("method"))
            event("request", method=method, path=scope["path"], status=status, ms=took, size_bytes=size)
