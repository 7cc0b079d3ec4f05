"""What readers do, as it is written: an entry of the audit chain, and how far it brought them, in the same commit.

Steps of many readers go with one commit (see docs/decisions/committing.md), each answered after it.
"""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from tortoise.models import Model

from server.models import audit
from server.models.audit import Fact
from server.models.database import append_lock, connection, is_postgres, transaction, with_next_commit, write_soon
from server.models.reading.tables import ReadingProgress, ReadingSession
from server.rules.reading import pages_in, pages_text, seconds_between
from server.viewer import Viewer

SESSION = ["seen", "pages", "seconds", "last_seen_at", "closed_at"]
PROGRESS = [
    *("version_id", "pages", "pages_seen", "last_page", "opens", "seconds", "first_opened_at", "last_opened_at"),
    *("finished_at", "refused", "refused_at"),
]
"""The columns that a step may change."""


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
    """Writes these, in a transaction that has its turn at the end of the chain: so nobody else writes these rows."""
    read = await _sessions([step for step in steps if step.session and not step.opens])
    await _progress([step for step in steps if step.person], read)
    if facts := [step.fact for step in steps if step.fact]:
        await audit.chain(facts)


async def _sessions(steps: Sequence[Step]) -> dict[int, int]:
    """How many seconds were read until each step, by its identity."""
    read: dict[int, int] = {}
    if not steps:
        return read
    rows = {row.id: row for row in await ReadingSession.filter(id__in={step.session for step in steps})}
    for step in steps:
        row = rows[step.session] if step.session else None
        if row is None or row.closed_at:
            continue
        seen = pages_in(row.seen) | ({step.page} if step.page else set())
        row.seen, row.pages = pages_text(seen), len(seen)
        read[id(step)] = seconds_between(row.last_seen_at, step.at)
        row.seconds += read[id(step)]
        row.last_seen_at = max(row.last_seen_at, step.at)
        row.closed_at = step.at if step.closes else None
    if rows:
        await _save(list(rows.values()), SESSION)
    return read


async def _progress(steps: Sequence[Step], read: Mapping[int, int]) -> None:
    if not steps:
        return
    whose: Any = {name: {getattr(step, name) for step in steps} for name in ("document", "person")}
    found = await ReadingProgress.filter(document_id__in=whose["document"], person_id__in=whose["person"])
    rows = {(row.document_id, row.person_id): row for row in found}
    new: list[ReadingProgress] = []
    for step in steps:
        if step.person is None:
            continue
        row = rows.get((step.document, step.person))
        if row is None:
            row = ReadingProgress(id=uuid4(), document_id=step.document, person_id=step.person)
            rows[step.document, step.person] = row
            new.append(row)
        row.seconds += read.get(id(step), 0)
        _advance(row, step)
    if found:
        await _save(found, PROGRESS)
    await ReadingProgress.bulk_create(new)


async def _save(rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Writes these columns by a statement that is always the same: Tortoise would write another one for each batch,
    which takes longer than the rest of it."""
    meta, names = rows[0]._meta, (*columns, "id")
    places = [f"${n}" if is_postgres() else "?" for n in range(1, len(names) + 1)]
    changes = ", ".join(f'"{name}" = {place}' for name, place in zip(columns, places, strict=False))
    values = [[meta.fields_map[name].to_db_value(getattr(row, name), row) for name in names] for row in rows]
    await connection().execute_many(f'UPDATE "{meta.db_table}" SET {changes} WHERE "id" = {places[-1]}', values)  # noqa: S608  # names of ours


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
