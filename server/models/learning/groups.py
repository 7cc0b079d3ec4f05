"""Learning groups: created, named, derived, ended (LC-2)."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID, uuid4

from tortoise.expressions import Q

from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.bodies.lives import changed, ended, made, related
from server.models.bodies.tables import Body, BodyKind, BodyRelation, RelationKind
from server.models.database import transaction
from server.models.history import end, locked, there
from server.models.learning.heads import lead, wanted_roles
from server.models.learning.joining import lasting, learning_group, open_group
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import name, say

STEMS = (BodyKind.SECTOR, BodyKind.SECTOR_GROUP, BodyKind.SPECIAL_COMMITTEE)
"""What a learning group may derive from (LC-2)."""


async def create_group(
    viewer: Viewer,
    *,
    name_zh: str = "",
    name_en: str = "",
    starts_on: dt.date | None = None,
    term: UUID | None = None,
    derived_from: UUID | None = None,
    head: UUID | None = None,
    co_heads: Collection[UUID] = (),
    reuse_name: bool = False,
) -> Body:
    """A new learning group, derived from a committee or sector, with its leaders from its first day (LC-2).

    starts_on: None is today for the leaders, and unknown for the group. Raises Conflict where another group has the
    name, or had it until it ended and `reuse_name` does not say that it is meant.
    """
    key = uuid4()
    viewer.must(Action.MANAGE_LEARNING, key)
    facts = {"name_zh": name_zh, "name_en": name_en, "starts_on": starts_on, "term": term}
    async with transaction():
        group = await made(viewer, key, facts | {"kind": BodyKind.LEARNING_GROUP}, "learning.create_group")
        await _name_free(group, ("name_zh", "name_en"), starts_on or viewer.today, reuse_name)
        if derived_from is not None:
            await _stem(derived_from)
            await related(viewer, key, derived_from, RelationKind.DERIVED_FROM, starts_on)
        if head is not None or co_heads:
            await lead(viewer, group, wanted_roles(head, co_heads), starts_on or viewer.today)
    return group


async def rename_group(
    viewer: Viewer, group: UUID, *, name_zh: str = "", name_en: str = "", reuse_name: bool = False
) -> Body:
    """Other names; both are set, an empty one clears. Raises Conflict as `create_group` does."""
    viewer.must(Action.MANAGE_LEARNING, group)
    async with transaction():
        before = await learning_group(group)
        after = await changed(viewer, group, {"name_zh": name_zh, "name_en": name_en}, "learning.rename_group")
        new = [column for column in ("name_zh", "name_en") if getattr(after, column) != getattr(before, column)]
        await _name_free(after, new, viewer.today, reuse_name)
    return after


async def set_stem(viewer: Viewer, group: UUID, *, derived_from: UUID | None, on: dt.date) -> Body:
    """From that day on the group derives from this committee or sector alone, or from none (LC-2).

    What it derived from before ends on that day. Saying again what holds already changes nothing.
    """
    viewer.must(Action.MANAGE_LEARNING, group)
    async with transaction():
        await locked(Body, group, "group")
        row = await open_group(group, on)
        if derived_from is not None:
            await _stem(derived_from)
        ties = await BodyRelation.filter(
            lasting(on), source_id=group, kind=RelationKind.DERIVED_FROM, voided_at=None
        ).order_by("starts_on", "id")
        kept = [tie for tie in ties if tie.target_id == derived_from and _goes_on(tie, on)]
        left = [tie for tie in ties if tie not in kept]
        for tie in left:
            await end(viewer, tie, on)
        if derived_from is not None and not kept:
            await related(viewer, group, derived_from, RelationKind.DERIVED_FROM, on)
        elif not left:
            return row
        await Body.filter(id__in=[group, *(tie.target_id for tie in left)]).update(updated_at=viewer.now)
        payload = {"on": on, "from": sorted({tie.target_id for tie in left}), "to": derived_from}
        await audit.record(viewer, "learning.set_stem", f"bod_{group}", payload)
    return row


async def end_group(viewer: Viewer, group: UUID, *, on: dt.date) -> Body:
    """The group is no more from that day on. Its members stand in the list of those in an ended group until moved."""
    viewer.must(Action.MANAGE_LEARNING, group)
    async with transaction():
        await learning_group(group)
        return await ended(viewer, group, on, "learning.end_group")


async def _stem(body: UUID) -> None:
    if (await there(Body, body, "derived_from")).kind not in STEMS:
        said = say("A learning group derives from a special committee or a sector.")
        raise Invalid(Problem("NOT_A_STEM", said, "derived_from", rule="LC-2"))


def _goes_on(tie: BodyRelation, on: dt.date) -> bool:
    """It holds on that day, with no end in sight."""
    return tie.ends_on is None and (tie.starts_on is None or tie.starts_on <= on)


async def _name_free(group: Body, columns: Collection[str], on: dt.date, reuse: bool) -> None:
    """No other learning group of that day or later has one of these names; one that ended may have had it."""
    for column in columns:
        if not getattr(group, column):
            continue
        facts = {f"{column}__iexact": getattr(group, column), "kind": BodyKind.LEARNING_GROUP}
        same = Body.filter(**facts).exclude(id=group.id).order_by("-ends_on")
        if other := await same.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).first():
            said = say(
                "There is already a group called {group}. Give a name that tells the two apart.", group=name(other)
            )
            raise Conflict(Problem("NAME_TAKEN", said, column))
        if not reuse and (other := await same.first()):
            said = say(
                "A group called {group} existed until {day}. Confirm that its name is used again, or give another.",
                group=name(other),
                day=other.ends_on,
            )
            raise Conflict(Problem("NAME_HAD", said, column))
