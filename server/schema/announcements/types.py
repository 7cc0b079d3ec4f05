"""Announcements, their versions, comments and documents, as far as one may know of them."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Annotated, Any

import strawberry
from tortoise.expressions import Q, Subquery

from server.models import announcements, bodies, documents, members
from server.models.reads import Columns, Count
from server.rules.announcements import (
    AnnouncementAudience,
    AnnouncementKind,
    AnnouncementStanding,
    AnnouncementState,
    AnnouncementStep,
    standing,
    text_leaves,
    title_leaves,
)
from server.rules.documents import Level
from server.rules.permissions import Action, Role
from server.schema.bodies import Body
from server.schema.documents import Document
from server.schema.making import made, makes
from server.schema.members import Person
from server.schema.node import Node
from server.schema.reading import Answer, chosen, column, computed, in_language, many, one, reads
from server.schema.rows import Visible
from server.viewer import NOWHERE, Viewer
from server.words import say

Row = strawberry.Parent[announcements.Announcement]
Said = strawberry.Parent[announcements.AnnouncementComment]
Whole = Annotated["Announcement", strawberry.lazy("server.schema.announcements.types")]
NAMED, VERSIONS, PAPERS = 50, 20, 50
"""What large announcements have: bodies that they are for, versions, documents."""
TEXT = ("body_zh", "body_en", "state")
TIMES = ("state", "publish_at", "display_until")


def of_visible() -> Visible:
    """Rows of announcements of which the viewer may know."""

    def visible(viewer: Viewer) -> Q:
        seen = announcements.Announcement.filter(announcements.visible_announcements(viewer))
        told: Any = {"announcement_id__in": Subquery(seen.values("id"))}
        return Q(**told)

    return visible


@strawberry.type(description="A body whose people an announcement is for.")
@reads(announcements.AnnouncementBody, of_visible())
class AnnouncementBody(Node):
    """One of them."""

    body = one(bodies.Body, "body", Body | None, "The body; null where you may not see it.")


@strawberry.type(description="A role whose holders an announcement is for.")
@reads(announcements.AnnouncementRole, of_visible())
class AnnouncementRole(Node):
    """One of them."""

    role: Role = column("The role.")


@strawberry.type(description="An announcement as it stood from a time on (AD-1). Never edited.")
@reads(announcements.AnnouncementVersion, announcements.visible_versions)
class AnnouncementVersion(Node):
    """A version."""

    n: int = column("Its number: 1 as it was published, then one for each correction.")
    title: str = chosen("title", "Its title then, in your language where it is known.")
    body: str = chosen("body", "Its text then, in Markdown, in your language where it is known.")
    occurred_on: dt.date | None = column("On which day it had happened, as was said then; null where none was.")
    changed: str = column("What was corrected, and why; empty for the first.")
    published_at: dt.datetime = column("From when on it stood so.")


@strawberry.type(description="What someone says to an announcement.")
@reads(announcements.AnnouncementComment, announcements.visible_comments)
class AnnouncementComment(Node):
    """Never deleted: where it is hidden, that and the reason are told."""

    announcement = one(announcements.Announcement, "announcement", Whole | None, "To which announcement.")
    person = one(members.Person, "person", Person | None, "Who; null where you may not see them.")
    version: int = column("The number of the version to which it was said.")
    written_at: dt.datetime = column("When.")
    hidden_at: dt.datetime | None = column("When staff hid it; null where its words are told.")
    hidden_reason: str = column("Why they did, or empty.")

    @computed(
        "Its words; empty where they are hidden, but for who wrote them and for staff.",
        "text",
        "hidden_at",
        "person_id",
    )
    def text(root: Said, info: Answer) -> str:
        """As `comment_hide` says."""
        viewer = info.context.viewer
        staff = bool(viewer.may(Action.PUBLISH_ANNOUNCEMENTS, NOWHERE))
        return root.text if root.hidden_at is None or staff or root.person_id == viewer.person else ""


@strawberry.type(description="A document that belongs to an announcement.")
@reads(announcements.AnnouncementDocument, of_visible())
class AnnouncementDocument(Node):
    """Read under the rules of documents."""

    document = one(documents.Document, "document", Document | None, "The document; null where you may not know of it.")


def _text(name: str, description: str) -> Any:
    """A text of an announcement; what was withdrawn has none any more."""

    def tell(root: Row, info: Answer) -> str:
        return "" if root.state is AnnouncementState.WITHDRAWN else str(getattr(root, name))

    told: Callable[..., Any] = computed(description, name, "state")
    return told(tell)


@strawberry.type(description="Something that is told: to all members, or to whom it is for.")
@reads(announcements.Announcement, announcements.visible_announcements)
class Announcement(Node):
    """An announcement."""

    kind: AnnouncementKind = column("What is announced.")
    audience: AnnouncementAudience = column("Whom it is for.")
    level: Level = column("How much of it may leave the house (PU-1).")
    origin = one(bodies.Body, "origin", Body | None, "The department it comes from; null for the general office.")
    occurred_on: dt.date | None = column("On which day it happened; null where that is not said (AD-2).")
    title: str = chosen("title", "Its title, in your language where it is known.")
    title_zh: str = column("Its title in Chinese, or empty.")
    title_en: str = column("Its title in Latin letters, or empty.")
    body_zh: str = _text("body_zh", "Its text in Chinese, in Markdown, or empty.")
    body_en: str = _text("body_en", "Its text in English, in Markdown, or empty.")
    version: int = column("The number of this version (AD-1); 0 while nobody was told, above 1 it is amended.")
    publish_at: dt.datetime | None = column("From when on it is there for whom it is for; null for a draft.")
    display_until: dt.date | None = column("The last day on which it is displayed; null for always.")
    comment_until: dt.date | None = column("The last day on which people can comment; null for never.")
    updated_at: dt.datetime = column("When it was changed last.")
    reason: str = column("Why it was withdrawn, or empty.")
    bodies = many(
        announcements.AnnouncementBody,
        "announcement",
        AnnouncementBody,
        "The bodies that it is for, where its audience is bodies.",
        counted=NAMED,
    )
    roles = many(
        announcements.AnnouncementRole,
        "announcement",
        AnnouncementRole,
        "The roles that it is for, where its audience is roles.",
        order=("role",),
    )
    versions = many(
        announcements.AnnouncementVersion,
        "announcement",
        AnnouncementVersion,
        "What stood there when, the newest first; nothing of what was withdrawn, but for who writes it.",
        order=("-n",),
        counted=VERSIONS,
    )
    papers = many(
        announcements.AnnouncementDocument,
        "announcement",
        AnnouncementDocument,
        "Its documents.",
        order=("linked_at", "id"),
        counted=PAPERS,
    )

    @computed(
        "Its text, in Markdown, in your language where it is known; empty once it is withdrawn.",
        "body_zh",
        "body_en",
        "state",
    )
    def body(root: Row, info: Answer) -> str:
        """What was withdrawn is told no more."""
        gone = root.state is AnnouncementState.WITHDRAWN
        return "" if gone else in_language(root, "body", info.context.viewer)

    @computed(
        "Its title, as far as it may leave the house (PU-1): in messages, and in feeds that others carry.",
        "title_zh",
        "title_en",
        "level",
    )
    def title_outside(root: Row, info: Answer) -> str:
        """What is work-sensitive is not named."""
        named = in_language(root, "title", info.context.viewer)
        return named if title_leaves(root.level) else say("An announcement for you").into(info.context.viewer.locale)

    @computed("Its text, as far as it may leave the house (PU-1); empty where it may not.", *TEXT, "level")
    def body_outside(root: Row, info: Answer) -> str:
        """Of what is public."""
        leaves = text_leaves(root.level) and root.state is not AnnouncementState.WITHDRAWN
        return in_language(root, "body", info.context.viewer) if leaves else ""

    @makes("What that department is called, also for visitors; empty for the general office.", "origin_id")
    async def origin_name(root: Row, info: Answer) -> str:
        """But for bodies that are sensitive."""
        viewer = info.context.viewer
        rows = bodies.Body.filter(Q(sensitive=False) | bodies.visible_bodies(viewer), id=root.origin_id)
        named = Columns(rows, ("name_zh", "name_en"))
        return await made(info.context, {"named": named}, lambda found: _named(found["named"], viewer))

    @computed("How it stands now.", *TIMES)
    def standing(root: Row, info: Answer) -> AnnouncementStanding:
        """By its state and its times."""
        viewer = info.context.viewer
        return standing(root.state, root.publish_at, root.display_until, now=viewer.now, today=viewer.today)

    @computed("What you can do with it now.", "state", "origin_id")
    def steps(root: Row, info: Answer) -> list[AnnouncementStep]:
        """The verbs ask the same rule."""
        return announcements.steps_of(info.context.viewer, root.state, root.origin_id)

    @makes("Whether you can comment on it now.", "id")
    async def may_comment(root: Row, info: Answer) -> bool:
        """While it is displayed, up to the last day for comments."""
        open_now = announcements.open_to_comments(info.context.viewer)
        found = Count(announcements.Announcement.filter(open_now, id=root.id))
        return await made(info.context, {"open": found}, lambda read: bool(read["open"]))

    @makes("Whether you have opened it as it stands now; null where nothing is noted of you.", "id", "version")
    async def opened(root: Row, info: Answer) -> bool | None:
        """Your own reading."""
        person = info.context.viewer.person
        if person is None:
            return await made(info.context, {}, lambda read: None)
        mine = Columns(announcements.AnnouncementReading.filter(announcement_id=root.id, person_id=person), ("seen",))
        version = root.version
        return await made(info.context, {"mine": mine}, lambda read: any(seen >= version for (seen,) in read["mine"]))


def _named(found: list[tuple[str, str]], viewer: Viewer) -> str:
    return "".join(in_language(SimpleNamespace(name_zh=zh, name_en=en), "name", viewer) for zh, en in found)
