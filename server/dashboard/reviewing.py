"""What a supervisor says of one note: return it, co-sign it, close its safety flag. Decided like every other change.

Each act names the record's position and content hash that the page showed. Where somebody has said something
meanwhile the agreement refuses a co-signature, and the page is shown again with what was typed.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from server.auth.access import Access
from server.auth.audit import Action
from server.auth.deciding import NotTaken, decide_and_note
from server.auth.forms import Form, posted
from server.auth.sessions import Member
from server.dashboard import note as note_page
from server.dashboard.queue import queue
from server.dashboard.review_view import Said
from server.dashboard.scene import look
from server.responses import AnyRequest
from server.storage.port import OfficeChange
from sync.merge import read
from sync.state import Record

COMMENT_LIMIT: Final = 4_000
PASSAGE_LIMIT: Final = 2_000
REASON_LIMIT: Final = 200
ACTIONS: Final[dict[str, Action]] = {"return": "note_returned", "cosign": "note_cosigned", "close_flag": "flag_closed"}


@post("/notes/{doc:str}/return", status_code=200)
async def send_back(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """`comment`; `field`, where it is about one answer; `passage`, words of the note."""
    form = await posted(request)
    note = await _note(access, member, doc)
    said = Said(comment=_text(form["comment"]), passage=_text(form["passage"]), field=form["field"][:60])
    problem, place = _return_problem(said), ""
    if not problem and said.passage:
        place = _place_of(note, said)
        problem = ("passage", "passage") if not place else problem
    if problem:
        return await note_page.shown_again(request, access, member, doc, said, problem)
    fields = {"comment": said.comment}
    if said.passage:
        fields |= {"passage": said.passage, "field": place}
    elif said.field:
        fields["field"] = said.field
    change = OfficeChange("return", "note", doc, note.bucket, fields, base=_seen(form, note))
    return await _decided(request, access, member, form, change, said)


@post("/notes/{doc:str}/cosign", status_code=200)
async def cosign(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """`seen` and `hash`, as the page was shown."""
    form = await posted(request)
    note = await _note(access, member, doc)
    seen, shown_hash = _seen(form, note), form["hash"]
    if len(shown_hash) != 64 or not set(shown_hash) <= set("0123456789abcdef"):
        return await note_page.shown_again(request, access, member, doc, Said(), ("", "moved"))
    change = OfficeChange("cosign", "note", doc, note.bucket, base=seen, content_hash=shown_hash)
    return await _decided(request, access, member, form, change, Said())


@post("/notes/{doc:str}/close-flag", status_code=200)
async def close_flag(
    request: AnyRequest, access: NamedDependency[Access], member: NamedDependency[Member], doc: FromPath[str]
) -> Response[Any]:
    """With a `reason`, which reaches the specialist too."""
    form = await posted(request)
    note = await _note(access, member, doc)
    said = Said(reason=_text(form["reason"]))
    problem = "empty_reason" if not said.reason else "long_reason" if len(said.reason) > REASON_LIMIT else ""
    if problem:
        return await note_page.shown_again(request, access, member, doc, said, ("reason", problem))
    change = OfficeChange("close_flag", "note", doc, note.bucket, reason=said.reason)
    return await _decided(request, access, member, form, change, said)


async def _decided(  # noqa: PLR0917 - who says what of which note
    request: AnyRequest, access: Access, member: Member, form: Form, change: OfficeChange, said: Said
) -> Response[Any]:
    """Decide and note it in one commit; then the next note of the queue, or this one again."""
    following = await _following(request, access, member, change.doc) if form["next"] else ""
    try:
        await decide_and_note(access, member, [change], ACTIONS[change.kind], change.doc)
    except NotTaken as refusal:
        problem = ("", _why(refusal.code, refusal.field))
        return await note_page.shown_again(request, access, member, change.doc, said, problem)
    if form["next"]:
        return Redirect(f"/dashboard/notes/{following}" if following else "/dashboard/review", status_code=303)
    return Redirect(f"/dashboard/notes/{change.doc}", status_code=303)


async def _following(request: AnyRequest, access: Access, member: Member, doc: str) -> str:
    """The note that comes after this one in the queue, as the page that was touched showed it; "" after the last."""
    async with access.storage.read() as rows:
        docs = [entry.note.doc for entry in await queue(rows, await look(request, access, member, rows))]
    if doc in docs:
        at = docs.index(doc)
        return (docs[at + 1 :] + docs[:at] + [""])[0]
    return docs[0] if docs else ""


async def _note(access: Access, member: Member, doc: str) -> Record:
    async with access.storage.read() as rows:
        return await note_page.note_of(rows, member, doc)


def _why(code: str, field: str) -> str:
    if (code, field) == ("ROLE_FORBIDS", "author"):
        return "own_note"
    if (code, field) == ("INVALID_STATE", "supersedes"):
        return "revised"
    return {"ROLE_FORBIDS": "supervisor_only", "INVALID_STATE": "moved", "SIGN_CONTENT_MISMATCH": "moved"}.get(
        code, "not_taken"
    )


def _return_problem(said: Said) -> tuple[str, str] | None:
    if not said.comment:
        return "comment", "comment"
    if len(said.comment) > COMMENT_LIMIT:
        return "comment", "comment_long"
    return ("passage", "passage_long") if len(said.passage) > PASSAGE_LIMIT else None


def _place_of(note: Record, said: Said) -> str:
    """Where a passage stands, letter for letter: in the answer that was chosen, else in the first that has it."""
    paths = [said.field] if said.field else [f"answers.{key}" for key in note.fields.get("answers", {})]
    return next((p for p in paths if isinstance(text := read(note.fields, p), str) and said.passage in text), "")


def _seen(form: Form, note: Record) -> int:
    """The position that the page showed; never a later one than the record has."""
    return min(int(form["seen"]), note.seq) if form["seen"].isdecimal() and len(form["seen"]) < 17 else 0


def _text(value: str) -> str:
    """As browsers send a text area: lines end with CR LF there, and with LF in a note."""
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


handlers = [send_back, cosign, close_flag]
