"""A small office for the tests of access: two organisations, a member of each role in both, a clock to set.

Everything is the real thing (database file, Argon2id with small parameters, HTTP through the app); only the clock
and the cost of a passphrase are ours.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from litestar import Litestar

from server.app import create_app
from server.auth import one_time, totp
from server.auth.access import Access
from server.auth.keys import new_seal_key
from server.auth.passwords import Passwords
from server.settings import from_environment
from server.storage import accounts, devices, organisations
from server.storage.accounts import NewAccount
from server.storage.devices import NewPhone
from server.storage.ids import new_id
from server.storage.port import OfficeChange, Storage, Transaction

PASSPHRASE = "grey heron under the bridge"
START = 1_790_000_000_000
MINUTE = 60_000
HOUR = 60 * MINUTE
ROLES = ("specialist", "supervisor", "administrator")
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Clock:
    now: int = START

    def __call__(self) -> int:
        return self.now

    def pass_by(self, ms: int) -> None:
        self.now += ms


@dataclass
class Organisation:
    """`people`: role to person id; sign-in names are `<role>.<name>`. The other ids are of one record each."""

    name: str
    org: int
    people: dict[str, str]
    site: str
    participant: str
    assignment: str
    phone: str

    def sign_in(self, role: str) -> str:
        return f"{role}.{self.name}"


@dataclass
class Office:
    app: Litestar
    client: httpx.AsyncClient
    clock: Clock
    organisations: list[Organisation] = field(default_factory=list)

    @property
    def access(self) -> Access:
        return self.app.state.access

    @property
    def storage(self) -> Storage:
        return self.app.state.storage

    @property
    def here(self) -> Organisation:
        return self.organisations[0]

    @property
    def elsewhere(self) -> Organisation:
        return self.organisations[1]

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, follow_redirects=False, **more)

    async def post(self, path: str, fields: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        headers = OWN_PAGE | more.pop("headers", {})
        return await self.client.post(path, data=fields or {}, headers=headers, follow_redirects=False, **more)

    async def sign_in(self, role: str, organisation: Organisation | None = None) -> httpx.Response:
        """A complete sign-in with the passphrase (organisations of these tests are demo ones unless said)."""
        name = (organisation or self.here).sign_in(role)
        return await self.post("/sign-in", {"sign_in": name, "passphrase": PASSPHRASE})

    def forget_cookies(self) -> None:
        self.client.cookies.clear()

    async def rows(self, query: str, **params: Any) -> list[dict[str, Any]]:
        async with self.storage.read() as rows:
            return [dict(row) for row in await rows.all(query, **params)]

    async def issue(self, person: str, purpose: one_time.Purpose = "phone") -> one_time.Issued:
        async def make(tx: Transaction) -> one_time.Issued:
            return await one_time.issue(tx, self.access, person, purpose, "somebody")

        return await self.storage.write(make)

    async def actions(self) -> list[str]:
        return [entry["action"] for entry in await self.log()]

    async def log(self) -> list[dict[str, Any]]:
        """The access log but for pushes, oldest first; read past the port because no screen may do so."""
        async with self.storage.read() as rows:
            found = await rows._connection.execute_fetchall("SELECT * FROM access_log WHERE action <> 'push' ORDER BY id")
        return [dict(row) for row in found]


@asynccontextmanager
async def running(app: Litestar) -> AsyncIterator[None]:
    """The app's lifespan in a task of its own: fixtures are set up and torn down in different ones."""
    ready, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await over.wait()

    task = asyncio.create_task(live())
    await asyncio.wait({task, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield
    finally:
        over.set()
        await task


@asynccontextmanager
async def office(
    folder: Path, *, is_demo: bool = True, made_before: list[Organisation] | None = None, **environ: str
) -> AsyncIterator[Office]:
    """`made_before`: the folder holds an office already, with these organisations."""
    settings = from_environment({"DATABASE": str(folder / "office.sqlite3"), "PORT": "8130", **environ})
    clock = Clock()
    app = create_app(settings, now=clock)
    transport = httpx.ASGITransport(app=app)
    async with running(app), httpx.AsyncClient(transport=transport, base_url=settings.public_url) as client:
        made = Office(app, client, clock)
        passwords, made.access.passwords = made.access.passwords, Passwords(memory_kib=64, passes=1)
        passwords.close()
        made.organisations += made_before or []
        for name in () if made_before else ("north", "south"):
            made.organisations.append(await _organisation(made, name, is_demo=is_demo))
        yield made
        made.access.passwords.close()


async def _organisation(made: Office, name: str, *, is_demo: bool) -> Organisation:
    seal = new_seal_key(made.access.settings.keys)
    hashed = await made.access.passwords.hash(PASSPHRASE)
    now = made.clock()
    people = {role: new_id(now) for role in ROLES}
    phone = new_id(now)

    async def begin(tx: Transaction) -> int:
        org = await organisations.add_organisation(
            tx, name, now, is_demo=is_demo, seal_kid=seal.kid, seal_key=seal.point
        )
        for role in ROLES:
            account = NewAccount(people[role], org, f"{role}.{name}", f"{role} {name}", role, now, passphrase=hashed)
            await accounts.add_account(tx, account)
        await devices.add_phone(tx, NewPhone(phone, org, people["specialist"], b"\x04" + bytes(64), "0" * 64, now))
        return org

    org = await made.storage.write(begin)
    site, participant, assignment = (new_id(now) for _ in range(3))
    changes = [
        OfficeChange("create", "organisation", new_id(now), "org", {"name": name, "zone": "America/Chicago"}),
        *(
            OfficeChange("create", "member", people[role], "org", {"name": f"{role} {name}", "role": role})
            for role in ROLES
        ),
        OfficeChange(
            "create", "site", site, "org", {"name": f"Site {name}", "zone": "America/Chicago", "setting": "community"}
        ),
        OfficeChange("create", "participant", participant, f"p:{participant}", {"name": f"Person {name}", "code": "P1"}),
        OfficeChange(
            "create", "assignment", assignment, f"me:{people['specialist']}",
            {"specialist": people["specialist"], "participant": participant},
        ),
    ]  # fmt: skip
    decided = await made.storage.submit_office(org, people["administrator"], "administrator", changes, now)
    assert {receipt.outcome for receipt in decided.receipts} == {"applied"}, decided.receipts
    return Organisation(name, org, people, site, participant, assignment, phone)


def code_now(secret: bytes, now: int) -> str:
    return totp.code_at(secret, now // totp.STEP_MS)


def enrolment(code: str, **changed: str) -> dict[str, str]:
    """What a phone sends to enrol, with a new key."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    deposit = sha256(b"deposit").hexdigest()
    return {"code": code, "passphrase": PASSPHRASE, "public_key": key, "deposit_hash": deposit} | changed
