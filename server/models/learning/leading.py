"""Who leads the learning groups on a day, and what LC-2 misses."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.models.bodies.tables import Body, BodyKind, BodyMembership, BodyRelation, BodyRole, RelationKind
from server.models.fields import holding
from server.models.members.queries import active_seats
from server.models.members.tables import MembershipPost, PostKind
from server.models.reads import Columns, read_all
from server.rules.affiliation import is_party_member
from server.rules.coverage import Gap, Group, Pair, leadership

PARTY = (BodyKind.PARTY_GROUP, BodyKind.PARTY_BRANCH)


def groups_on(on: dt.date, term: Any = None, *, coming: bool = False) -> Q:
    """The learning groups that exist on that day; of that term those that belong to it, or to none.

    coming: also those that begin later.
    """
    begun = Q() if coming else Q(starts_on__isnull=True) | Q(starts_on__lte=on)
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    of_term = Q() if term is None else Q(term_id=term) | Q(term_id__isnull=True)
    return Q(kind=BodyKind.LEARNING_GROUP) & begun & lasting & of_term


async def leadership_gaps(on: dt.date, term: UUID | None = None, pair: Pair = Pair.PLATFORM) -> list[Gap]:
    """What LC-2 misses on that day. Five statements, however many groups."""
    return gaps_of(await read_all(leading_reads(on, term)), pair)


def leading_reads(on: dt.date, term: Any = None) -> dict[str, Columns]:
    """What is read to tell the gaps of a day. term: its key, or what selects it."""
    led = BodyMembership.filter(
        holding(on), body__kind=BodyKind.LEARNING_GROUP, role__in=[BodyRole.HEAD, BodyRole.CO_HEAD]
    )
    party = BodyMembership.filter(holding(on), body__kind__in=PARTY)
    seats = Subquery(active_seats(on, term).values("id"))
    posts = MembershipPost.filter(holding(on), kind=PostKind.VICE_CHAIR, membership_id__in=seats)
    vice_chair = ("membership__person_id", "membership__person__political_affiliation")
    return {
        "groups": Columns(Body.filter(groups_on(on, term)).order_by("sort", "id"), ("id",)),
        "leaders": Columns(led.order_by("id"), ("body_id", "role", "person_id")),
        "stems": derivations(on),
        "party": Columns(party.order_by("id"), ("person_id", "body__kind")),
        "vice_chairs": Columns(posts.order_by("id"), vice_chair),
    }


def gaps_of(facts: Mapping[str, Any], pair: Pair = Pair.PLATFORM) -> list[Gap]:
    """What LC-2 misses, from what `leading_reads` tells."""
    leaders: dict[tuple[UUID, BodyRole], set[UUID]] = defaultdict(set)
    for body, role, person in facts["leaders"]:
        leaders[body, role].add(person)
    stems = gathered(facts["stems"])
    groups = [
        Group(
            key,
            frozenset(leaders[key, BodyRole.HEAD]),
            frozenset(leaders[key, BodyRole.CO_HEAD]),
            min(stems[key], default=None),
        )
        for (key,) in facts["groups"]
    ]
    return leadership(groups, *_pair(facts), pair)


def derivations(on: dt.date) -> Columns:
    """Learning group, and a sector or committee it derives from on that day."""
    rows = BodyRelation.filter(holding(on), kind=RelationKind.DERIVED_FROM, source__kind=BodyKind.LEARNING_GROUP)
    return Columns(rows.order_by("id"), ("source_id", "target_id"))


def gathered(pairs: Iterable[tuple[UUID, UUID]]) -> defaultdict[UUID, set[UUID]]:
    """First -> all its seconds; a set for every key."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found


def _pair(facts: Mapping[str, Any]) -> tuple[set[UUID], set[UUID]]:
    """Members of the party group, and vice-chairs who belong to no party organisation."""
    party_group = {person for person, kind in facts["party"] if kind is BodyKind.PARTY_GROUP}
    members = {person for person, _ in facts["party"]}
    outside = {
        person
        for person, affiliation in facts["vice_chairs"]
        if person not in members and not is_party_member(affiliation)
    }
    return party_group, outside
