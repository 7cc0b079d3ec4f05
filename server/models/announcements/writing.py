"""Writing announcements: what is said, from which department, to whom; and handing a draft in to be published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.accounts.holders import who_may
from server.models.announcements.queries import visible_announcements
from server.models.announcements.tables import Announcement, AnnouncementBody, AnnouncementRole
from server.models.bodies.queries import visible_bodies
from server.models.bodies.tables import Body
from server.models.database import transaction
from server.models.facts import before_and_after, differing, tidy
from server.models.history import locked, not_there
from server.models.messages import telling
from server.rules.announcements import (
    BODY,
    STEPS,
    AnnouncementAudience,
    AnnouncementKind,
    AnnouncementState,
    AnnouncementStep,
    unfitting,
    writers_step,
)
from server.rules.documents import Level
from server.rules.messages import Topic
from server.rules.permissions import Action, Role
from server.viewer import NOWHERE, Viewer
from server.words import both_names, say

TEXTS = ("body_zh", "body_en")


class AnnouncementFacts(TypedDict, total=False):
    """What can be said of an announcement. origin: a body; null for the general office itself."""

    kind: AnnouncementKind
    level: Level
    audience: AnnouncementAudience
    origin_id: UUID | None
    occurred_on: Any
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    display_until: Any
    comment_until: Any


@dataclass(frozen=True)
class Named:
    """The bodies or roles that an announcement is for, where its audience says so."""

    bodies: Sequence[UUID] = ()
    roles: Sequence[Role] = ()

    def of(self, audience: AnnouncementAudience) -> Sequence[object]:
        """Those that count for that audience."""
        by = {AnnouncementAudience.BODIES: self.bodies, AnnouncementAudience.ROLES: self.roles}
        return by.get(audience, ())


async def announcement_add(
    viewer: Viewer, *, named: Named = Named(), **facts: Unpack[AnnouncementFacts]
) -> Announcement:
    """A draft, of which nobody is told: of a department of the viewer's, or of the office. Raises Invalid, NotThere."""
    usual: AnnouncementFacts = {
        "kind": AnnouncementKind.OTHER,
        "level": Level.INTERNAL,
        "audience": AnnouncementAudience.MEMBERS,
    }
    said = sound(usual, facts, named)
    async with transaction():
        await may_write(viewer, said.get("origin_id"))
        await _all_there(viewer, named)
        row = await Announcement.create(
            id=uuid4(),
            state=AnnouncementState.DRAFT,
            **said,
            created_at=viewer.now,
            created_by_id=viewer.account,
            updated_at=viewer.now,
        )
        await _write_named(row, named)
        await audit.record(viewer, "announcements.add", f"ann_{row.id}", said)
    return row


async def announcement_change(
    viewer: Viewer, *, announcement: UUID, named: Named | None = None, **facts: Unpack[AnnouncementFacts]
) -> Announcement:
    """Other facts about what nobody was told of yet. named: None leaves it as it is. Raises Invalid, Conflict."""
    async with transaction():
        row = await stepping(viewer, announcement, AnnouncementStep.CHANGE)
        held = named or await named_of(row)
        said = sound(vars(row), facts, held)
        if said["origin_id"] != row.origin_id:
            await may_write(viewer, said["origin_id"])
        await _all_there(viewer, held)
        new = differing(row, said)
        if new:
            await Announcement.filter(id=row.id).update(**new, updated_at=viewer.now)
            await audit.record(viewer, "announcements.change", f"ann_{row.id}", before_and_after(row, new))
        await _write_named(row, held)
    return await Announcement.get(id=announcement)


async def announcement_submit(viewer: Viewer, *, announcement: UUID) -> Announcement:
    """Hand a draft in: those who publish are told, and the writer changes it no more. Raises Conflict."""
    async with transaction():
        row = await stepping(viewer, announcement, AnnouncementStep.SUBMIT)
        await Announcement.filter(id=row.id).update(state=AnnouncementState.SUBMITTED, updated_at=viewer.now)
        words = say("An announcement waits to be published: {title}", title=both_names(row.title_zh, row.title_en))
        accounts = await who_may(Action.PUBLISH_ANNOUNCEMENTS, viewer.today)
        link = f"/announcements/ann_{row.id}"
        await telling.tell(viewer, topic=Topic.WORK, words=words, accounts=accounts, link=link)
        await audit.record(viewer, "announcements.submit", f"ann_{row.id}", {})
    return await Announcement.get(id=announcement)


