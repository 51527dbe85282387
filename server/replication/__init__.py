"""The phones' door: what they push, what they pull, and the limits both sides keep. See docs/protocol.md."""

from __future__ import annotations

from typing import Any, Final

from server.replication.attachment import attachment
from server.replication.pull import pull
from server.replication.push import push
from server.replication.salvage import salvage
from server.replication.spec import spec

route_handlers: Final[list[Any]] = [push, pull, salvage, attachment, spec]
