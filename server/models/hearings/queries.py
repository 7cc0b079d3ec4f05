"""Which hearings a viewer may know of, and whose applications they may see."""

from typing import Any

from tortoise.expressions import Q, Subquery

from server.models.activities.queries import activities_where, visible_activities
from server.models.activities.tables import Activity
from server.models.hearings.tables import Hearing, HearingApplication
from server.models.members.queries import NOTHING
from server.rules.hearings import PUBLIC_KEYS
from server.rules.permissions import Action
from server.viewer import Viewer


def visible_hearings(viewer: Viewer) -> Q:
    """Those whose activities the viewer may know of, and public ones of which notice was given, also for visitors."""
    told = Q(profile__in=[key.value for key in PUBLIC_KEYS], applications_until__isnull=False)
    if not viewer.may(Action.READ_HEARINGS):
        return NOTHING if viewer.signed_in else told
    seen: Any = {"activity_id__in": Subquery(Activity.filter(visible_activities(viewer)).values("id"))}
    return told | Q(**seen)


def kept_hearings(viewer: Viewer) -> Q:
    """Those that the viewer prepares: for one of the bodies that hold them they may."""
    return hearings_where(viewer, Action.MANAGE_HEARINGS)


def hearings_where(viewer: Viewer, action: Action) -> Q:
    """Those for one of whose organisers the viewer may do that."""
    held = Activity.filter(activities_where(viewer, action))
    ours: Any = {"activity_id__in": Subquery(held.values("id"))}
    return Q(**ours)


def visible_applications(viewer: Viewer) -> Q:
    """One's own, and of what the viewer's bodies hold."""
    ours = Hearing.filter(hearings_where(viewer, Action.FOLLOW_HEARINGS))
    followed: Any = {"hearing_id__in": Subquery(ours.values("id"))}
    return _own(viewer) | Q(**followed)


def own_applications(viewer: Viewer, **which: Any) -> Any:
    """What the viewer applied for, as who signed in."""
    return HearingApplication.filter(_own(viewer), **which)


def _own(viewer: Viewer) -> Q:
    if not (viewer.person and viewer.may(Action.READ_HEARINGS)):
        return NOTHING
    mine: Any = {"person_id__in": [viewer.person]}
    return Q(**mine)
