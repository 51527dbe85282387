"""What holds for every route of the office, found by asking the app itself: a route added tomorrow is in here too."""

import itertools

import pytest
from litestar.routes import HTTPRoute

from server.app import create_app
from server.auth.headers import ALWAYS, EXCHANGE, PAGE_POLICY, WORKER_POLICY
from server.settings import from_environment
from tests.server.auth.office import PASSPHRASE, ROLES, Office, Organisation

# The whole list of what a stranger may reach, and why. Everything else asks who is there.
OPEN = {
    "/": "leads to sign-in",
    "/healthz": "for the one who runs the office",
    "/sign-in": "the door",
    "/sign-out": "ends a session if there is one",
    "/set-passphrase": "asks for a one-time code",
    "/enrol": "words only",
    "/sw.js": "the phone's program",
    "/manifest.webmanifest": "the phone's name and icon",
    "/static/{name:str}": "fingerprinted files",
    "/app": "the phone's program",
    "/app/{path:path}": "the phone's program",
}
SIGNED = "/sync/"  # asked for a device's signature, not for a session
ANYTHING = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def all_routes(desk: Office) -> list[tuple[str, str]]:
    found = {
        (method, route.path)
        for route in desk.app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS", "HEAD"}
    }
    assert len(found) > 40
    return sorted(found)


def filled(template: str, **ids: str) -> str:
    """A path with its parameters put in; those not named get an id that nothing has."""
    parts = []
    for part in template.split("/"):
        name = part.strip("{}").partition(":")[0]
        parts.append(ids.get(name, ANYTHING) if part.startswith("{") else part)
    return "/".join(parts) or "/"


def is_open(template: str) -> bool:
    return template in OPEN or template.startswith(SIGNED)


async def test_a_stranger_is_refused_everywhere_but_at_the_open_doors(desk: Office, all_routes):
    for method, template in all_routes:
        if is_open(template):
            continue
        answer = await (desk.get if method == "GET" else desk.post)(filled(template))
        if method == "GET":
            refused = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
        else:
            refused = answer.status_code == 401 and "sign-in" in answer.text
        assert refused, (method, template, answer.status_code)


async def test_the_open_doors_are_still_there(desk: Office, all_routes):
    assert set(OPEN) <= {template for _, template in all_routes}


async def test_the_phones_doors_want_a_signature(desk: Office, all_routes):
    await desk.sign_in("administrator")
    for method, template in all_routes:
        if method == "POST" and template.startswith(SIGNED):
            answer = await desk.post(filled(template), content=b"{}")
            assert answer.status_code in {400, 401}, template


@pytest.mark.parametrize("role", ROLES)
async def test_roles_reach_their_own_doors_only(desk: Office, all_routes, role: str):
    await desk.sign_in(role)
    allowed = {"specialist": (), "supervisor": ("/dashboard",), "administrator": ("/dashboard", "/administration")}[role]
    for method, template in all_routes:
        if template.startswith(("/dashboard", "/administration")) and not template.startswith(allowed):
            answer = await (desk.get if method == "GET" else desk.post)(filled(template))
            assert answer.status_code == 403, (method, template)


async def test_every_answer_carries_the_security_headers(desk: Office, all_routes):
    await desk.sign_in("administrator")
    for method, template in all_routes:
        if template.endswith("/live"):
            continue  # stays open; its headers are those of before_send like everybody's
        answer = await (desk.get if method == "GET" else desk.post)(filled(template))
        expected = dict(EXCHANGE if template.startswith("/sync/") else ALWAYS)
        if template == "/sw.js":
            expected["Content-Security-Policy"] = WORKER_POLICY
        for name, value in expected.items():
            assert answer.headers[name] == value, (template, name)
        is_kept = template.startswith("/static/") or template in {"/sw.js", "/manifest.webmanifest"}
        if not is_kept or answer.status_code != 200:
            assert answer.headers["cache-control"] == "no-store", template
        assert "server" not in answer.headers


async def test_what_is_not_there_carries_them_too(desk: Office):
    answer = await desk.get("/no-such-page")
    assert answer.status_code == 404
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert answer.headers["cache-control"] == "no-store"


