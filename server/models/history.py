"""Writing dated facts: who recorded them, ending them, and voiding what was wrong beside what is right."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from tortoise.models import Model

from server.errors import Invalid, NotThere, Problem
from server.models.fields import Dated
from server.rules.spans import Span
from server.viewer import Viewer
from server.words import say

T = TypeVar("T", bound=Model)
D = TypeVar("D", bound=Dated)
REASON = 500
"""The longest reason, in characters."""


async def locked(model: type[T], id: UUID, field: str | None = None) -> T:
    """The row, kept for this transaction alone until it ends. Raises NotThere."""
    row = await model.filter(id=id).select_for_update(no_key=True).first()
    if row is None:
        raise not_there(field)
    return row


async def there(model: type[T], id: UUID, field: str | None = None) -> T:
    """The row. Raises NotThere."""
    row = await model.filter(id=id).first()
    if row is None:
        raise not_there(field)
    return row


def not_there(field: str | None = None) -> NotThere:
    """The same words for what does not exist and what is not for this viewer."""
    return NotThere(Problem("NOT_THERE", say("There is nothing here, or not for you."), field))


def recorded(viewer: Viewer) -> dict[str, Any]:
    """Who recorded a dated fact, and when."""
    return {"recorded_at": viewer.now, "recorded_by_id": viewer.account}


def span(row: Dated) -> Span:
    """The days of a dated row."""
    return Span(row.starts_on, row.ends_on)


async def end(viewer: Viewer, row: Dated, on: dt.date) -> None:
    """End the row on that day. One that had not begun by then is voided: it never held."""
    if row.starts_on is not None and row.starts_on >= on:
        await void(viewer, row, "It was ended before it began.")
    else:
        await type(row).filter(id=row.id).update(ends_on=on)


async def void(viewer: Viewer, row: Dated, reason: str) -> None:
    """Say that the row was wrong. It stays, for whoever asks what was recorded when."""
    await (
        type(row)
        .filter(id=row.id, voided_at=None)
        .update(voided_at=viewer.now, voided_by_id=viewer.account, voided_reason=reason)
    )


async def beside(viewer: Viewer, row: D, right: Mapping[str, Any], reason: str) -> D:
    """Void the row and record the right one beside it. right: the facts that differ."""
    await void(viewer, row, reason)
    kept = {name: getattr(row, name) for name in _facts(type(row))}
    return await type(row).create(**kept | dict(right) | recorded(viewer))


def sound_reason(reason: str, field: str = "reason") -> str:
    """A reason that says something. Raises Invalid."""
    reason = reason.strip()
    if not reason:
        raise Invalid(Problem("REASON_MISSING", say("Say why, so that it can be understood later."), field))
    if len(reason) > REASON:
        said = say("At most {most} characters; these are {length}.", most=REASON, length=len(reason))
        raise Invalid(Problem("TOO_LONG", said, field))
    return reason


def _facts(model: type[Model]) -> list[str]:
    columns = model._meta.fields_db_projection
    return [name for name in columns if name != "id" and not name.startswith(("recorded_", "voided_"))]
