"""Which announcements a viewer may know of, what of them, and which they have not read."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import QuerySet, ValuesQuery

from server.models.announcements.tables import (
    Announcement,
    AnnouncementBody,
    AnnouncementRole,
)
from server.models.bodies.tables import BodyMembership
from server.models.documents.queries import lasting_body
from server.models.fields import FoundFirst, holding
from server.models.members.queries import NOTHING, posts_on
from server.rules.announcements import AnnouncementAudience, AnnouncementState
from server.rules.permissions import Action, Role, where
from server.viewer import Viewer

ALL = Q()
INSIDE = frozenset({Role.MEMBER, Role.SECRETARY, Role.CHAIR, Role.CUSTODIAN, Role.AUDITOR, Role.ADMINISTRATOR})
"""Who reads what is for all members: whoever holds a seat today, and who works for the assembly."""
TOLD = sorted({AnnouncementState.PUBLISHED, AnnouncementState.WITHDRAWN}, key=lambda state: state.value)


def visible_announcements(viewer: Viewer) -> Q:
    """What is for the viewer, from its time on; afterwards, too, and that it was withdrawn. And what they write.

    A visitor sees what is for everyone while it is displayed.
    """
    if not viewer.may(Action.READ_ANNOUNCEMENTS):
        return open_to_all(viewer) if viewer.scopes is None else NOTHING
    kept: Any = {"id__in": Subquery(Announcement.filter(kept_announcements(viewer)).values("id"))}  # ALL | x would be x
    return Q(**kept) | (told(viewer) & addressed(viewer))


def open_to_all(viewer: Viewer) -> Q:
    """What everyone may read, signed in or not, while it is displayed."""
    return displayed(viewer) & Q(audience=AnnouncementAudience.EVERYONE)


def displayed(viewer: Viewer) -> Q:
    """What is there today for whom it is for."""
    lasting = Q(display_until__isnull=True) | Q(display_until__gte=viewer.today)
    return Q(state=AnnouncementState.PUBLISHED, publish_at__lte=viewer.now) & lasting


def told(viewer: Viewer) -> Q:
    """What was there for whom it is for, whatever became of it since."""
    return Q(state__in=TOLD, publish_at__lte=viewer.now)


def kept_announcements(viewer: Viewer) -> Q:
    """Those that the viewer writes: of a department of theirs, or all of them, by the table of permissions."""
    if not viewer.may(Action.WRITE_ANNOUNCEMENTS):
        return NOTHING
    found = where(viewer.roles, Action.WRITE_ANNOUNCEMENTS)
    return ALL if found is None else Q(origin_id__in=sorted(found))


def addressed(viewer: Viewer) -> Q:
    """Those whose audience the viewer is of, by the roles and places of today."""
    roles = {role.role for role in viewer.roles}
    found = Q(audience=AnnouncementAudience.EVERYONE)
    if roles & INSIDE:
        found |= Q(audience=AnnouncementAudience.MEMBERS)
    for_roles = AnnouncementRole.filter(role__in=sorted(roles, key=lambda role: role.value))
    held: Any = {"id__in": Subquery(for_roles.values("announcement_id"))}
    found |= Q(audience=AnnouncementAudience.ROLES, **held)
    if viewer.person:
        ours: Any = {"body_id__in": FoundFirst(*_bodies(viewer, viewer.person))}
        placed: Any = {"id__in": Subquery(AnnouncementBody.filter(**ours).values("announcement_id"))}
        found |= Q(audience=AnnouncementAudience.BODIES, **placed)
    return found


def unread(viewer: Viewer) -> QuerySet[Announcement]:
    """What is displayed, is for the viewer, and they have not opened as it stands now. None for who is no person."""
    if not (viewer.person and viewer.may(Action.READ_ANNOUNCEMENTS)):
        return Announcement.filter(NOTHING)
    return Announcement.filter(displayed(viewer), addressed(viewer), not_read(viewer))


def not_read(viewer: Viewer) -> Q:
    """What the viewer has not opened as it stands now. Nothing for who is no person: of them nothing is noted."""
    if not viewer.person:
        return NOTHING
    mine: Any = {"readings__person_id": viewer.person, "readings__seen__gte": F("version")}
    read: Any = {"id__in": Subquery(Announcement.filter(**mine).values("id"))}
    return ~Q(**read)


def visible_versions(viewer: Viewer) -> Q:
    """Of what the viewer may know of; what was withdrawn has none, but for who writes it."""
    kept: Any = {"announcement_id__in": Subquery(Announcement.filter(kept_announcements(viewer)).values("id"))}
    seen = Announcement.filter(visible_announcements(viewer)).exclude(state=AnnouncementState.WITHDRAWN)
    stand: Any = {"announcement_id__in": Subquery(seen.values("id"))}
    return Q(**kept) | Q(**stand)


def open_to_comments(viewer: Viewer) -> Q:
    """Those on which the viewer can comment: displayed, for them, and until the last day for comments."""
    if not (viewer.person and viewer.may(Action.COMMENT_ANNOUNCEMENTS)):
        return NOTHING
    return displayed(viewer) & addressed(viewer) & Q(comment_until__gte=viewer.today)


def visible_comments(viewer: Viewer) -> Q:
    """Of what one may read, for who is signed in: those who comment are not shown to visitors."""
    return visible_versions(viewer) if viewer.may(Action.READ_ANNOUNCEMENTS) else NOTHING


def _bodies(viewer: Viewer, person: UUID) -> Iterator[ValuesQuery[Any]]:
    """The bodies to which someone belongs today: by a place, and as the sector stood for."""
    yield BodyMembership.filter(holding(viewer.today), lasting_body(viewer), person_id=person).values("body_id")
    yield posts_on(viewer.today).filter(membership__person_id=person, sector_id__isnull=False).values("sector_id")