def steps_of(viewer: Viewer, state: AnnouncementState, origin: UUID | None) -> list[AnnouncementStep]:
    """What the viewer can do with an announcement that stands so and comes from there."""
    return [step for step in STEPS[state] if _takes(viewer, step, state, origin)]


def _takes(viewer: Viewer, step: AnnouncementStep, state: AnnouncementState, origin: UUID | None) -> bool:
    if viewer.may(Action.PUBLISH_ANNOUNCEMENTS, NOWHERE):
        return True
    return writers_step(step, state) and bool(viewer.may(Action.WRITE_ANNOUNCEMENTS, origin or NOWHERE))


async def stepping(viewer: Viewer, announcement: UUID, step: AnnouncementStep) -> Announcement:
    """The announcement, locked, with which the viewer can do that. Raises NotThere, Refused, Conflict."""
    row = await locked(Announcement, announcement, "id")
    if not await Announcement.filter(visible_announcements(viewer), id=announcement).exists():
        raise not_there("id")
    if not _takes(viewer, step, row.state, row.origin_id):
        viewer.must(Action.PUBLISH_ANNOUNCEMENTS, NOWHERE)
    if step not in STEPS[row.state]:
        raise Conflict(Problem("NO_SUCH_MOVE", say("That cannot become of it as it stands.")))
    return row


async def named_of(row: Announcement) -> Named:
    """The bodies and roles that it is for."""
    bodies = AnnouncementBody.filter(announcement_id=row.id).order_by("body_id").values_list("body_id", flat=True)
    roles = AnnouncementRole.filter(announcement_id=row.id).order_by("role").values_list("role", flat=True)
    return Named([body async for body in bodies], [role async for role in roles])


def sound(was: Mapping[str, Any], facts: Mapping[str, Any], named: Named) -> dict[str, Any]:
    """All facts as they would be kept. was: as they are so far. Raises Invalid."""
    whole = {name: facts.get(name, was.get(name)) for name in AnnouncementFacts.__annotations__}
    texts = {name: _lines(whole.pop(name) or "") for name in TEXTS}
    tidy(Announcement, {name: text.replace("\n", " ") for name, text in texts.items()})  # a text has lines
    said = {**tidy(Announcement, whole), **texts}
    said |= {name: said[name] or "" for name in ("title_zh", "title_en")}
    problems = [
        Problem("TOO_LONG", say("At most {most} characters; these are {length}.", most=BODY, length=len(text)), name)
        for name, text in texts.items()
        if len(text) > BODY
    ]
    if not said["title_zh"] and not said["title_en"]:
        problems.append(Problem("NAME_MISSING", say("Give it a title, in Chinese or in Latin letters."), "title_zh"))
    audience = said["audience"]
    if problems := problems + unfitting(said["level"], audience, named.of(audience)):
        raise Invalid(*problems)
    return said


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").expandtabs(4).strip()


async def may_write(viewer: Viewer, origin: UUID | None) -> None:
    """Raises Refused where the viewer writes nothing of that department, NotThere for a body they may not see."""
    viewer.must(Action.WRITE_ANNOUNCEMENTS)
    if origin and not await Body.filter(visible_bodies(viewer), id=origin).exists():
        raise not_there("origin")
    viewer.must(Action.WRITE_ANNOUNCEMENTS, origin or NOWHERE)


async def _all_there(viewer: Viewer, named: Named) -> None:
    bodies = set(named.bodies)
    if bodies and await Body.filter(visible_bodies(viewer), id__in=list(bodies)).count() < len(bodies):
        raise not_there("bodies")


async def _write_named(row: Announcement, named: Named) -> None:
    await AnnouncementBody.filter(announcement_id=row.id).delete()
    await AnnouncementRole.filter(announcement_id=row.id).delete()
    bodies, roles = dict.fromkeys(named.bodies), dict.fromkeys(named.roles)
    await AnnouncementBody.bulk_create([AnnouncementBody(announcement_id=row.id, body_id=body) for body in bodies])
    await AnnouncementRole.bulk_create([AnnouncementRole(announcement_id=row.id, role=role) for role in roles])
