"""What readers do, as it is written: an entry of the audit chain, and how far it brought them, in the same commit.

Steps of many readers go with one commit (see docs/decisions/committing.md), each answered after it.
"""

import datetime as dt
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from server.models import audit
from server.models.at_once import Rows, write
from server.models.audit import Fact
from server.models.database import append_lock, connection, is_postgres, transaction, with_next_commit, write_soon
from server.models.prepared import rows_of
from server.models.reading.tables import ReadingProgress, ReadingSession
from server.models.reads import kinds_in, listed, lists_of
from server.rules.reading import pages_in, pages_text, seconds_between
from server.viewer import Viewer

SESSION = ("seen", "pages", "seconds", "last_seen_at", "closed_at", "id")
PROGRESS = (
    *("version_id", "pages", "pages_seen", "last_page", "opens", "seconds", "first_opened_at", "last_opened_at"),
    *("finished_at", "refused", "refused_at", "id"),
)
"""The columns that a step may change, and the key."""
OF = ("document_id", "person_id", *PROGRESS)


@dataclass(frozen=True)
class Step:
    """One thing that happened. person: None for who is nobody in the register, of whom only the ledger tells.

    version: what was opened or shown, with its number of pages. page: 0 where none was shown.
    """

    at: dt.datetime
    document: UUID
    person: UUID | None
    session: UUID | None = None
    version: tuple[UUID, int] | None = None
    fact: Fact | None = None
    page: int = 0
    opens: bool = False
    closes: bool = False
    refused: bool = False


def said(viewer: Viewer, what: str, document: UUID, **payload: Any) -> Fact:
    """The entry "reading.what" of a document."""
    return audit.fact(_named(viewer), f"reading.{what}", f"doc_{document}", payload | _from(viewer))


async def say_so(viewer: Viewer, what: str, document: UUID, **payload: Any) -> None:
    """Records the same in the transaction of a verb."""
    await audit.record(_named(viewer), f"reading.{what}", f"doc_{document}", payload | _from(viewer))


def _named(viewer: Viewer) -> Viewer:
    """Who has no account stands in the ledger as a visitor."""
    return viewer if viewer.signed_in else replace(viewer, name="visitor")


def _from(viewer: Viewer) -> dict[str, str]:
    """By a hash of where they come from visitors are told apart, for a month."""
    return {} if viewer.signed_in else {"from": viewer.place}


async def note(step: Step) -> None:
    """Writes it with the next shared commit, and returns after that."""
    await with_next_commit(take, step)


def note_soon(step: Step) -> None:
    """The same for a sign of life, which nobody waits for."""
    write_soon(take, step)


@asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """A transaction of one's own that has its turn at the end of the chain first, as the shared commits do."""
    async with transaction():
        await append_lock()
        yield


async def take(steps: list[Step]) -> None:
    """Writes these, in a transaction that has its turn at the end of the chain: so nobody else writes these rows.

    One statement reads what is there, and one writes, however many steps they are.
    """
    going_on = [step for step in steps if step.session and not step.opens]
    known = [step for step in steps if step.person]
    facts = [step.fact for step in steps if step.fact]
    kept = await _kept(going_on, known)
    read = _sessions(going_on, kept.sessions)
    new = _progress(known, kept.progress, read)
    await write(
        Rows(ReadingSession, SESSION, [vars(row) for row in kept.sessions.values()]),
        Rows(ReadingProgress, PROGRESS, [vars(row) for row in kept.progress.values()]),
        Rows(ReadingProgress, OF, [vars(row) for row in new.values()], new=True),
        audit.entries(facts, *kept.end),
    )


@dataclass(frozen=True)
class Kept:
    """What is there already. sessions: by key. progress: by document and person. end: of the audit chain."""

    sessions: dict[UUID, ReadingSession]
    progress: dict[tuple[UUID, UUID], ReadingProgress]
    end: tuple[int, str]


