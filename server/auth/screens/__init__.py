"""The office's account screens: signing in and out, the second factor, choosing a passphrase, setting up a phone."""

from __future__ import annotations

from server.auth.screens.account import account_router
from server.auth.screens.enrol import enrol_landing, enrol_phone
from server.auth.screens.passphrase import set_passphrase_router
from server.auth.screens.sign_in import home, sign_in_router, sign_out

route_handlers = [home, sign_in_router, sign_out, set_passphrase_router, account_router, enrol_landing, enrol_phone]
