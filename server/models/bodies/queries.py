"""Which bodies are to be seen, who sits in them, and what someone is by sitting in them."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models.bodies.tables import FOR_ALL, Body, BodyKind, BodyMembership, BodyRole
from server.models.fields import holding
from server.models.members.queries import NOTHING, in_sector, posts_on
from server.models.members.tables import MembershipStatus, Status, TermStatus
from server.models.reads import Columns, read
from server.rules.permissions import Action, HeldRole, Role
from server.viewer import Viewer
from server.words import both_names, say

DERIVED_FROM: dict[tuple[BodyKind, BodyRole], Role] = {
    (BodyKind.LEARNING_GROUP, BodyRole.HEAD): Role.GROUP_LEADER,
    (BodyKind.LEARNING_GROUP, BodyRole.CO_HEAD): Role.GROUP_LEADER,
    (BodyKind.SECTOR, BodyRole.CONVENER): Role.CONVENER,
    (BodyKind.SECTOR_GROUP, BodyRole.CONVENER): Role.CONVENER,
    (BodyKind.SPECIAL_COMMITTEE, BodyRole.HEAD): Role.CHAIR,
    (BodyKind.CHAIRS_MEETING, BodyRole.HEAD): Role.CHAIR,
    (BodyKind.DEPARTMENT, BodyRole.CONTACT): Role.DEPARTMENT,
}
"""What someone is to the assembly by what they are in a body of that kind."""


def visible_bodies(viewer: Viewer) -> Q:
    """All bodies but the sensitive ones; those too for READ_SENSITIVE, for who sits in them today or works for them."""
    if not viewer.may(Action.READ_REGISTER).allowed:
        return NOTHING
    if viewer.may(Action.READ_SENSITIVE).allowed:
        return Q()
    return Q(sensitive=False) | _own(viewer, "id")


def sensitive_seen(viewer: Viewer) -> QuerySet[Body] | None:
    """The sensitive bodies that this viewer may see; None for whoever may see all of them."""
    if viewer.may(Action.READ_SENSITIVE).allowed:
        return None
    return Body.filter(visible_bodies(viewer), sensitive=True)


def visible_body_memberships(viewer: Viewer) -> Q:
    """Who sits in the bodies that this viewer may see, wrong entries left out."""
    right = Q(voided_at__isnull=True)
    if not viewer.may(Action.READ_REGISTER).allowed:
        return NOTHING
    if viewer.may(Action.READ_SENSITIVE).allowed:
        return right
    return right & (Q(body__sensitive=False) | _own(viewer, "body_id"))


def visible_relations(viewer: Viewer) -> Q:
    """Ties both of whose ends this viewer may see, wrong entries left out."""
    seen = Body.filter(visible_bodies(viewer))
    ends: list[Any] = [{f"{end}_id__in": Subquery(seen.values("id"))} for end in ("source", "target")]
    return Q(voided_at__isnull=True) & Q(*(Q(**end) for end in ends))


def sitting_in(body: UUID, on: dt.date) -> Q:
    """People who sit in that body on that day, or whose active seat stands for it: it may be a sector."""
    return Q(id__in=Subquery(BodyMembership.filter(holding(on), body_id=body).values("person_id"))) | in_sector(
        body, on
    )


async def derived_roles(person: UUID, on: dt.date) -> list[HeldRole]:
    """What this person is to the assembly on that day by the register alone: two statements, nothing stored."""
    return (await derived_roles_of([person], on))[person]


async def derived_roles_of(people: Collection[UUID], on: dt.date) -> dict[UUID, list[HeldRole]]:
    """The same for many people in the same two statements. Everyone asked for has an entry."""
    found: dict[UUID, list[HeldRole]] = {person: [] for person in people}
    for person, *seat in await read(active_seats(people, on)):
        found[person].append(member(*seat))
    for person, *place in await read(leading_places(people, on)):
        found[person].extend(by_place(*place))
    return found


def active_seats(people: Collection[UUID] | Subquery, on: dt.date) -> Columns:
    """Person, first day, last day and term of each seat that makes a member on that day."""
    seats = MembershipStatus.filter(
        holding(on),
        status=Status.ACTIVE,
        membership__person_id__in=people,
        membership__term__status=TermStatus.ACTIVE,
    ).order_by("membership__term__code", "starts_on", "id")
    return Columns(seats, ("membership__person_id", "starts_on", "ends_on", "membership__term__code"))


def leading_places(people: Collection[UUID] | Subquery, on: dt.date) -> Columns:
    """Person, role, days and body of each place from which something may follow on that day, see `by_place`."""
    places = BodyMembership.filter(
        holding(on),
        Q(body__ends_on__isnull=True) | Q(body__ends_on__gt=on),
        person_id__in=people,
        body__kind__in=sorted({kind for kind, _ in DERIVED_FROM}, key=lambda kind: kind.value),
        role__in=sorted({role for _, role in DERIVED_FROM}, key=lambda role: role.value),
    ).order_by("body__kind", "body__sort", "starts_on", "id")
    body = ("body_id", "body__kind", "body__name_zh", "body__name_en", "body__ends_on")
    return Columns(places, ("person_id", "role", "starts_on", "ends_on", *body))


def member(since: dt.date | None, until: dt.date | None, term: str) -> HeldRole:
    """What follows from a seat."""
    return HeldRole(Role.MEMBER, since=since, until=until, source=say("Active seat in term {term}", term=term))


def by_place(
    role: BodyRole,
    since: dt.date | None,
    until: dt.date | None,
    body: UUID,
    kind: BodyKind,
    name_zh: str,
    name_en: str,
    ends_on: dt.date | None,
) -> Iterator[HeldRole]:
    """What follows from a place in a body, if anything does. ends_on: of the body."""
    if (kind, role) not in DERIVED_FROM:
        return
    everywhere, named = kind in FOR_ALL, both_names(name_zh, name_en)
    yield HeldRole(
        DERIVED_FROM[kind, role],
        body=None if everywhere else body,
        body_name="" if everywhere else named,
        since=since,
        until=min((day for day in (until, ends_on) if day is not None), default=None),
        source=say("Place in {body}", body=named),
    )


def _own(viewer: Viewer, column: str) -> Q:
    """Bodies in which the viewer sits today, the sectors stood for, and those for which the viewer holds a role."""
    held: Any = {f"{column}__in": [role.body for role in viewer.roles if role.body]}
    if viewer.person is None:
        return Q(**held)
    today = BodyMembership.filter(holding(viewer.today), person_id=viewer.person)
    sits: Any = {f"{column}__in": Subquery(today.values("body_id"))}
    seats = posts_on(viewer.today).filter(membership__person_id=viewer.person, sector_id__isnull=False)
    stands: Any = {f"{column}__in": Subquery(seats.values("sector_id"))}
    return Q(**held) | Q(**sits) | Q(**stands)
