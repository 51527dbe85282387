"""Screens that only trouble shows: two versions, work that came back, a hidden, a stopped, an emptied phone.

Work that came back and two versions come with the demo's second specialist. States of the phone are put where the phone
itself keeps them, in the clear part of its storage; its worker, which remembers what it read there, is stopped after.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.chromium import Chromium
from tests.journeys.going import Go, Step, at
from tests.support.office import Office

PUT = """async ([name, change]) => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await done(indexedDB.open("pocket"));
  const transaction = database.transaction("meta", "readwrite");
  const store = transaction.objectStore("meta");
  const before = await done(store.get(name));
  const isPart = before && typeof change === "object" && !Array.isArray(change);
  store.put(isPart ? { ...before, ...change } : change, name);
  await new Promise((resolve) => { transaction.oncomplete = resolve; });
  database.close();
}"""
TORN_LINE = {"id": "0190d3e0-0000-7000-8000-0000000000aa", "sealed": {}}
OTHER_PHONE = {"device": "x", "enrolled_at": 1_790_000_000_000, "heard_at": 1_790_000_000_000, "unsent": 3, "drafts": 1}


def enrolled(phone: Chromium, desk: Chromium, office: Office) -> str:
    """A phone of the specialist whom trouble has found; its passphrase."""
    facts: dict[str, Any] = office.facts
    account = [entry for entry in facts["accounts"] if entry["role"] == "specialist"][1]
    return steps.enrol(phone, {**facts, "enrolment": enrolment(desk, office, account)})


def enrolment(desk: Chromium, office: Office, account: dict[str, Any]) -> dict[str, Any]:
    """A code that a specialist makes for one more phone, at the office's own page."""
    desk.page.goto(f"{office.url}/account")
    if desk.page.locator("input[name=sign_in]").count():
        steps.sign_in(desk, office, account, "/account")
        desk.page.goto(f"{office.url}/account")
    desk.page.locator("form[action='/account/phone'] button").click()
    link = desk.page.locator("#enrolment-link").inner_text()
    return {"link": link, "passphrase": account["passphrase"]}


def _through(path: str, *links: str) -> Step:
    def go(page: Page, base: str) -> None:
        page.goto(base + path)
        for link in links:
            page.locator(link).first.click()
            page.wait_for_load_state()
            expect(page.locator(".back").first).to_be_visible()

    return go


def _with(facts: dict[str, Any], path: str, seen: str) -> Step:
    def go(page: Page, base: str) -> None:
        for name, value in facts.items():
            page.evaluate(PUT, [name, value])
        _stop_worker(page)
        page.goto(base + path)
        expect(page.locator(seen).first).to_be_visible()

    return go


def _stop_worker(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    session.detach()


def _wiped(page: Page, base: str) -> None:
    _with({"ended": "wiped"}, "/app/unlock", "#delivery")(page, base)
    page.wait_for_timeout(2000)  # the worker notices by itself, and has the page loaded again
    page.goto(base + "/app/unlock")


OPEN: dict[str, Go] = {
    "came-back": at("/app/inbox"),
    "returned": Go(_through("/app/inbox", "main a[href^='/app/inbox/']")),
    "conflict": Go(_through("/app/inbox", "main a[href^='/app/conflicts/']")),
    "conflict-write": Go(_through("/app/inbox", "main a[href^='/app/conflicts/']", "a[href*='/write']")),
    "sync-arriving": Go(_with({"exchange": {"remaining": 240}}, "/app/sync", "main .notice")),
    "ready-earlier": Go(_with({"earlier": [OTHER_PHONE]}, "/app/enrol/ready", "#progress")),
    "jotting-unreadable": Go(_with({"jottings": [TORN_LINE]}, "/app/jottings/unreadable", ".foot a[href='/app/capture']")),
    "lease": Go(_with({"exchange": {"remaining": 0, "leaseUntil": 1}}, "/app/people", "form[action='/app/exchange']")),
    "again": Go(_with({"exchange": {"leaseUntil": 0}}, "/app/enrol?again=yes", "#f-code")),
}
HALF_WAY = {"d": {"sentTo": 4, "left": 3, "kept": 4, "refused": 0, "isDone": False}}
ENDED: dict[str, Go] = {
    "revoked": Go(_with({"device": {"state": "revoked"}}, "/app/unlock", "#delivery")),
    "forked": Go(_with({"device": {"state": "forked"}, "salvage": HALF_WAY}, "/app/unlock", "#delivery")),
    "wiped": Go(_wiped),
}
