"""Who stays, leaves or comes, as queries: they follow from the seats of a term and of the one that it follows."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models.bodies.tables import Body, BodyKind
from server.models.members.tables import Membership, MembershipPost, MembershipStatus, Person, Status, Term
from server.rules.renewal import RenewalPart

HELD = (Status.ACTIVE, Status.SUSPENDED)
"""What a seat is while its holder is a member."""
LIVE = (*HELD, Status.NOMINATED)
"""What a seat is that the end of its term still finds there."""
PLANNED = (Status.ACTIVE, Status.NOMINATED)
"""What a seat of the next term is, unless the plan for it was given up."""
DECIDABLE = (BodyKind.LEARNING_GROUP, BodyKind.SECTOR, BodyKind.SECTOR_GROUP)
"""Kinds of bodies that may go on or end with a term, even where they belong to none."""


async def keys(rows: QuerySet[Any], column: str = "id") -> list[UUID]:
    """What stands in that column of these rows."""
    return [row[0] for row in await rows.values_list(column)]


def day_of(term: UUID) -> Subquery:
    """The first day of a term."""
    return Subquery(Term.filter(id=term).values("starts_on"))


def former_of(term: UUID) -> Subquery:
    """The term that it follows."""
    return Subquery(Term.filter(id=term).values("follows_id"))


def before(term: UUID, prefix: str = "") -> Q:
    """Dated rows that hold on the last day before a term; neither its day nor its end counts as before."""
    begun: dict[str, Any] = {f"{prefix}starts_on__lt": day_of(term)}
    ever: dict[str, Any] = {f"{prefix}starts_on__isnull": True}
    lasting: dict[str, Any] = {f"{prefix}ends_on__gte": day_of(term)}
    return _right(prefix) & (Q(**begun) | Q(**ever)) & (Q(**lasting) | _open(prefix))


def lasting(term: UUID, prefix: str = "") -> Q:
    """Dated rows that hold on the first day of a term, or later."""
    later: dict[str, Any] = {f"{prefix}ends_on__gt": day_of(term)}
    return _right(prefix) & (Q(**later) | _open(prefix))


def _right(prefix: str) -> Q:
    right: dict[str, Any] = {f"{prefix}voided_at__isnull": True}
    return Q(**right)


def _open(prefix: str) -> Q:
    open_ended: dict[str, Any] = {f"{prefix}ends_on__isnull": True}
    return Q(**open_ended)


def statuses_before(term: UUID) -> QuerySet[MembershipStatus]:
    """The statuses of the seats that end with the term before, on its last day."""
    seats: dict[str, Any] = {"membership__term_id__in": former_of(term)}
    return MembershipStatus.filter(before(term), status__in=HELD, **seats)


def statuses_after(term: UUID) -> QuerySet[MembershipStatus]:
    """The statuses of the seats that are planned for a term."""
    return MembershipStatus.filter(lasting(term), status__in=PLANNED, membership__term_id=term)


def posts_of(statuses: QuerySet[MembershipStatus], held: Q) -> QuerySet[MembershipPost]:
    """What these seats stand for."""
    return MembershipPost.filter(held, membership_id__in=Subquery(statuses.values("membership_id")))


def posts_before(term: UUID) -> QuerySet[MembershipPost]:
    """What the seats that end stand for."""
    return posts_of(statuses_before(term), before(term))


def posts_after(term: UUID) -> QuerySet[MembershipPost]:
    """What the seats that are planned stand for."""
    return posts_of(statuses_after(term), lasting(term))


def _people(statuses: QuerySet[MembershipStatus]) -> dict[str, Any]:
    return {"id__in": Subquery(statuses.values("membership__person_id"))}


def _seated(which: Callable[[UUID], QuerySet[MembershipStatus]], term: UUID) -> Q:
    return Q(**_people(which(term)))


def part_of(term: UUID, part: RenewalPart) -> Q:
    """People with whom the next term does that."""
    was, will = _seated(statuses_before, term), _seated(statuses_after, term)
    if part is RenewalPart.LEAVES:
        return was & ~will
    if part is RenewalPart.COMES:
        return will & ~was
    return was & will


def of_sector(term: UUID, sector: UUID) -> Q:
    """People whose seat stands for that sector, before or then."""
    seats: list[dict[str, Any]] = [
        {"id__in": Subquery(posts(term).filter(sector_id=sector).values("membership__person_id"))}
        for posts in (posts_before, posts_after)
    ]
    return Q(**seats[0]) | Q(**seats[1])


def to_carry(term: UUID) -> QuerySet[Person]:
    """Those who have a seat before and none in the next term, whatever became of it."""
    seated = Subquery(Membership.filter(term_id=term).values("person_id"))
    return Person.filter(_seated(statuses_before, term)).exclude(id__in=seated)


def bodies_then(term: UUID) -> QuerySet[Body]:
    """The bodies that would exist on the first day of a term."""
    return Body.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day_of(term)))


def decidable(term: UUID) -> Q:
    """Bodies that go on or end with the term, as someone says."""
    belongs: dict[str, Any] = {"term_id__in": former_of(term)}
    return Q(**belongs) | Q(kind__in=DECIDABLE)
