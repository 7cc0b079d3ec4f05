"""Two entries of one person become one: what they were given to read, asked for, read, booked and borrowed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tortoise.models import Model

from server.models.documents.tables import AccessGrant, AccessRequest, AgreementAcceptance, Explanation, GrantUse
from server.models.reading.tables import ReadingNote, ReadingProgress, ReadingSession, ReadReceipt
from server.models.rooms.tables import Booking, Loan
from server.rules.access import AccessState
from server.rules.rooms import BookingState

MOVING: tuple[type[Model], ...] = (
    *(AccessGrant, AccessRequest, Explanation, ReadingSession, Booking, Loan),
    *(AgreementAcceptance, GrantUse, ReadReceipt, ReadingProgress, ReadingNote),
)
Joined = Callable[[Any, Any], dict[str, Any]]
"""The row that stays and its double -> what changes of the one that stays."""


def _further(kept: Any, double: Any) -> dict[str, Any]:
    """Counts add up; how far they came is what the one says that came further."""
    counts = {name: getattr(kept, name) + getattr(double, name) for name in ("opens", "seconds", "refused")}
    if double.pages_seen <= kept.pages_seen:
        return counts
    names = ("version_id", "pages", "pages_seen", "last_page", "finished_at")
    return counts | {name: getattr(double, name) for name in names}


ONCE: dict[type[Model], tuple[str, Joined]] = {
    AgreementAcceptance: ("agreement_id", lambda kept, double: {}),
    GrantUse: ("grant_id", lambda kept, double: {"left": min(kept.left, double.left)}),
    ReadReceipt: ("version_id", lambda kept, double: {}),
    ReadingProgress: ("document_id", _further),
    ReadingNote: ("document_id", lambda kept, double: {"text": f"{kept.text}\n\n{double.text}"}),
}
"""Of which a person has one for each of these."""
WAITS = {"state__in": [AccessState.SUBMITTED, AccessState.MORE_INFO, AccessState.IN_REVIEW]}
HELD = {"state__in": [BookingState.BOOKED, BookingState.CHECKED_IN]}


async def merge_readings(keep: UUID, drop: UUID) -> list[UUID]:
    """Everything of `drop` becomes that of `keep`; what both have, once. Returns the rows that moved."""
    for model, (column, joined) in ONCE.items():
        await _join(model, column, joined, keep, drop)
    await _end_doubles(keep, drop)
    moved: list[UUID] = []
    for model in MOVING:
        moved += [key async for key in model.filter(person_id=drop).values_list("id", flat=True)]
        await model.filter(person_id=drop).update(person_id=keep)
    return sorted(moved)


async def _join(model: type[Model], column: str, joined: Joined, keep: UUID, drop: UUID) -> None:
    have = {getattr(row, column): row for row in await model.filter(person_id=keep)}
    for row in await model.filter(person_id=drop, **{f"{column}__in": list(have)}):
        kept = have[getattr(row, column)]
        if new := joined(kept, row):
            await model.filter(id=kept.pk).update(**new)
        await model.filter(id=row.pk).delete()


async def _end_doubles(keep: UUID, drop: UUID) -> None:
    """One wish for a document waits, and one place is held for it in a slot: the double's end."""
    asked = await AccessRequest.filter(person_id=keep, **WAITS).values_list("document_id", flat=True)
    twice: Any = {"person_id": drop, "document_id__in": list(asked), **WAITS}
    await AccessRequest.filter(**twice).update(state=AccessState.WITHDRAWN)
    for slot, document in await Booking.filter(person_id=keep, **HELD).values_list("slot_id", "document_id"):
        same: Any = {"person_id": drop, "slot_id": slot, "document_id": document, **HELD}
        await Booking.filter(**same).update(state=BookingState.CANCELLED)
