"""What was recorded of a seat was wrong: the wrong row is voided with who and why, the right one stands beside it."""

import datetime as dt
from typing import Any, TypedDict, TypeVar, Unpack
from uuid import UUID

from server.errors import Invalid, Problem
from server.models.database import transaction
from server.models.facts import before_and_after, differing
from server.models.history import beside, locked, not_there, sound_reason, span, there
from server.models.members.seats import PostFacts, history, noted, sound_post
from server.models.members.tables import Membership, MembershipPost, MembershipStatus, Status
from server.rules.permissions import Action
from server.rules.spans import Span, stretched
from server.viewer import Viewer
from server.words import say

H = TypeVar("H", MembershipStatus, MembershipPost)


class StatusCorrection(TypedDict, total=False):
    """What is right; what is absent was right already."""

    status: Status
    starts_on: dt.date | None
    ends_on: dt.date | None


class PostCorrection(PostFacts, total=False):
    """What is right; what is absent was right already."""

    starts_on: dt.date | None
    ends_on: dt.date | None


async def correct_status(
    viewer: Viewer, status_row: UUID, *, reason: str, **right: Unpack[StatusCorrection]
) -> MembershipStatus:
    """This row of the status history was wrong. Its neighbours stretch or shrink, so that no day is lost or double."""
    viewer.must(Action.MANAGE_MEMBERS)
    async with transaction():
        return await _correct(viewer, MembershipStatus, status_row, dict(right), reason)


async def correct_post(viewer: Viewer, post: UUID, *, reason: str, **right: Unpack[PostCorrection]) -> MembershipPost:
    """This row of the history of office, sector and unit was wrong. Its neighbours stretch or shrink."""
    viewer.must(Action.MANAGE_MEMBERS)
    async with transaction():
        return await _correct(viewer, MembershipPost, post, await sound_post(right), reason)


async def _correct(viewer: Viewer, model: type[H], id: UUID, right: dict[str, Any], reason: str) -> H:
    reason = sound_reason(reason)
    seat = await locked(Membership, (await there(model, id, "id")).membership_id)
    rows = await history(model, seat.id)
    at = next((n for n, row in enumerate(rows) if row.id == id), None)
    if at is None:
        raise not_there("id")
    wrong = rows[at]
    changed = differing(wrong, right)
    if not changed:
        raise Invalid(Problem("NOTHING_CHANGED", say("This is what is recorded already.")))
    meant = Span(changed.get("starts_on", wrong.starts_on), changed.get("ends_on", wrong.ends_on))
    spans = stretched([span(row) for row in rows], at, meant)
    for row, new in zip(rows, spans, strict=True):
        if row is not wrong and span(row) != new:
            await beside(viewer, row, {"starts_on": new.starts_on, "ends_on": new.ends_on}, reason)
    made = await beside(viewer, wrong, changed, reason)
    payload = before_and_after(wrong, changed) | {"wrong": id, "right": made.id, "reason": reason}
    await noted(viewer, f"members.correct_{_WORD[model]}", seat, payload)
    return made


_WORD: dict[type[MembershipStatus] | type[MembershipPost], str] = {MembershipStatus: "status", MembershipPost: "post"}
