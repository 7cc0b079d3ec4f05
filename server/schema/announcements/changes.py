"""What can be changed about announcements. Each answer is the thing, or the problems."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from server.models import announcements, bodies, documents
from server.models.announcements import Named
from server.rules.announcements import AnnouncementAudience, AnnouncementKind
from server.rules.documents import Level
from server.rules.permissions import Action, Role
from server.schema.announcements.types import Announcement, AnnouncementComment
from server.schema.arguments import spread
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.leaving import moment
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, given, shows

UNSET = strawberry.UNSET


@strawberry.input(description="Facts about an announcement; what is left out stays as it is.")
class AnnouncementChange:
    """See `server.models.announcements.AnnouncementFacts`."""

    kind: AnnouncementKind | None = strawberry.field(default=UNSET, description="What is announced.")
    level: Level | None = strawberry.field(default=UNSET, description="How much of it may leave the house.")
    audience: AnnouncementAudience | None = strawberry.field(default=UNSET, description="Whom it is for.")
    origin: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The department it comes from; null for the general office."
    )
    occurred_on: dt.date | None = strawberry.field(default=UNSET, description="On which day it happened.")
    title_zh: str | None = strawberry.field(default=UNSET, description="Its title in Chinese.")
    title_en: str | None = strawberry.field(default=UNSET, description="Its title in Latin letters.")
    body_zh: str | None = strawberry.field(default=UNSET, description="Its text in Chinese, in Markdown.")
    body_en: str | None = strawberry.field(default=UNSET, description="Its text in English, in Markdown.")
    display_until: dt.date | None = strawberry.field(default=UNSET, description="The last day of its display.")
    comment_until: dt.date | None = strawberry.field(default=UNSET, description="The last day for comments.")


@strawberry.input(description="What is put right in an announcement; what is left out stays as it is.")
class AnnouncementCorrection:
    """What a version keeps."""

    occurred_on: dt.date | None = strawberry.field(default=UNSET, description="On which day it happened.")
    title_zh: str | None = strawberry.field(default=UNSET, description="Its title in Chinese.")
    title_en: str | None = strawberry.field(default=UNSET, description="Its title in Latin letters.")
    body_zh: str | None = strawberry.field(default=UNSET, description="Its text in Chinese, in Markdown.")
    body_en: str | None = strawberry.field(default=UNSET, description="Its text in English, in Markdown.")


@strawberry.type(description="The announcement as it is now.")
class AnnouncementPayload:
    """Success."""

    announcement: Announcement = strawberry.field(description="The announcement.")


@strawberry.type(description="The announcement, and whether that was news.")
class AnnouncementOpened:
    """Success."""

    announcement: Announcement = strawberry.field(description="The announcement.")
    noted: bool = strawberry.field(description="Whether something was noted: once for each version.")


@strawberry.type(description="The comment as it is now.")
class AnnouncementCommentPayload:
    """Success."""

    comment: AnnouncementComment = strawberry.field(description="The comment.")


AnnouncementResult = Annotated[
    AnnouncementPayload | Problems,
    strawberry.union("AnnouncementResult", description="The announcement, or why not."),
]
AnnouncementOpenResult = Annotated[
    AnnouncementOpened | Problems,
    strawberry.union("AnnouncementOpenResult", description="The announcement, or why not."),
]
AnnouncementCommentResult = Annotated[
    AnnouncementCommentPayload | Problems,
    strawberry.union("AnnouncementCommentResult", description="The comment, or why not."),
]
Facts = Annotated[AnnouncementChange, strawberry.argument(description="What is said of it.")]
Correction = Annotated[AnnouncementCorrection, strawberry.argument(description="What is right.")]
Bodies = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="The bodies that it is for, all of them.")
]
Roles = Annotated[list[Role] | None, strawberry.argument(description="The roles that it is for, all of them.")]
At = Annotated[
    dt.datetime | None,
    strawberry.argument(description="From when on; at once unless given. Without a zone where the assembly sits."),
]
Changed = Annotated[str, strawberry.argument(description="What is corrected, and why; every reader reads this.")]
Why = Annotated[str, strawberry.argument(description="Why; whoever was told of it is told this, too.")]
Hidden = Annotated[str, strawberry.argument(description="Why; stands in the place of its words.")]
Text = Annotated[str, strawberry.argument(description="What you say, under your name.")]
Paper = Annotated[strawberry.ID, strawberry.argument(description="Which document.")]
LastDay = Annotated[dt.date | None, strawberry.argument(description="The last day of its display; null for always.")]
LastComments = Annotated[dt.date | None, strawberry.argument(description="The last day for comments; null for none.")]


@dataclass(frozen=True)
class Whom:
    """Whom it is for, where its audience is bodies or roles."""

    bodies: Bodies = None
    roles: Roles = None

    def named(self) -> Named | None:
        """None where nothing is said of either."""
        if self.bodies is None and self.roles is None:
            return None
        return Named(_keys(self.bodies or ()), self.roles or ())


@strawberry.type
class AnnouncementMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="A draft, of which nobody is told yet.", extensions=needs(Action.WRITE_ANNOUNCEMENTS)
    )
    @spread
    async def announcement_add(self, info: Answer, *, facts: Facts, whom: Whom) -> AnnouncementResult:
        """Of a department of one's own, or of the office."""
        said, named = _given(facts), whom.named() or Named()
        return _done(await announcements.announcement_add(info.context.viewer, named=named, **said))

    @strawberry.mutation(
        description="Other facts about what nobody was told of yet.", extensions=needs(Action.WRITE_ANNOUNCEMENTS)
    )
    @spread
    async def announcement_change(self, info: Answer, *, id: Id, change: Facts, whom: Whom) -> AnnouncementResult:
        """What is left out stays."""
        viewer, named = info.context.viewer, whom.named()
        said = _given(change)
        return _done(await announcements.announcement_change(viewer, announcement=_key(id), named=named, **said))

    @strawberry.mutation(
        description="Hands a draft in to those who publish.", extensions=needs(Action.WRITE_ANNOUNCEMENTS)
    )
    async def announcement_submit(self, info: Answer, id: Id) -> AnnouncementResult:
        """They are told."""
        return _done(await announcements.announcement_submit(info.context.viewer, announcement=_key(id)))

    @strawberry.mutation(
        description="It is there for whom it is for, at once or from a time on; then they are told.",
        extensions=needs(Action.PUBLISH_ANNOUNCEMENTS),
    )
    async def announcement_publish(self, info: Answer, id: Id, at: At = None) -> AnnouncementResult:
        """The first version."""
        viewer = info.context.viewer
        begins = moment(at, viewer, "at")
        return _done(await announcements.announcement_publish(viewer, announcement=_key(id), at=begins))

    @strawberry.mutation(
        description="Puts it right: another version, marked as amended; the earlier one stays to be seen (AD-1).",
        extensions=needs(Action.PUBLISH_ANNOUNCEMENTS),
    )
    async def announcement_correct(
        self, info: Answer, id: Id, changed: Changed, correction: Correction
    ) -> AnnouncementResult:
        """Whom it is for are told what changed."""
        viewer, said = info.context.viewer, given(correction, announcements.Announcement)
        row = await announcements.announcement_correct(viewer, announcement=_key(id), changed=changed, **said)
        return _done(row)

    @strawberry.mutation(
        description="Other last days of its display and for comments.", extensions=needs(Action.PUBLISH_ANNOUNCEMENTS)
    )
    async def announcement_prolong(
        self, info: Answer, id: Id, display_until: LastDay = None, comment_until: LastComments = None
    ) -> AnnouncementResult:
        """Both of them."""
        viewer, days = info.context.viewer, {"display_until": display_until, "comment_until": comment_until}
        return _done(await announcements.announcement_prolong(viewer, announcement=_key(id), **days))

    @strawberry.mutation(
        description="Takes it back: its text is told no more, that it was withdrawn and why is.",
        extensions=needs(Action.WRITE_ANNOUNCEMENTS),
    )
    async def announcement_withdraw(self, info: Answer, id: Id, reason: Why) -> AnnouncementResult:
        """A draft is discarded in silence."""
        viewer = info.context.viewer
        return _done(await announcements.announcement_withdraw(viewer, announcement=_key(id), reason=reason))

    @strawberry.mutation(
        description="Notes that you opened it as it stands now: once for each version, and of nobody but people of "
        "the register whom it is for.",
        extensions=needs(Action.READ_ANNOUNCEMENTS),
    )
    async def announcement_open(self, info: Answer, id: Id) -> AnnouncementOpenResult:
        """What the page of an announcement does by itself."""
        noted = await announcements.announcement_open(info.context.viewer, announcement=_key(id))
        row = await announcements.Announcement.get(id=_key(id))
        return shows(AnnouncementOpened, announcement=row, noted=noted)

    @strawberry.mutation(
        description="Lists a document of which you know with it; that lets nobody read it.",
        extensions=needs(Action.WRITE_ANNOUNCEMENTS),
    )
    async def announcement_link_document(self, info: Answer, id: Id, document: Paper) -> AnnouncementResult:
        """Read under the rules of documents."""
        viewer, key = info.context.viewer, key_of(document, documents.Document, field="document")
        return _done(await announcements.announcement_link_document(viewer, announcement=_key(id), document=key))

    @strawberry.mutation(
        description="The document is listed with it no more, and stays where it is.",
        extensions=needs(Action.WRITE_ANNOUNCEMENTS),
    )
    async def announcement_unlink_document(self, info: Answer, id: Id, document: Paper) -> AnnouncementResult:
        """Nothing happens to the document."""
        viewer, key = info.context.viewer, key_of(document, documents.Document, field="document")
        return _done(await announcements.announcement_unlink_document(viewer, announcement=_key(id), document=key))

    @strawberry.mutation(
        description="Says something to an announcement that is for you, while comments are open.",
        extensions=needs(Action.COMMENT_ANNOUNCEMENTS),
    )
    async def announcement_comment(self, info: Answer, id: Id, text: Text) -> AnnouncementCommentResult:
        """Under one's name."""
        new = await announcements.comment_write(info.context.viewer, announcement=_key(id), text=text)
        return shows(AnnouncementCommentPayload, comment=new)

    @strawberry.mutation(
        description="Hides a comment, with a reason that readers see; its words stay.",
        extensions=needs(Action.PUBLISH_ANNOUNCEMENTS),
    )
    async def announcement_comment_hide(self, info: Answer, id: Id, reason: Hidden) -> AnnouncementCommentResult:
        """Never deleted."""
        key = key_of(id, announcements.AnnouncementComment)
        row = await announcements.comment_hide(info.context.viewer, comment=key, reason=reason)
        return shows(AnnouncementCommentPayload, comment=row)

    @strawberry.mutation(
        description="Tells the words of a hidden comment again.", extensions=needs(Action.PUBLISH_ANNOUNCEMENTS)
    )
    async def announcement_comment_unhide(self, info: Answer, id: Id) -> AnnouncementCommentResult:
        """As before."""
        key = key_of(id, announcements.AnnouncementComment)
        row = await announcements.comment_unhide(info.context.viewer, comment=key)
        return shows(AnnouncementCommentPayload, comment=row)


def _key(id: str) -> Any:
    return key_of(id, announcements.Announcement)


def _keys(ids: Sequence[str]) -> list[Any]:
    return [key_of(one, bodies.Body, field="bodies") for one in ids]


def _given(facts: AnnouncementChange) -> dict[str, Any]:
    """The facts by the names of their columns."""
    said = given(facts, announcements.Announcement)
    if "origin" in said:
        origin = said.pop("origin")
        said["origin_id"] = key_of(origin, bodies.Body, field="origin") if origin else None
    return said


def _done(row: announcements.Announcement) -> AnnouncementPayload:
    return shows(AnnouncementPayload, announcement=row)
