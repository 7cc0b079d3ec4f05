"""What the tests of this room share: groups beside the cast's, and people in none or in several."""

import datetime as dt

import pytest

from server.models.bodies import BodyKind, BodyRelation, RelationKind
from tests import make

TODAY, AGO = make.TODAY, dt.date(2026, 1, 1)


@pytest.fixture
async def autumn(everyone):
    return await make.body(BodyKind.LEARNING_GROUP, "Autumn", "秋")


@pytest.fixture
async def lone(everyone):
    """A member in no group."""
    who = await make.person("", "Lone Wolf")
    await make.seat(who, everyone.term, sector=everyone.sector)
    return who


@pytest.fixture
async def world(everyone):
    """Beside the cast: Autumn (of Arts), Old (ended), a newcomer, one in Old, one in two groups."""
    autumn = await make.body(BodyKind.LEARNING_GROUP, "Autumn", "秋", starts_on=AGO)
    old = await make.body(BodyKind.LEARNING_GROUP, "Old", starts_on=AGO, ends_on=TODAY)
    await BodyRelation.create(source=autumn, target=everyone.sector, kind=RelationKind.DERIVED_FROM)
    people = {name: await make.person(name_en=name) for name in ("New", "Left", "Twice")}
    for name, who in people.items():
        since = TODAY - dt.timedelta(days=3) if name == "New" else None
        await make.seat(who, everyone.term, starts_on=since)
    await make.place(old, people["Left"])
    for group in (autumn, everyone.group):
        await make.place(group, people["Twice"])
    return {"autumn": autumn, "old": old} | people
