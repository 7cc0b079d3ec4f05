"""Who is to be seen, and who held a seat on which day."""

import datetime as dt
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models.fields import holding
from server.models.members.tables import Membership, MembershipPost, MembershipStatus, Status
from server.rules.names import search_words
from server.rules.permissions import Action
from server.viewer import Viewer

NOTHING = Q(id__in=[])
"""No row at all."""


def visible_people(viewer: Viewer) -> Q:
    """The people this viewer may see: all but doubles that were merged away, for whoever may read the register."""
    return Q(merged_into_id__isnull=True) if viewer.may(Action.READ_REGISTER).allowed else NOTHING


def active_seats(on: dt.date, term: UUID | None = None) -> QuerySet[Membership]:
    """The seats whose status on that day is ACTIVE, in that term or in all."""
    held = MembershipStatus.filter(holding(on), status=Status.ACTIVE)
    seats = Membership.filter(id__in=Subquery(held.values("membership_id")))
    return seats if term is None else seats.filter(term_id=term)


def active_on(on: dt.date, term: UUID | None = None) -> Q:
    """People with a seat that is active on that day."""
    return Q(id__in=Subquery(active_seats(on, term).values("person_id")))


def of_term(term: UUID) -> Q:
    """People with a seat in that term, whatever became of it."""
    return Q(id__in=Subquery(Membership.filter(term_id=term).values("person_id")))


def posts_on(on: dt.date) -> QuerySet[MembershipPost]:
    """What the seats active on that day stand for. Who belongs to a sector follows from these rows alone."""
    active: dict[str, Any] = {"membership__statuses__status": Status.ACTIVE}
    return MembershipPost.filter(holding(on), holding(on, "membership__statuses__"), **active)


def in_sector(sector: UUID, on: dt.date) -> Q:
    """People with an active seat that stands for that sector on that day."""
    return Q(id__in=Subquery(posts_on(on).filter(sector_id=sector).values("membership__person_id")))


def matching(query: str) -> Q:
    """People (or bodies) in whose names each word of the query is found: hanzi, pinyin with or without tones, Latin.

    An empty query finds all; one of signs alone finds nothing.
    """
    words = search_words(query)
    if not words and query and not query.isspace():
        return NOTHING
    return Q(*(Q(search__contains=word) for word in words))
