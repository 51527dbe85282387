"""What the auth modules share in one running office: storage, clock, passphrase threads, keys and limits."""

from __future__ import annotations

from typing import Final

from server.auth.keys import OfficeKeys, make_office_key, office_keys
from server.auth.passwords import Passwords
from server.auth.throttle import Window
from server.clock import Clock
from server.responses import AnyRequest
from server.settings import Settings
from server.storage.port import Storage

GUESSES_A_MINUTE: Final = 60


class Access:
    """Made once by `app.py` and kept on its state as `access`."""

    def __init__(self, storage: Storage, settings: Settings, now: Clock, passwords: Passwords | None = None) -> None:
        make_office_key(settings.keys)
        self.storage = storage
        self.settings = settings
        self.now = now
        self.passwords = passwords or Passwords()
        self.keys: OfficeKeys = office_keys(settings.keys)
        self.unknown_codes = Window(GUESSES_A_MINUTE, 60_000)


async def access(request: AnyRequest) -> Access:
    """The dependency named `access`."""
    found: Access = request.app.state.access
    return found
