"""A member at the office's screens, over HTTP alone: signs in, fills in forms, reads what stands there."""

from __future__ import annotations

import re

import httpx

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


class Desk:
    """One signed-in browser without a browser. `client` decides which office; cookies stay in it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data=fields, headers=OWN_PAGE, follow_redirects=False)

    async def sign_in(self, sign_in: str, passphrase: str) -> None:
        answer = await self.post("/sign-in", sign_in=sign_in, passphrase=passphrase)
        assert answer.status_code == 303, f"{sign_in} cannot sign in: {answer.status_code}"

    async def new_participant(self, name: str, specialist: str = "") -> str:
        """Their id, once the office has said that they are kept."""
        answer = await self.post("/administration/participants/new", name=name, specialist=specialist)
        assert answer.status_code == 303, answer.status_code
        return answer.headers["location"].rsplit("/", 1)[1]

    async def rename(self, participant: str, name: str, **more: str) -> None:
        path = f"/administration/participants/{participant}"
        assert (await self.post(path, name=name, **{"status": "active", **more})).status_code == 303

    async def assign(self, participant: str, specialist: str) -> None:
        path = f"/administration/participants/{participant}/assign"
        assert (await self.post(path, specialist=specialist)).status_code == 303

    async def end_assignments(self, participant: str) -> int:
        """Takes a participant off every caseload; how many that were."""
        page = (await self.client.get(f"/administration/participants/{participant}")).text
        ends = re.findall(rf'action="(/administration/participants/{participant}/assignments/[^"]+/end)"', page)
        for path in ends:
            assert (await self.post(path)).status_code == 303
        return len(ends)

    async def specialists(self) -> dict[str, str]:
        """Name to person id, as the form of a new participant offers them."""
        page = (await self.client.get("/administration/participants/new")).text
        options = re.search(r'<select[^>]*name="specialist".*?</select>', page, re.DOTALL)
        assert options, "the form offers specialists"
        return {name.strip(): person for person, name in re.findall(r'value="([0-9a-f-]{36})"[^>]*>([^<]+)', options[0])}

    async def phone_code(self, person: str) -> str:
        """A one-time code that enrols a phone."""
        answer = await self.post(f"/administration/people/{person}/phone-code")
        assert answer.status_code == 200, answer.status_code
        found = re.search(r"/enrol#([A-Za-z0-9_-]+)", answer.text)
        assert found, "the page tells the link"
        return found[1]

    async def revoke(self, device: str, mode: str = "lock") -> None:
        answer = await self.post(f"/administration/phones/{device}/revoke", mode=mode, understood="yes", reason="lost")
        assert answer.status_code == 303, answer.status_code
