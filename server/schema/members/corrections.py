"""What was found to be wrong: the entries that were voided, with who did it, when and why."""

import datetime as dt
import enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from uuid import UUID

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from server.models import bodies, members
from server.models.fields import Dated
from server.models.members import Status
from server.schema.reading import Asking, shows
from server.schema.rows import batch
from server.viewer import Viewer
from server.words import say

if TYPE_CHECKING:
    from server.schema.bodies.types import BodyMembership
    from server.schema.members.types import Membership, MembershipPost

Place = Annotated["BodyMembership", strawberry.lazy("server.schema.bodies.types")]
Post = Annotated["MembershipPost", strawberry.lazy("server.schema.members.types")]
Seat = Annotated["Membership", strawberry.lazy("server.schema.members.types")]
R = TypeVar("R", bound=Dated)


@strawberry.enum(description="Which sort of entry was wrong.")
class CorrectedKind(enum.Enum):
    """Which sort of entry was wrong."""

    STATUS = strawberry.enum_value("status", description="What a seat is.")
    POST = strawberry.enum_value("post", description="What a seat stands for.")
    PLACE = strawberry.enum_value("place", description="A place in a body.")


@strawberry.type(description="An entry that was found to be wrong. It is kept, with who corrected it, when and why.")
class Correction:
    """A voided row."""

    kind: CorrectedKind = strawberry.field(description="Which sort of entry it was.")
    starts_on: dt.date | None = strawberry.field(description="First day, as it was recorded.")
    ends_on: dt.date | None = strawberry.field(description="The day of its end, as it was recorded.")
    corrected_at: dt.datetime = strawberry.field(description="When it was found to be wrong.")
    corrected_by: str = strawberry.field(
        description="The account that said so, or who did in the register that an import brought it from; or empty."
    )
    reason: str = strawberry.field(description="Why.")
    membership: Seat | None = strawberry.field(description="The seat it was about; null for a place in a body.")
    was_status: Status | None = strawberry.field(description="The status it said, if it was one.")
    was_post: Post | None = strawberry.field(description="The post it said, if it was one.")
    was_place: Place | None = strawberry.field(description="The place it said, if it was one.")


async def wrong_entries(asking: Asking, person: UUID) -> Any:
    """Of the seats of a person and their places in bodies, the last correction first."""
    return await batch(asking, "corrections of people", partial(_of_people, asking.viewer), person)


async def wrong_places(asking: Asking, body: UUID) -> Any:
    """Of the places in a body, the last correction first."""
    return await batch(asking, "corrections of bodies", partial(_of_bodies, asking.viewer), body)


async def _of_people(viewer: Viewer, keys: list[UUID]) -> list[list[Correction]]:
    """Three statements, however many people are asked for."""
    found: dict[UUID, list[Correction]] = {key: [] for key in keys}
    for status in await _voided(members.MembershipStatus, "membership", membership__person_id__in=keys):
        was = _correction(viewer, CorrectedKind.STATUS, status, status.membership, was_status=status.status)
        found[status.membership.person_id].append(was)
    for post in await _voided(members.MembershipPost, "membership", membership__person_id__in=keys):
        was = _correction(viewer, CorrectedKind.POST, post, post.membership, was_post=post)
        found[post.membership.person_id].append(was)
    for place in await _places(viewer, person_id__in=keys):
        found[place.person_id].append(_correction(viewer, CorrectedKind.PLACE, place, None, was_place=place))
    return [_latest_first(found[key]) for key in keys]


async def _of_bodies(viewer: Viewer, keys: list[UUID]) -> list[list[Correction]]:
    """One statement, however many bodies are asked for."""
    found: dict[UUID, list[Correction]] = {key: [] for key in keys}
    for place in await _places(viewer, body_id__in=keys):
        found[place.body_id].append(_correction(viewer, CorrectedKind.PLACE, place, None, was_place=place))
    return [_latest_first(found[key]) for key in keys]


async def _places(viewer: Viewer, **where: list[UUID]) -> list[bodies.BodyMembership]:
    """In bodies that the viewer may see."""
    visible = Q(body_id__in=Subquery(bodies.Body.filter(bodies.visible_bodies(viewer)).values("id")))
    return await _voided(bodies.BodyMembership, "body", visible, **where)


async def _voided(model: type[R], about: str, *limits: Q, **where: Any) -> list[R]:
    rows = model.filter(*limits, voided_at__isnull=False, **where)
    return await rows.select_related(about, "voided_by").order_by("starts_on", "id")


def _correction(viewer: Viewer, kind: CorrectedKind, row: Any, seat: Model | None, **was: Any) -> Correction:
    nothing = {"was_status": None, "was_post": None, "was_place": None}
    facts: dict[str, Any] = {
        "kind": kind,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "corrected_at": row.voided_at,
        "corrected_by": _who(viewer, row),
        "reason": row.voided_reason,
        "membership": seat,
    }
    return shows(Correction, **facts | nothing | was)


def _who(viewer: Viewer, row: Any) -> str:
    """An account of ours, or a name that an imported file gave: the words must not confuse the two."""
    if row.voided_elsewhere:
        return say("{who} (in another register)", who=row.voided_elsewhere).into(viewer.locale)
    return row.voided_by.name if row.voided_by else ""


def _latest_first(found: list[Correction]) -> list[Correction]:
    return sorted(found, key=lambda correction: correction.corrected_at, reverse=True)
