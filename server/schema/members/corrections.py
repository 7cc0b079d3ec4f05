"""What was found to be wrong: the entries that were voided, with who did it, when and why."""

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.models import bodies, members
from server.models.members import Status
from server.models.reads import Columns
from server.rules.permissions import Action, where
from server.schema.declared import Ref
from server.schema.making import made, picked
from server.schema.reading import Asking, shows
from server.viewer import Viewer
from server.words import say

if TYPE_CHECKING:
    from server.schema.bodies.types import BodyMembership
    from server.schema.members.types import Membership, MembershipPost

Place = Annotated["BodyMembership", strawberry.lazy("server.schema.bodies.types")]
Post = Annotated["MembershipPost", strawberry.lazy("server.schema.members.types")]
Seat = Annotated["Membership", strawberry.lazy("server.schema.members.types")]
COLUMNS = ("id", "starts_on", "ends_on", "voided_at", "voided_reason", "voided_elsewhere", "voided_by__name")
"""What is told of each sort of entry."""


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
    membership: Seat | None = picked("seats", "The seat it was about; null for a place in a body.")
    was_status: Status | None = strawberry.field(description="The status it said, if it was one.")
    was_post: Post | None = picked("posts", "The post it said, if it was one.")
    was_place: Place | None = picked("places", "The place it said, if it was one.")


async def wrong_entries(asking: Asking, person: UUID) -> Any:
    """Of the seats of a person and their places in bodies, the last correction first; none where it is not for them."""
    if not asking.viewer.may(Action.MANAGE_MEMBERS):
        return await made(asking, {}, lambda _: [])
    rows = {
        "statuses": _voided(members.MembershipStatus.filter(membership__person_id=person)),
        "posts": _voided(members.MembershipPost.filter(membership__person_id=person)),
        "places": _places(asking.viewer, bodies.BodyMembership.filter(person_id=person)),
    }
    seats = members.Membership.filter(person_id=person)
    more = {"statuses": ("membership_id", "status"), "posts": ("membership_id",), "places": ()}
    reads = {name: Columns(found.order_by("id"), (*COLUMNS, *more[name])) for name, found in rows.items()}
    shown = {"seats": seats, "posts": rows["posts"], "places": rows["places"]}
    return await made(asking, reads, Telling(asking.viewer, shown), **shown)


async def wrong_places(asking: Asking, body: UUID) -> Any:
    """Of the places in a body, the last correction first; none where it is not for them."""
    viewer = asking.viewer
    if not viewer.may(Action.MANAGE_BODIES):
        return await made(asking, {}, lambda _: [])
    found, held = bodies.BodyMembership.filter(body_id=body), where(viewer.roles, Action.MANAGE_BODIES)
    places = _places(viewer, found if held is None else found.filter(body_id__in=list(held)))
    reads = {"places": Columns(places.order_by("id"), COLUMNS)}
    return await made(asking, reads, Telling(viewer, {"places": places}), places=places)


def _voided(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(voided_at__isnull=False)


def _places(viewer: Viewer, rows: QuerySet[bodies.BodyMembership]) -> QuerySet[Any]:
    """In bodies that the viewer may see."""
    visible = Subquery(bodies.Body.filter(bodies.visible_bodies(viewer)).values("id"))
    return _voided(rows).filter(body_id__in=visible)


@dataclass(frozen=True)
class Telling:
    """Makes corrections of what was read. shown: the rows that they show whole, by name."""

    viewer: Viewer
    shown: Mapping[str, QuerySet[Any]]

    def __call__(self, found: Mapping[str, Any]) -> list[Correction]:
        """The last correction first; of those made at once by first day."""
        told = sorted(self._all(found), key=lambda one: (one[0].starts_on or dt.date.min, one[1]))
        return [one for one, _ in sorted(told, key=lambda one: one[0].corrected_at, reverse=True)]

    def _all(self, found: Mapping[str, Any]) -> Iterator[tuple[Correction, UUID]]:
        """Each with its key."""
        for *facts, seat, status in found.get("statuses", ()):
            yield self._told(CorrectedKind.STATUS, facts, membership=self._ref("seats", seat), was_status=status)
        for *facts, seat in found.get("posts", ()):
            was = self._ref("posts", facts[0])
            yield self._told(CorrectedKind.POST, facts, membership=self._ref("seats", seat), was_post=was)
        for facts in found["places"]:
            yield self._told(CorrectedKind.PLACE, facts, was_place=self._ref("places", facts[0]))

    def _ref(self, name: str, key: UUID) -> Ref:
        return Ref(key, self.shown[name])

    def _told(self, kind: CorrectedKind, facts: Any, **was: Any) -> tuple[Correction, UUID]:
        """facts: what stands in COLUMNS."""
        key, starts_on, ends_on, at, reason, elsewhere, account = facts
        nothing = {"membership": None, "was_status": None, "was_post": None, "was_place": None}
        told = {"starts_on": starts_on, "ends_on": ends_on, "corrected_at": at, "reason": reason}
        by = _who(self.viewer, elsewhere, account)
        return shows(Correction, kind=kind, corrected_by=by, **told, **nothing | was), key


def _who(viewer: Viewer, elsewhere: str, account: str | None) -> str:
    """An account of ours, or a name that an imported file gave: the words must not confuse the two."""
    if elsewhere:
        return say("{who} (in another register)", who=elsewhere).into(viewer.locale)
    return account or ""
