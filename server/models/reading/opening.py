"""Opening a document, and what may be done with it from then on: decided again each time (RD-1, RD-3)."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import IO, Any, NoReturn, TypeVar
from uuid import UUID, uuid4

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.errors import Conflict, Invalid, Problem, Refused
from server.models.accounts.tables import Session
from server.models.documents.queries import decided, deciding_one, deciding_reads
from server.models.documents.tables import AccessGrant, Document, DocumentVersion, GrantUse
from server.models.history import not_there
from server.models.members.queries import active_seats
from server.models.members.tables import Person
from server.models.prepared import FOUND, Prepared, Reads, rows_of, whole
from server.models.reading.ledger import Step, note, note_soon, said, say_so, take, turn
from server.models.reading.queries import own_sessions
from server.models.reading.tables import ReadingSession
from server.models.reads import Columns
from server.rules.documents import Act, Paper, Reader, Verdict, decide
from server.rules.reading import reading_number
from server.viewer import Viewer
from server.words import say

T = TypeVar("T")
Look = Mapping[str, Any]
VERSION = ("id", "n", "pages", "current", "pages_sha256")
PAPER = ("id", "level", "read_mode", "state", "available_from", "expires_at", "agreement_id", "watermark")
"""The columns that are looked at of what is open."""
OPEN_AGAIN = say("Open the document again.")


@dataclass(frozen=True)
class Asked:
    """What is decided of a document. seen: one may know of it. text: the words of its pages may be had."""

    row: Document
    act: Act
    verdict: Verdict
    seen: bool
    text: bool


@dataclass(frozen=True)
class Leaf:
    """A page that may be shown now. stamp: what is drawn over it, in lines; empty for nothing."""

    session: ReadingSession
    version: DocumentVersion
    n: int
    stamp: tuple[str, ...] = ()


class _UsedUp(Exception):
    """Another browser of the same reader was faster."""


async def reading_open(viewer: Viewer, *, document: UUID) -> ReadingSession:
    """Open what is read of it now. Where openings are counted, this is one of them.

    Raises Refused with the reason, or NotThere where one may not know of it: both are counted, and stand in the
    ledger. Invalid where there is no file of it.
    """
    found = await _allowed(viewer, document, Act.READ)
    version = await _read_now(found.row)
    row = ReadingSession(
        id=uuid4(),
        number=reading_number(),
        document_id=document,
        version_id=version.id,
        account_id=viewer.account,
        person_id=viewer.person,
        grant_id=found.verdict.grant,
        opened_at=viewer.now,
        last_seen_at=viewer.now,
        address_hash=viewer.place,
        device=await _device(viewer),
    )
    try:
        async with turn():
            await _count(viewer, found)
            await row.save(force_create=True)
            await _opened(viewer, found, version)
            facts = {"number": row.number, "version": version.n, "grant": found.verdict.grant}
            await say_so(viewer, "open", document, **facts)
    except _UsedUp:
        return await reading_open(viewer, document=document)
    return row


async def file_give(
    viewer: Viewer, *, document: UUID, fetch: Callable[[DocumentVersion], Awaitable[IO[bytes]]]
) -> tuple[DocumentVersion, IO[bytes]]:
    """The file itself, to be kept. To read and to download are two things in the ledger; both are openings.

    Raises as `reading_open` does.
    """
    found = await _allowed(viewer, document, Act.DOWNLOAD)
    try:
        return await _given(viewer, found, await _read_now(found.row), fetch)
    except _UsedUp:
        return await file_give(viewer, document=document, fetch=fetch)


async def _given(
    viewer: Viewer, found: Asked, version: DocumentVersion, fetch: Callable[[DocumentVersion], Awaitable[IO[bytes]]]
) -> tuple[DocumentVersion, IO[bytes]]:
    """The file, which is closed again where it is not given after all."""
    with ExitStack() as kept:
        file = kept.enter_context(closing(await fetch(version)))
        async with turn():
            await _count(viewer, found)
            await _opened(viewer, found, version)
            await say_so(viewer, "download", found.row.id, version=version.n)
        kept.pop_all()
    return version, file


async def page_give(
    viewer: Viewer, look: Look, *, n: int, make: Callable[[Leaf], Awaitable[T]], what: str = "page"
) -> T:
    """What `make` makes of page n, from 1; what: page or text. It is answered when the ledger says so.

    look: what `LOOK` has just said of the opening, to that viewer. Raises NotThere for what is not there, or another's;
    Refused where it may not be read any more; Conflict where this opening is over.
    """
    row = _own(look)
    found = await _going_on(viewer, row, look)
    if not 1 <= n <= row.version.pages:
        raise not_there("n")
    if what == "text" and not found.text:
        words = say("Your permission is for the pages as pictures, without their words.")
        await _refuse(viewer, replace(found, verdict=Verdict(False, "NO_TEXT", words, "RD-3")))
    stamp = await _stamp(viewer, row) if found.row.watermark else ()
    made = await make(Leaf(row, row.version, n, stamp))
    fact = said(viewer, what, row.document_id, number=row.number, version=row.version.n, page=n)
    await note(replace(_step(viewer, row), fact=fact, page=n))
    return made


async def reading_beat(viewer: Viewer, *, session: UUID) -> ReadingSession:
    """It is still open. Raises Refused where it may not be any more, and closes it: nobody tried anything."""
    look = await LOOK.read(viewer, session)
    row = _own(look)
    try:
        await _going_on(viewer, row, look, tries=False)
    except Refused as refusal:
        await _closed(viewer, row, refusal.problems[0].code)
        raise
    note_soon(_step(viewer, row))
    return row


async def reading_close(viewer: Viewer, *, session: UUID) -> ReadingSession:
    """The reader is done with it; twice does no harm."""
    row = await own(viewer, session)
    if row.closed_at is None:
        await _closed(viewer, row, "READER")
    return await own(viewer, session)


async def refused_try(viewer: Viewer, *, document: UUID) -> None:
    """Someone wanted to open what they may not read: it is counted, and stands in the ledger. Nothing where they may.

    Raises as `reading_open` does.
    """
    await _allowed(viewer, document, Act.READ)


async def own(viewer: Viewer, session: UUID) -> ReadingSession:
    """The opening, with its version and document, of whoever asks. Raises NotThere."""
    return _own(await LOOK.read(viewer, session))


def _own(look: Look) -> ReadingSession:
    if not look["row"]:
        raise not_there()
    (row,) = rows_of(ReadingSession, look["row"])
    (row.version,) = rows_of(DocumentVersion, look["version"], VERSION)
    (row.document,) = rows_of(Document, look["document"], PAPER)
    return row


def _mine(viewer: Viewer, session: UUID) -> QuerySet[ReadingSession]:
    return ReadingSession.filter(own_sessions(viewer), id=session)


def _look_reads(viewer: Viewer, session: UUID) -> Reads:
    mine = _mine(viewer, session)
    return {
        "row": whole(mine),
        "version": Columns(DocumentVersion.filter(id__in=Subquery(mine.values("version_id"))), VERSION),
        "document": Columns(Document.filter(id=FOUND), PAPER),
        **deciding_reads(viewer, FOUND),
    }


LOOK = Prepared.of(_look_reads, first=lambda viewer, session: _mine(viewer, session).values("document_id"))
"""An opening of one's own, and all that decides whether it may go on: one statement."""