async def _kept(going_on: Sequence[Step], known: Sequence[Step]) -> Kept:
    keys = sorted({str(step.session) for step in going_on})
    whose = sorted({(str(step.document), str(step.person)) for step in known})
    values: list[Any] = [json.dumps(keys), json.dumps(whose)]
    if is_postgres():
        values = [keys, [document for document, _ in whose], [person for _, person in whose]]
    (row,) = await connection().execute_query_dict(_looking(is_postgres()), values)
    sessions = rows_of(ReadingSession, lists_of(row["sessions"], _kinds(ReadingSession, SESSION)), SESSION)
    progress = rows_of(ReadingProgress, lists_of(row["progress"], _kinds(ReadingProgress, OF)), OF)
    end = json.loads(row["newest"])
    return Kept(
        {one.id: one for one in sessions},
        {(one.document_id, one.person_id): one for one in progress},
        tuple(end[0]) if end else audit.BEFORE,
    )


@cache
def _looking(postgres: bool) -> str:
    """The statement for `_kept`, the same for any number of steps."""
    keys = "SELECT value FROM json_each(?)"
    whose = "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)"
    if postgres:
        keys, whose = "SELECT unnest($1::uuid[])", "SELECT * FROM unnest($2::uuid[], $3::uuid[])"
    parts = {
        "sessions": listed(SESSION, f"reading_session WHERE id IN ({keys})"),
        "progress": listed(OF, f"reading_progress WHERE (document_id, person_id) IN ({whose})"),
        "newest": listed(("serial", "hash"), f"({audit.NEWEST}) e"),
    }
    return f"SELECT {', '.join(f'({part}) AS {name}' for name, part in parts.items())}"


_kinds = cache(kinds_in)


def _sessions(steps: Sequence[Step], rows: Mapping[UUID, ReadingSession]) -> dict[int, int]:
    """How many seconds were read until each step, by its identity."""
    read: dict[int, int] = {}
    of_sessions = ((step, rows[step.session]) for step in steps if step.session and step.session in rows)
    for step, row in ((step, row) for step, row in of_sessions if not row.closed_at):
        seen = pages_in(row.seen) | ({step.page} if step.page else set())
        row.seen, row.pages = pages_text(seen), len(seen)
        read[id(step)] = seconds_between(row.last_seen_at, step.at)
        row.seconds += read[id(step)]
        row.last_seen_at = max(row.last_seen_at, step.at)
        row.closed_at = step.at if step.closes else None
    return read


def _progress(
    steps: Sequence[Step], rows: Mapping[tuple[UUID, UUID], ReadingProgress], read: Mapping[int, int]
) -> dict[tuple[UUID, UUID], ReadingProgress]:
    """The rows that are new."""
    new: dict[tuple[UUID, UUID], ReadingProgress] = {}
    for step, person in ((step, step.person) for step in steps if step.person):
        whose = step.document, person
        row = rows.get(whose) or new.get(whose)
        if row is None:
            row = new[whose] = ReadingProgress(id=uuid4(), document_id=step.document, person_id=person)
        row.seconds += read.get(id(step), 0)
        _advance(row, step)
    return new


def _advance(row: ReadingProgress, step: Step) -> None:
    if step.refused:
        row.refused, row.refused_at = row.refused + 1, step.at
    if step.version is None:
        return
    version, most = step.version
    if row.version_id != version:  # of another one nothing was read yet
        row.version_id, row.pages, row.pages_seen, row.last_page, row.finished_at = version, "", 0, 0, None
    if step.opens:
        row.opens += 1
        row.first_opened_at, row.last_opened_at = row.first_opened_at or step.at, step.at
    if step.page:
        seen = pages_in(row.pages) | {step.page}
        row.pages, row.pages_seen, row.last_page = pages_text(seen), len(seen), step.page
        row.finished_at = row.finished_at or (step.at if len(seen) >= most else None)
