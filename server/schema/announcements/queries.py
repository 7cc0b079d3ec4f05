"""What can be asked of announcements: those that one may know of, one of them, and what is said to it."""

import datetime as dt
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q

from server.models import announcements, bodies
from server.models.bodies import BodyKind
from server.rules.announcements import AnnouncementKind, AnnouncementState
from server.rules.permissions import Action, where
from server.schema.activities.queries import day_begins
from server.schema.announcements.types import Announcement, AnnouncementComment
from server.schema.arguments import spread
from server.schema.bodies import Body
from server.schema.declared import DESCRIBED
from server.schema.guard import needs, public
from server.schema.ids import key_of
from server.schema.paging import Connection, Slice, connect
from server.schema.reading import Answer, Id
from server.schema.rows import row_of, seen

Words = Annotated[str | None, strawberry.argument(description="Words of a title, in Chinese or Latin letters.")]
OfKind = Annotated[AnnouncementKind | None, strawberry.argument(description="Only those of this kind.")]
OfState = Annotated[AnnouncementState | None, strawberry.argument(description="Only those that stand so.")]
FromWhere = Annotated[strawberry.ID | None, strawberry.argument(description="Only those of this department.")]
OnlyUnread = Annotated[bool, strawberry.argument(description="Only those that you have not opened as they stand.")]
OnlyKept = Annotated[bool, strawberry.argument(description="Only those that you write, drafts among them.")]
OnlyOpen = Annotated[bool, strawberry.argument(description="Only those that everyone may read, signed in or not.")]
WithPast = Annotated[bool, strawberry.argument(description="Also those that are displayed no more or were withdrawn.")]
Since = Annotated[dt.date | None, strawberry.argument(description="Only those published on this day or later.")]
To = Annotated[strawberry.ID, strawberry.argument(description="To which announcement.")]
ORIGINS = [
    *(BodyKind.DEPARTMENT, BodyKind.UNIT, BodyKind.STANDING_COMMITTEE, BodyKind.SPECIAL_COMMITTEE),
    *(BodyKind.CHAIRS_MEETING, BodyKind.OTHER),
]
"""From what announcements come, as a rule."""
NEWEST = ("-publish_at", "id")


@strawberry.type(description="A part of the bodies of which you can write announcements.")
class AnnouncingBodyConnection(Connection[Body]):
    """Bodies, apart from those of the register."""


@strawberry.type
class AnnouncementQuery:
    """Root fields of this room. Which rows are told is part of each query."""

    @strawberry.field(
        description="Announcements of which you may know, the newest first: those that are displayed, unless more is "
        "asked for; with `manageable` those that you write, drafts first.",
        graphql_type=Connection[Announcement],
        extensions=public(),
        metadata=DESCRIBED,
    )
    @spread
    async def announcements(
        self,
        info: Answer,
        *,
        search: Words = None,
        kind: OfKind = None,
        state: OfState = None,
        origin: FromWhere = None,
        unread: OnlyUnread = False,
        manageable: OnlyKept = False,
        openly: OnlyOpen = False,
        past: WithPast = False,
        since: Since = None,
        part: Slice,
    ) -> Any:
        """One statement."""
        asking, viewer = info.context, info.context.viewer
        rows = announcements.Announcement.filter(announcements.visible_announcements(viewer))
        if manageable:
            rows = rows.filter(announcements.kept_announcements(viewer))
        else:
            rows = rows.filter(announcements.told(viewer) if past else announcements.displayed(viewer))
        rows = rows.filter(announcements.open_to_all(viewer)) if openly else rows
        rows = rows.filter(announcements.not_read(viewer)) if unread else rows
        rows = rows.filter(kind=kind) if kind else rows
        rows = rows.filter(state=state) if state else rows
        rows = rows.filter(origin_id=await seen(asking, bodies.Body, origin, "origin")) if origin else rows
        rows = rows.filter(Q(title_zh__icontains=search) | Q(title_en__icontains=search)) if search else rows
        rows = rows.filter(publish_at__gte=day_begins(info, since)) if since else rows
        return await connect(asking, rows, ("-created_at", "id") if manageable else NEWEST, part)

    @strawberry.field(
        description="One announcement, null where there is none or not for you.",
        graphql_type=Announcement | None,
        extensions=public(),
        metadata=DESCRIBED,
    )
    async def announcement(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, announcements.Announcement, key_of(id, announcements.Announcement))

    @strawberry.field(
        description="What is said to an announcement, the first first.",
        graphql_type=Connection[AnnouncementComment],
        extensions=public(),
        metadata=DESCRIBED,
    )
    @spread
    async def announcement_comments(self, info: Answer, *, announcement: To, part: Slice) -> Any:
        """Told to who is signed in."""
        asking = info.context
        key = await seen(asking, announcements.Announcement, announcement, "announcement")
        found = announcements.visible_comments(asking.viewer)
        rows = announcements.AnnouncementComment.filter(found, announcement_id=key)
        return await connect(asking, rows, ("written_at", "id"), part)

    @strawberry.field(
        description="One comment, null where there is none or not for you.",
        graphql_type=AnnouncementComment | None,
        extensions=needs(Action.READ_ANNOUNCEMENTS),
        metadata=DESCRIBED,
    )
    async def announcement_comment(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        key = key_of(id, announcements.AnnouncementComment)
        return await row_of(info.context, announcements.AnnouncementComment, key)

    @strawberry.field(
        description="Bodies of which you can write announcements, by name.",
        graphql_type=AnnouncingBodyConnection,
        extensions=needs(Action.WRITE_ANNOUNCEMENTS),
        metadata=DESCRIBED,
    )
    @spread
    async def announcing_bodies(self, info: Answer, *, part: Slice) -> Any:
        """Those that exist today."""
        viewer = info.context.viewer
        held = where(viewer.roles, Action.WRITE_ANNOUNCEMENTS)
        lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=viewer.today)
        rows = bodies.Body.filter(bodies.visible_bodies(viewer), lasting)
        rows = rows.filter(kind__in=ORIGINS) if held is None else rows.filter(id__in=sorted(held))
        return await connect(info.context, rows, ("sort", "id"), part, AnnouncingBodyConnection)