async def still(viewer: Viewer, session: UUID) -> ReadingSession:
    """The same, which may be read at this moment. Raises as `page_give` does."""
    look = await LOOK.read(viewer, session)
    row = _own(look)
    await _going_on(viewer, row, look)
    return row


def _asked(viewer: Viewer, row: Document, act: Act, case: tuple[Reader, Paper], opened: UUID | None = None) -> Asked:
    """opened: the grant by which it is open: that it is used up is no reason to close it."""
    reader, paper = case
    if opened:
        grants = [replace(one, used_up=False) if one.id == opened else one for one in paper.grants]
        paper = replace(paper, grants=tuple(grants))
    verdict = decide(reader, paper, act, viewer.clock)
    text = verdict.grant is None or any(one.text for one in paper.grants if one.id == verdict.grant)
    return Asked(row, act, verdict, bool(decide(reader, paper, Act.SEE, viewer.clock)), text)


async def _allowed(viewer: Viewer, document: UUID, act: Act) -> Asked:
    row = await Document.get_or_none(id=document)
    if row is None:
        raise not_there("document")
    found = _asked(viewer, row, act, await deciding_one(viewer, row))
    if not found.verdict:
        await _refuse(viewer, found)
    return found


async def _refuse(viewer: Viewer, found: Asked) -> NoReturn:
    code, rule, key = found.verdict.code, found.verdict.rule, found.row.id
    fact = said(viewer, "refused", key, act=found.act, code=code, rule=rule)
    await note(Step(viewer.now, key, viewer.person, fact=fact, refused=True))
    raise _no(found)