def test_the_policy_has_no_unsafe_word_and_no_other_host():
    for policy in (PAGE_POLICY, WORKER_POLICY.replace("'wasm-unsafe-eval'", "")):
        assert "unsafe" not in policy
        assert not {"*", "http:", "https:", "data:", "blob:"} & set(policy.replace(";", " ").split())
        assert policy.startswith("default-src 'none'; ")
        assert {"base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} <= set(policy.split("; "))


async def test_the_pages_keep_to_the_policy(desk: Office, all_routes):
    await desk.sign_in("administrator")
    for method, template in all_routes:
        if method != "GET" or template.endswith("/live") or template.startswith("/static"):
            continue
        ids = {"person": desk.here.people["specialist"], "site": desk.here.site, "participant": desk.here.participant}
        answer = await desk.get(filled(template, **ids, phone=desk.here.phone))
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for forbidden in (" style=", " onclick", "<style", "javascript:", "hx-on"):
            assert forbidden not in answer.text, (template, forbidden)
        assert "<script>" not in answer.text, template


SITES = [None, "same-origin", "none", "same-site", "cross-site"]
ORIGINS = [None, "http://127.0.0.1:8130", "http://localhost:8130", "https://evil.example", "null"]


@pytest.mark.parametrize(("site", "origin"), list(itertools.product(SITES, ORIGINS)))
async def test_another_site_changes_nothing(desk: Office, all_routes, site: str | None, origin: str | None):
    await desk.sign_in("administrator")
    before = await desk.actions()
    is_own = site in {"same-origin", "none"} or (site is None and origin is not None and origin.endswith(":8130"))
    headers = {name: value for name, value in (("Sec-Fetch-Site", site), ("Origin", origin)) if value}
    for method, template in all_routes:
        if method == "GET" or template.startswith(SIGNED) or (is_own and template != "/account/screen"):
            continue
        answer = await desk.client.post(filled(template), data={}, headers=headers)
        assert (answer.status_code == 403) != is_own, (template, site, origin)
    if not is_own:
        assert await desk.actions() == before


def ids_of(organisation: Organisation) -> dict[str, str]:
    return {
        "person": organisation.people["specialist"], "site": organisation.site, "phone": organisation.phone,
        "participant": organisation.participant, "assignment": organisation.assignment,
        "note": organisation.participant,
    }  # fmt: skip


async def test_ids_of_another_organisation_are_not_there(desk: Office, all_routes):
    """Each route with an id: an id of theirs reads exactly like an id of nobody's, and nothing of theirs changes."""
    await desk.sign_in("administrator")
    with_ids = [(m, t) for m, t in all_routes if "{" in t and t.startswith(("/administration", "/dashboard"))]
    assert len(with_ids) >= 12
    complete = {
        "name": "Taken over", "setting": "community", "zone": "UTC", "mode": "lock", "understood": "yes",
        "specialist": desk.here.people["specialist"], "text": "x", "reason": "x",
    }  # fmt: skip
    before = await theirs(desk)
    for method, template in with_ids:
        foreign, unknown = [
            await (desk.get(path) if method == "GET" else desk.post(path, complete))
            for path in (filled(template, **ids_of(desk.elsewhere)), filled(template))
        ]
        assert foreign.status_code == unknown.status_code == 404, (method, template, foreign.status_code)
        assert foreign.text == unknown.text, template
    assert await theirs(desk) == before


async def theirs(desk: Office) -> list[dict]:
    """All that an attacker could have changed elsewhere."""
    org = desk.elsewhere.org
    people = await desk.rows("accounts.page", org=org, search="", limit=50, offset=0)
    phones = await desk.rows("devices.phones", org=org)
    records = [await desk.rows(f"{noun}.page", org=org, search="", limit=50, offset=0) for noun in ("participants", "sites")]
    return [*people, *phones, *records[0], *records[1]]


async def test_members_of_another_organisation_are_nobody_here(desk: Office):
    """Ids in the form count as ids in the path do."""
    await desk.sign_in("administrator")
    foreign = desk.elsewhere.people["specialist"]
    answer = await desk.post(f"/administration/participants/{desk.here.participant}/assign", {"specialist": foreign})
    assert answer.status_code == 422
    assert (await desk.post("/administration/phones/code", {"specialist": foreign})).status_code == 404
    fields = {"name": "New", "specialist": foreign}
    assert (await desk.post("/administration/participants/new", fields)).status_code == 422
    fields = {"name": "New", "site": desk.elsewhere.site}
    assert (await desk.post("/administration/participants/new", fields)).status_code == 422


async def test_sessions_of_another_member_cannot_be_ended(desk: Office):
    await desk.sign_in("supervisor")
    theirs = desk.client.cookies["alongside-session"]
    session = (await desk.rows("sessions.of_person", person=desk.here.people["supervisor"], started_after=0, seen_after=0))[0]
    desk.forget_cookies()
    await desk.sign_in("administrator")
    await desk.post(f"/account/sessions/{session['id']}/end")
    desk.client.cookies.set("alongside-session", theirs)
    assert (await desk.get("/account")).status_code == 200


def test_clear_http_beyond_the_machine_refuses_to_start():
    with pytest.raises(Exception, match="https"):
        create_app(from_environment({"PUBLIC_URL": "http://notes.example.org"}))


async def test_a_large_form_is_refused_before_it_is_read(desk: Office):
    answer = await desk.post("/sign-in", {"sign_in": "x" * 70_000, "passphrase": PASSPHRASE})
    assert answer.status_code == 413
