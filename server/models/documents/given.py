"""Which grants are asked for, and whom one that is thought of would reach."""

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.models.bodies.queries import sitting_in
from server.models.bodies.tables import BodyMembership
from server.models.documents.granting import Whom
from server.models.documents.queries import taking_part
from server.models.documents.tables import AccessGrant, Document, FolderPath
from server.models.fields import holding
from server.models.members.queries import active_seats
from server.models.members.tables import Membership, Person
from server.rules.documents import Effect, GrantState
from server.rules.grants import GrantStanding
from server.viewer import NOWHERE, Viewer

ALIVE = [GrantState.UNCONFIRMED, GrantState.ACTIVE, GrantState.SUSPENDED]


def standing_so(standing: GrantStanding, now: dt.datetime) -> Q:
    """The grants that are that at this moment, as `rules.grants.standing` has it."""
    if standing in (GrantStanding.SCHEDULED, GrantStanding.ACTIVE, GrantStanding.EXPIRED):
        decided = Q(state=GrantState.ACTIVE)
        begun, over = Q(valid_from__lte=now), Q(valid_until__lte=now)
        if standing is GrantStanding.SCHEDULED:
            return decided & ~begun
        return decided & begun & (over if standing is GrantStanding.EXPIRED else ~over)
    return Q(state=GrantState(standing.value))


def ending_by(viewer: Viewer, moment: dt.datetime) -> Q:
    """Allows that hold and end by then, and that nobody has given once more."""
    again = AccessGrant.filter(renews_id__isnull=False, state__in=ALIVE).values("renews_id")
    renewed: Any = {"id__in": Subquery(again)}
    soon = Q(effect=Effect.ALLOW, valid_until__lte=moment)
    return soon & standing_so(GrantStanding.ACTIVE, viewer.now) & ~Q(**renewed)


def of_leavers(viewer: Viewer) -> Q:
    """Allows by name that hold or will, of people who had a seat and have none today."""
    had: Any = {"person_id__in": Subquery(Membership.all().values("person_id"))}
    has: Any = {"person_id__in": Subquery(active_seats(viewer.today).values("person_id"))}
    live = Q(effect=Effect.ALLOW, state__in=ALIVE, valid_until__gt=viewer.now)
    return live & Q(**had) & ~Q(**has)


def named_on(place: UUID) -> Q:
    """The people who were given something by name on that document or folder, in it, or on what is above it."""
    inside: Any = {"folder_id__in": Subquery(FolderPath.filter(above_id=place).values("folder_id"))}
    papers = Document.filter(Q(id=place) | Q(**inside))
    within: Any = {"document_id__in": Subquery(papers.values("id"))}
    above: Any = {"folder_id__in": Subquery(FolderPath.filter(folder__documents__id=place).values("above_id"))}
    over: Any = {"folder_id__in": Subquery(FolderPath.filter(folder_id=place).values("above_id"))}
    grants = AccessGrant.filter(Q(**within) | Q(**inside) | Q(**above) | Q(**over), person_id__isnull=False)
    return Q(id__in=Subquery(grants.values("person_id")))


def reached(viewer: Viewer, whom: Iterable[Whom]) -> Q:
    """The people whom a grant to these would reach today."""
    every = list(whom)
    named: Any = {"id__in": [one.person for one in every if one.person]}
    return reduce(or_, (_group(viewer, one) for one in every if not one.person), Q(**named))


def _group(viewer: Viewer, one: Whom) -> Q:
    if one.term:
        return Q(id__in=Subquery(active_seats(viewer.today, one.term).values("person_id")))
    if one.activity:
        there: Any = {"participations__activity_id": one.activity}
        return Q(id__in=Subquery(Person.filter(taking_part("participations__"), **there).values("id")))
    if one.body_role is None:
        return sitting_in(one.body or NOWHERE, viewer.today)
    places = BodyMembership.filter(holding(viewer.today), body_id=one.body, role=one.body_role)
    return Q(id__in=Subquery(places.values("person_id")))