def _no(found: Asked) -> Exception:
    """What one may not know of is not there."""
    verdict = found.verdict
    return Refused(Problem(verdict.code, verdict.reason, rule=verdict.rule)) if found.seen else not_there("document")


async def _going_on(viewer: Viewer, row: ReadingSession, look: Look, *, tries: bool = True) -> Asked:
    """What is decided of it now. tries: that it is refused counts as a try of the reader."""
    found = _asked(viewer, row.document, Act.READ, decided(viewer, row.document, look), row.grant_id)
    if not found.verdict and (tries or not found.seen):
        await _refuse(viewer, found)
    if not found.verdict:
        raise _no(found)
    if row.closed_at:
        raise Conflict(Problem("CLOSED", say("This reading is closed. {again}", again=OPEN_AGAIN)))
    if not row.version.current:
        raise Conflict(Problem("REPLACED", say("There is a newer version. {again}", again=OPEN_AGAIN)))
    grant = found.verdict.grant
    if grant != row.grant_id and grant and await AccessGrant.exists(id=grant, max_opens__isnull=False):
        message = say("The permission by which you opened it is over; by another one openings are counted. {again}")
        raise Conflict(Problem("OTHER_GRANT", replace(message, facts={"again": OPEN_AGAIN})))
    return found


async def _read_now(row: Document) -> DocumentVersion:
    version = await DocumentVersion.get_or_none(document_id=row.id, current=True)
    if version is None:
        raise Invalid(Problem("NO_FILE", say("There is no file of this document here."), "document"))
    return version


async def _count(viewer: Viewer, found: Asked) -> None:
    """One opening less, where they are counted. Raises _UsedUp."""
    grant = await AccessGrant.get_or_none(id=found.verdict.grant) if found.verdict.grant else None
    if grant is None or grant.max_opens is None or viewer.person is None:
        return
    use, _ = await GrantUse.get_or_create({"left": grant.max_opens}, grant_id=grant.id, person_id=viewer.person)
    if use.left < 1:
        raise _UsedUp
    await GrantUse.filter(id=use.id).update(left=use.left - 1)


async def _opened(viewer: Viewer, found: Asked, version: DocumentVersion) -> None:
    await take([Step(viewer.now, found.row.id, viewer.person, version=(version.id, version.pages), opens=True)])


async def _closed(viewer: Viewer, row: ReadingSession, why: str) -> None:
    fact = said(viewer, "close", row.document_id, number=row.number, why=why)
    await note(replace(_step(viewer, row), fact=fact, closes=True))


def _step(viewer: Viewer, row: ReadingSession) -> Step:
    version = (row.version_id, row.version.pages)
    return Step(viewer.now, row.document_id, row.person_id, session=row.id, version=version)


async def _device(viewer: Viewer) -> str:
    session = await Session.get_or_none(id=viewer.session) if viewer.session else None
    return session.device if session else ""


async def _stamp(viewer: Viewer, row: ReadingSession) -> tuple[str, ...]:
    """Name and member number, the time where the assembly sits, the reading number."""
    person = await Person.get_or_none(id=row.person_id) if row.person_id else None
    seat = await active_seats(viewer.today).filter(person_id=row.person_id).first() if person else None
    name = (person.name_zh or person.name_en) if person else viewer.name or say("Visitor").into(viewer.locale)
    number = "-".join(row.number[start : start + 4] for start in range(0, len(row.number), 4))
    who = f"{name} {seat.no}" if seat and seat.no else name
    return who, f"{viewer.now.astimezone(viewer.zone):%Y-%m-%d %H:%M}", number
