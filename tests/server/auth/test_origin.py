"""Requests that another site made a browser send: every method, every Sec-Fetch-Site, every Origin."""

import itertools

import pytest

from server.auth.origin import is_allowed
from server.settings import from_environment

OURS = "https://notes.example.org"
SITES = [None, "same-origin", "none", "same-site", "cross-site", ""]
ORIGINS = [None, OURS, "https://evil.example", "null", "http://notes.example.org", OURS + ".evil.example", OURS + ":444"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(("site", "origin"), list(itertools.product(SITES, ORIGINS)))
def test_safe_methods_pass(method: str, site: str | None, origin: str | None):
    assert is_allowed(method, "/dashboard", site, origin, origins={OURS})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "post"])
@pytest.mark.parametrize(("site", "origin"), list(itertools.product(SITES, ORIGINS)))
def test_unsafe_methods_need_our_own_page(method: str, site: str | None, origin: str | None):
    is_own = site in {"same-origin", "none"} or (site is None and origin == OURS)
    assert is_allowed(method, "/administration/people", site, origin, origins={OURS}) == is_own


def test_the_phones_door_takes_no_cookie_and_is_not_asked():
    assert is_allowed("POST", "/sync/v1/push", "cross-site", "https://evil.example", origins={OURS})
    assert not is_allowed("POST", "/sync", "cross-site", None, origins={OURS})


def test_the_names_of_the_loopback_are_one_origin():
    origins = from_environment({"PORT": "8130"}).origins
    for name in ("127.0.0.1", "localhost", "[::1]"):
        assert is_allowed("POST", "/sign-in", None, f"http://{name}:8130", origins=origins)
    assert not is_allowed("POST", "/sign-in", None, "http://127.0.0.1:8131", origins=origins)
