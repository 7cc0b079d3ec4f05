"""Two entries of one person become one: what they were given to read, asked for, read, booked and borrowed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from server.models.members.tables import Person
from server.rules.access import AccessState
from server.rules.explanations import ExplanationState
from server.rules.rooms import BookingState

MOVING = (
    *("grants", "access_requests", "explanations", "reading_sessions", "bookings", "loans"),
    *("acceptances", "grant_uses", "receipts", "reading_progress", "reading_notes"),
)
"""What points to a person."""
Joined = Callable[[Any, Any], dict[str, Any]]
"""The row that stays and its double -> what changes of the one that stays."""


def _further(kept: Any, double: Any) -> dict[str, Any]:
    """Counts add up; how far they came is what the one says that came further."""
    counts = {name: getattr(kept, name) + getattr(double, name) for name in ("opens", "seconds", "refused")}
    further = double.pages_seen > kept.pages_seen
    names = ("version_id", "pages", "pages_seen", "last_page", "finished_at") if further else ()
    return counts | {name: getattr(double, name) for name in names}


ONCE: dict[str, tuple[str, Joined]] = {
    "acceptances": ("agreement_id", lambda kept, double: {}),
    "grant_uses": ("grant_id", lambda kept, double: {"left": min(kept.left, double.left)}),
    "receipts": ("version_id", lambda kept, double: {}),
    "reading_progress": ("document_id", _further),
    "reading_notes": ("document_id", lambda kept, double: {"text": f"{kept.text}\n\n{double.text}"}),
}
"""Of which a person has one for each of these."""
WAITS = {"state__in": [AccessState.SUBMITTED, AccessState.MORE_INFO, AccessState.IN_REVIEW]}
HELD = {"state__in": [BookingState.BOOKED, BookingState.CHECKED_IN]}


async def merge_readings(stays: Person, goes: Person) -> list[UUID]:
    """Everything of the one that goes becomes the other's; what both have, once. Returns the rows that moved."""
    for name, (column, joined) in ONCE.items():
        await _join(getattr(stays, name), getattr(goes, name), column, joined)
    await _end_doubles(stays, goes)
    moved: list[UUID] = []
    for name in MOVING:
        moved += [row.id async for row in getattr(goes, name).all()]
        await getattr(goes, name).all().update(person_id=stays.id)
    return sorted(moved)


async def _join(kept: Any, doubles: Any, column: str, joined: Joined) -> None:
    have = {getattr(row, column): row for row in await kept.all()}
    for row in await doubles.filter(**{f"{column}__in": list(have)}):
        stays = have[getattr(row, column)]
        if new := joined(stays, row):
            await kept.filter(id=stays.id).update(**new)
        await doubles.filter(id=row.id).delete()


async def _end_doubles(stays: Any, goes: Any) -> None:
    """One wish for a document waits, one question, and one place is held for it in a slot: the double's end."""
    asked = await stays.access_requests.filter(**WAITS).values_list("document_id", flat=True)
    await goes.access_requests.filter(document_id__in=list(asked), **WAITS).update(state=AccessState.WITHDRAWN)
    waiting = {"state": ExplanationState.ASKED}
    asked = await stays.explanations.filter(**waiting).values_list("document_id", flat=True)
    double = goes.explanations.filter(document_id__in=list(asked), **waiting)
    await double.update(state=ExplanationState.WITHDRAWN)
    for slot, document in await stays.bookings.filter(**HELD).values_list("slot_id", "document_id"):
        same = goes.bookings.filter(slot_id=slot, document_id=document, **HELD)
        await same.update(state=BookingState.CANCELLED)
