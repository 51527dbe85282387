"""What an administrator types of a member: name, credential line, role, sign-in name."""

from __future__ import annotations

from typing import Final, get_args

from server.auth.forms import Form, Problem
from server.auth.frame import text
from server.auth.sign_in import fold_sign_in
from server.responses import AnyRequest
from server.storage import accounts
from server.storage.accounts import Described
from server.storage.port import Transaction
from sync.records.kind import Role

ROLES: Final[tuple[Role, ...]] = get_args(Role)
NAME_LIMIT: Final = 120


class Taken(Exception):  # noqa: N818 - an answer
    """Somebody else signs in by this name; nothing was kept."""


def read_person(request: AnyRequest, form: Form) -> Described | list[Problem]:
    """The member as typed, or what has to be put right."""
    name, sign_in = form.line("name", NAME_LIMIT + 1), fold_sign_in(form["sign_in"])
    problems = name_problems(request, name)
    if not sign_in or any(letter.isspace() for letter in sign_in):
        problems.append(Problem("sign_in", text(request, "administration.people.sign_in_wrong")))
    role = next((role for role in ROLES if role == form["role"]), None)
    if role is None:
        problems.append(Problem("role", text(request, "administration.people.role_missing")))
    if problems or role is None:
        return problems
    return Described(name, form.line("title", NAME_LIMIT), role, sign_in)


def role_options(request: AnyRequest) -> list[dict[str, str]]:
    return [{"value": role, "text": text(request, f"account.role.{role}")} for role in ROLES]


def name_problems(request: AnyRequest, name: str) -> list[Problem]:
    """What is wrong with a name, or nothing."""
    if not name:
        return [Problem("name", text(request, "administration.name_missing"))]
    if len(name) > NAME_LIMIT:
        return [Problem("name", text(request, "administration.name_long", n=NAME_LIMIT))]
    return []


def taken(request: AnyRequest) -> list[Problem]:
    """For a sign-in name that somebody has."""
    return [Problem("sign_in", text(request, "administration.people.sign_in_taken"))]


async def make_sure_it_is_free(tx: Transaction, sign_in: str, person: str) -> None:
    """Raises Taken when another account has this sign-in name, in whichever organisation."""
    found = await accounts.by_sign_in(tx, sign_in)
    if found is not None and found.person != person:
        raise Taken
