"""Which activities a viewer may know of, and whose participants, answers and leave they may see."""

import datetime as dt
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.models.activities.tables import Activity, ActivityOrganiser, LeaveRequest, Participation
from server.models.bodies.tables import Body
from server.models.fields import holding
from server.models.members.queries import NOTHING, drafts, visible_people
from server.models.members.tables import Person, Status
from server.rules.activities import PRIVATE, ActivityAudience
from server.rules.attendance import LeaveState
from server.rules.permissions import Action, Role, where
from server.viewer import Viewer

ALL = Q()


def visible_activities(viewer: Viewer) -> Q:
    """Those that the viewer's bodies prepare; once people were told of them also those they are invited to, and what is
    for all members and held by no sensitive body."""
    if not viewer.may(Action.READ_ACTIVITIES):
        return NOTHING
    told = ~Q(state__in=sorted(PRIVATE, key=lambda s: s.value))
    mine: Any = {"id__in": Subquery(invited(viewer).values("activity_id"))}
    ours: Any = {"id__in": _of(viewer, Action.FOLLOW_ACTIVITIES)}  # ALL | x would be x
    return Q(**ours) | (told & (Q(**mine) | _for_members(viewer)))


def kept_activities(viewer: Viewer) -> Q:
    """Those that the viewer prepares: for one of the bodies that hold them they may, by the table of permissions."""
    return activities_where(viewer, Action.MANAGE_ACTIVITIES)


def activities_where(viewer: Viewer, action: Action) -> Q:
    """Those for one of whose organisers the viewer may do that."""
    if not viewer.may(action):
        return NOTHING
    found = where(viewer.roles, action)
    if found is None:
        return ALL
    held = ActivityOrganiser.filter(body_id__in=sorted(found))
    ours: Any = {"id__in": Subquery(held.values("activity_id"))}
    return Q(**ours)


def own_activities(viewer: Viewer) -> Q:
    """Those to which the viewer is invited, once they were told."""
    told = ~Q(state__in=sorted(PRIVATE, key=lambda s: s.value))
    mine: Any = {"id__in": Subquery(invited(viewer).values("activity_id"))}
    return told & Q(**mine) if viewer.may(Action.READ_ACTIVITIES) else NOTHING


def invited(viewer: Viewer) -> QuerySet[Participation]:
    """Where the viewer was told that they are invited."""
    mine = Participation.filter(person_id=viewer.person) if viewer.person else Participation.filter(id__in=[])
    return mine.filter(invited_at__isnull=False)


def visible_participations(viewer: Viewer) -> Q:
    """Who takes part in what the viewer's bodies prepare, and in what they are invited to themselves; never why not."""
    ours: Any = {"activity_id__in": _of(viewer, Action.FOLLOW_ACTIVITIES)}
    mine: Any = {"activity_id__in": Subquery(Activity.filter(own_activities(viewer)).values("id"))}
    seen: Any = {"person_id__in": Subquery(Person.filter(visible_people(viewer)).values("id"))}
    return (Q(**ours) | Q(**mine, invited_at__isnull=False)) & Q(**seen)


def seated(on: dt.date, activity: UUID) -> Q:
    """Participations in that activity of people with a seat that is active on that day, found from its list."""
    link = "person__memberships__statuses__"
    active: Any = {"activity_id": activity, f"{link}status": Status.ACTIVE}
    held = Participation.filter(holding(on, link), **active).exclude(person__memberships__term_id__in=drafts())
    found: Any = {"id__in": Subquery(held.values("id"))}
    return Q(**found)


def visible_leaves(viewer: Viewer) -> Q:
    """One's own, and those that the viewer decides or prepares for: reasons are nobody else's."""
    decided: Any = {"participation__activity_id__in": _of(viewer, Action.DECIDE_LEAVE)}
    return _own(viewer) | Q(**decided)


def visible_leave_sessions(viewer: Viewer) -> Q:
    """Of the leave that the viewer may see."""
    seen: Any = {"leave_id__in": Subquery(LeaveRequest.filter(visible_leaves(viewer)).values("id"))}
    return Q(**seen)


def visible_attendances(viewer: Viewer) -> Q:
    """One's own, and of what the viewer's bodies prepare."""
    return _attending(viewer)


def visible_corrections(viewer: Viewer) -> Q:
    """As attendance."""
    return _attending(viewer)


def _attending(viewer: Viewer) -> Q:
    ours: Any = {"participation__activity_id__in": _of(viewer, Action.FOLLOW_ACTIVITIES)}
    return _own(viewer) | Q(**ours)


def _own(viewer: Viewer) -> Q:
    """What belongs to the viewer's own participations, for who may read activities at all: a token may not always."""
    if not (viewer.person and viewer.may(Action.READ_ACTIVITIES)):
        return NOTHING
    mine: Any = {"participation__person_id__in": [viewer.person]}
    return Q(**mine)


def waiting_leaves(viewer: Viewer) -> QuerySet[LeaveRequest]:
    """Those that wait for the viewer, but their own."""
    decided: Any = {"participation__activity_id__in": _of(viewer, Action.DECIDE_LEAVE)}
    rows = LeaveRequest.filter(**decided, state=LeaveState.SUBMITTED)
    return rows.exclude(participation__person_id=viewer.person) if viewer.person else rows


def _of(viewer: Viewer, action: Action) -> Subquery:
    return Subquery(Activity.filter(activities_where(viewer, action)).values("id"))


def _for_members(viewer: Viewer) -> Q:
    """What is for all members, for whoever holds a seat today or works for the assembly; of no sensitive body."""
    inside = {Role.MEMBER, Role.SECRETARY, Role.CHAIR, Role.CUSTODIAN, Role.AUDITOR, Role.ADMINISTRATOR}
    if not any(role.role in inside for role in viewer.roles):
        return NOTHING
    held = ActivityOrganiser.filter(body_id__in=Subquery(Body.filter(sensitive=True).values("id")))
    quiet: Any = {"id__in": Subquery(held.values("activity_id"))}
    return Q(audience=ActivityAudience.MEMBERS) & ~Q(**quiet)
