"""Who leads the learning groups on a day, and what LC-2 misses."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.models.bodies.tables import Body, BodyKind, BodyMembership, BodyRelation, BodyRole, RelationKind
from server.models.fields import holding
from server.models.members.queries import active_seats
from server.models.members.tables import MembershipPost, PostKind
from server.rules.affiliation import is_party_member
from server.rules.coverage import Gap, Group, Pair, leadership

PARTY = (BodyKind.PARTY_GROUP, BodyKind.PARTY_BRANCH)


def groups_on(on: dt.date, term: UUID | None = None, *, coming: bool = False) -> Q:
    """The learning groups that exist on that day; of that term those that belong to it, or to none.

    coming: also those that begin later.
    """
    begun = Q() if coming else Q(starts_on__isnull=True) | Q(starts_on__lte=on)
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    of_term = Q() if term is None else Q(term_id=term) | Q(term_id__isnull=True)
    return Q(kind=BodyKind.LEARNING_GROUP) & begun & lasting & of_term


async def leadership_gaps(on: dt.date, term: UUID | None = None, pair: Pair = Pair.PLATFORM) -> list[Gap]:
    """What LC-2 misses on that day. Five statements, however many groups."""
    keys = [group.id for group in await Body.filter(groups_on(on, term)).order_by("sort", "id")]
    leaders: dict[tuple[UUID, BodyRole], set[UUID]] = defaultdict(set)
    leading = BodyMembership.filter(
        holding(on), body__kind=BodyKind.LEARNING_GROUP, role__in=[BodyRole.HEAD, BodyRole.CO_HEAD]
    )
    for row in await leading:
        leaders[row.body_id, row.role].add(row.person_id)
    stems = await derivations(on)
    groups = [
        Group(
            key,
            frozenset(leaders[key, BodyRole.HEAD]),
            frozenset(leaders[key, BodyRole.CO_HEAD]),
            min(stems[key], default=None),
        )
        for key in keys
    ]
    return leadership(groups, *await _pair(on, term), pair)


async def derivations(on: dt.date) -> dict[UUID, set[UUID]]:
    """Learning group -> the sectors and committees it derives from on that day; a set for every key."""
    rows = BodyRelation.filter(holding(on), kind=RelationKind.DERIVED_FROM, source__kind=BodyKind.LEARNING_GROUP)
    stems: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await rows:
        stems[row.source_id].add(row.target_id)
    return stems


async def _pair(on: dt.date, term: UUID | None) -> tuple[set[UUID], set[UUID]]:
    """Members of the party group, and vice-chairs who belong to no party organisation."""
    party = BodyMembership.filter(holding(on), body__kind__in=PARTY).select_related("body")
    rows = await party
    party_group = {row.person_id for row in rows if row.body.kind is BodyKind.PARTY_GROUP}
    seats = Subquery(active_seats(on, term).values("id"))
    posts = MembershipPost.filter(holding(on), kind=PostKind.VICE_CHAIR, membership_id__in=seats)
    people = [row.membership.person for row in await posts.select_related("membership__person")]
    members = {row.person_id for row in rows}
    outside = {p.id for p in people if p.id not in members and not is_party_member(p.political_affiliation)}
    return party_group, outside
