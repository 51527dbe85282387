"""Security headers, put on every answer of the office in one place.

The two content policies are the whole policy of the product: no inline script or style, no eval, nothing from
another host. The build gives `PAGE_POLICY` to the service worker, whose pages then carry the same one. Only the
worker script itself may compile WebAssembly (Argon2id).
"""

from __future__ import annotations

from typing import Any, Final

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

_DIRECTIVES: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def _policy(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


PAGE_POLICY: Final = _policy(_DIRECTIVES)
WORKER_POLICY: Final = _policy(_DIRECTIVES | {"script-src": "'self' 'wasm-unsafe-eval'"})
WORKER_PATH: Final = "/sw.js"

_UNUSED_POWERS: Final = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection", "local-fonts",
    "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "storage-access", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
ALWAYS: Final = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{power}=()" for power in _UNUSED_POWERS),
}
EXCHANGE_PREFIX: Final = "/sync/"
EXCHANGE: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Messages of phones are no documents; a phone on a slow line should not pay for a page's headers each time."""

STRICT_TRANSPORT: Final = "max-age=63072000; includeSubDomains"


async def set_headers(message: Message, scope: Scope) -> None:
    """Litestar's `before_send`. A handler's own Cache-Control stands; without one nothing is kept anywhere."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in (EXCHANGE if scope["path"].startswith(EXCHANGE_PREFIX) else ALWAYS).items():
        headers[name] = value
    if scope["path"] == WORKER_PATH:
        headers["Content-Security-Policy"] = WORKER_POLICY
        headers["Cache-Control"] = "no-cache"
    headers.setdefault("Cache-Control", "no-store")
    if _is_public_https(scope):
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT


def _is_public_https(scope: Scope) -> bool:
    app: Any = scope["litestar_app"]
    return str(app.state.settings.public_url).startswith("https://")
