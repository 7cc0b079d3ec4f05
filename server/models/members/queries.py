"""Who is to be seen, and who held a seat on which day."""

import datetime as dt
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models.fields import holding
from server.models.members.tables import Membership, MembershipPost, MembershipStatus, Status, Term, TermStatus
from server.rules.names import search_words
from server.rules.permissions import Action
from server.viewer import Viewer

NOTHING = Q(id__in=[])
"""No row at all."""


def visible_people(viewer: Viewer) -> Q:
    """The people this viewer may see: all but doubles that were merged away, for whoever may read the register."""
    return Q(merged_into_id__isnull=True) if viewer.may(Action.READ_REGISTER).allowed else NOTHING


def drafts() -> Subquery:
    """The terms that are only planned: their seats count nowhere, unless such a term is asked for by itself."""
    return Subquery(Term.filter(status=TermStatus.DRAFT).values("id"))


def active_seats(on: dt.date, term: UUID | None = None) -> QuerySet[Membership]:
    """The seats whose status on that day is ACTIVE, in that term or in all that are no draft."""
    held = MembershipStatus.filter(holding(on), status=Status.ACTIVE)
    seats = Membership.filter(id__in=Subquery(held.values("membership_id")))
    return seats.exclude(term_id__in=drafts()) if term is None else seats.filter(term_id=term)


def visible_seats(viewer: Viewer) -> Q:
    """Those of a draft are for whoever may know what is sensitive, as in `changes`: nobody else learns who leaves."""
    planned: dict[str, Any] = {"term_id__in": drafts()}
    return Q() if viewer.may(Action.READ_SENSITIVE).allowed else ~Q(**planned)


def active_on(on: dt.date, term: UUID | None = None) -> Q:
    """People with a seat that is active on that day."""
    return Q(id__in=Subquery(active_seats(on, term).values("person_id")))


def of_term(term: UUID) -> Q:
    """People with a seat in that term, whatever became of it."""
    return Q(id__in=Subquery(Membership.filter(term_id=term).values("person_id")))


def posts_on(on: dt.date) -> QuerySet[MembershipPost]:
    """What the seats active on that day stand for, but for drafts. Who belongs to a sector follows from these alone."""
    active: dict[str, Any] = {"membership__statuses__status": Status.ACTIVE}
    seats = MembershipPost.filter(holding(on), holding(on, "membership__statuses__"), **active)
    return seats.exclude(membership__term_id__in=drafts())


def in_sector(sector: UUID, on: dt.date) -> Q:
    """People with an active seat that stands for that sector on that day."""
    return Q(id__in=Subquery(posts_on(on).filter(sector_id=sector).values("membership__person_id")))


def visible_terms(viewer: Viewer) -> Q:
    """The terms by which this viewer may ask who is in them: a draft as in `visible_seats`."""
    return Q() if viewer.may(Action.READ_SENSITIVE).allowed else ~Q(status=TermStatus.DRAFT)


def matching(query: str) -> Q:
    """People (or bodies) in whose names each word of the query is found: hanzi, pinyin with or without tones, Latin.

    An empty query finds all; one of signs alone finds nothing.
    """
    words = search_words(query)
    if not words and query and not query.isspace():
        return NOTHING
    return Q(*(Q(search__contains=word) for word in words))
