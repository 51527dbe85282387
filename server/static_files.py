"""The built phone: worker, manifest, fingerprinted files, and the page that installs the worker.

Fingerprinted files never change and may be kept for ever. `/app/*` is answered by the worker; only a browser that
has none yet reaches the office there, and gets the page that registers it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from server.auth.frame import page
from server.responses import AnyRequest

DIST: Final = Path(__file__).parents[1] / "web" / "dist"
_TYPES: Final = {
    ".css": "text/css",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_SMALLER: Final = {"br": ".br", "gzip": ".gz"}


@get("/sw.js")
async def worker(request: AnyRequest) -> Response[bytes]:
    """The phone's service worker; asked for again each time, so that an update is found."""
    return _file(request, "sw.js", _ASK_AGAIN)


@get("/manifest.webmanifest")
async def manifest(request: AnyRequest) -> Response[bytes]:
    """What makes the phone installable."""
    return _file(request, "manifest.webmanifest", _ASK_AGAIN)


@get("/static/{name:str}")
async def built(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """A fingerprinted file."""
    return _file(request, f"static/{name}", _FOR_EVER)


@get(["/app", "/app/{path:path}"])
async def install(request: AnyRequest) -> Response[str]:
    """The page that registers the worker and comes back."""
    return page(request, "errors/install.html", {})


def _file(request: AnyRequest, path: str, cache_control: str) -> Response[bytes]:
    """A built file, in the smallest form that the browser accepts."""
    if path not in _built():
        raise NotFoundException
    accepts = request.headers.get("accept-encoding", "")
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    found = path
    for encoding, suffix in _SMALLER.items():
        if encoding in accepts and path + suffix in _built():
            found, headers["Content-Encoding"] = path + suffix, encoding
            break
    media_type = _TYPES.get(Path(path).suffix, "application/octet-stream")
    return Response((DIST / found).read_bytes(), media_type=media_type, headers=headers)


@cache
def _built() -> frozenset[str]:
    """Every file of the build; a name that is not among them is not looked for on the disk."""
    return frozenset(str(file.relative_to(DIST)) for file in DIST.rglob("*") if file.is_file())


route_handlers: Final[list[Any]] = [worker, manifest, built, install]
