"""Which announcements a viewer may know of, what of them, and the people whom one is for."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import QuerySet, ValuesQuery

from server.models.accounts.tables import RoleAssignment
from server.models.announcements.tables import (
    Announcement,
    AnnouncementBody,
    AnnouncementRole,
)
from server.models.bodies.queries import DERIVED_FROM
from server.models.bodies.tables import BodyMembership
from server.models.documents.queries import lasting_body
from server.models.fields import FoundFirst, holding
from server.models.members.queries import NOTHING, active_seats, posts_on
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
    if roles:
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
    rows = Announcement.filter(displayed(viewer), addressed(viewer))
    mine: Any = {"readings__person_id": viewer.person, "readings__version__gte": F("version")}
    read: Any = {"id__in": Subquery(Announcement.filter(**mine).values("id"))}
    return rows.exclude(**read)


def visible_versions(viewer: Viewer) -> Q:
    """Of what the viewer may know of; what was withdrawn has none, but for who writes it."""
    kept: Any = {"announcement_id__in": Subquery(Announcement.filter(kept_announcements(viewer)).values("id"))}
    seen = Announcement.filter(visible_announcements(viewer)).exclude(state=AnnouncementState.WITHDRAWN)
    stand: Any = {"announcement_id__in": Subquery(seen.values("id"))}
    return Q(**kept) | Q(**stand)


def visible_comments(viewer: Viewer) -> Q:
    """Of what one may read, for who is signed in: those who comment are not shown to visitors."""
    return visible_versions(viewer) if viewer.may(Action.READ_ANNOUNCEMENTS) else NOTHING


async def audience_of(viewer: Viewer, row: Announcement) -> Q:
    """The people whom it is for today; for what is for everyone, the members. What staff may read is not for them."""
    if row.audience is AnnouncementAudience.BODIES:
        named: Any = Subquery(AnnouncementBody.filter(announcement_id=row.id).values("body_id"))
        sit = BodyMembership.filter(holding(viewer.today), lasting_body(viewer), body_id__in=named)
        stand = posts_on(viewer.today).filter(sector_id__in=named)
        return _people(sit.values("person_id")) | _people(stand.values("membership__person_id"))
    if row.audience is AnnouncementAudience.ROLES:
        roles = AnnouncementRole.filter(announcement_id=row.id).order_by("role").values_list("role", flat=True)
        return _holders(viewer, [role async for role in roles])
    return _people(active_seats(viewer.today).values("person_id"))


def _holders(viewer: Viewer, roles: Sequence[Role]) -> Q:
    """Whoever holds one of these roles today: given to their account, or following from a seat or a place."""
    given = RoleAssignment.filter(holding(viewer.today), account__person_id__isnull=False, role__in=roles)
    places = [Q(body__kind=kind, role=place) for (kind, place), role in DERIVED_FROM.items() if role in roles]
    found = _people(given.values("account__person_id"))
    if places:
        rows = BodyMembership.filter(holding(viewer.today), lasting_body(viewer), Q(*places, join_type=Q.OR))
        found |= _people(rows.values("person_id"))
    return found | _people(active_seats(viewer.today).values("person_id")) if Role.MEMBER in roles else found


def _people(keys: ValuesQuery[Any]) -> Q:
    return Q(id__in=Subquery(keys))


def _bodies(viewer: Viewer, person: UUID) -> Iterator[ValuesQuery[Any]]:
    """The bodies to which someone belongs today: by a place, and as the sector stood for."""
    yield BodyMembership.filter(holding(viewer.today), lasting_body(viewer), person_id=person).values("body_id")
    yield posts_on(viewer.today).filter(membership__person_id=person, sector_id__isnull=False).values("sector_id")
