"""Learning groups: created, named, ended (LC-2)."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID, uuid4

from server.errors import Invalid, Problem
from server.models.bodies.lives import changed, ended, made, related
from server.models.bodies.tables import Body, BodyKind, RelationKind
from server.models.database import transaction
from server.models.history import there
from server.models.learning.heads import lead, wanted_roles
from server.models.learning.joining import learning_group
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

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
) -> Body:
    """A new learning group, derived from a committee or sector, with its leaders from its first day (LC-2).

    starts_on: None is today for the leaders, and unknown for the group.
    """
    key = uuid4()
    viewer.must(Action.MANAGE_LEARNING, key)
    facts = {"name_zh": name_zh, "name_en": name_en, "starts_on": starts_on, "term": term}
    async with transaction():
        group = await made(viewer, key, facts | {"kind": BodyKind.LEARNING_GROUP}, "learning.create_group")
        if derived_from is not None:
            await _stem(derived_from)
            await related(viewer, key, derived_from, RelationKind.DERIVED_FROM, starts_on)
        if head is not None or co_heads:
            await lead(viewer, group, wanted_roles(head, co_heads), starts_on or viewer.today)
    return group


async def rename_group(viewer: Viewer, group: UUID, *, name_zh: str = "", name_en: str = "") -> Body:
    """Other names; both are set, an empty one clears."""
    viewer.must(Action.MANAGE_LEARNING, group)
    async with transaction():
        await learning_group(group)
        return await changed(viewer, group, {"name_zh": name_zh, "name_en": name_en}, "learning.rename_group")


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
