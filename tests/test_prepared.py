"""What is read by a statement that is kept: bound anew for each viewer, and refused where it would not be."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from server.models import prepared
from server.models.members.tables import Membership, Person
from server.models.prepared import Prepared, Reads, Unmarked, rows_of, whole
from server.models.reads import Columns, Count
from server.viewer import Viewer
from tests.cast import Cast


def own(viewer: Viewer, key: UUID) -> Reads:
    me: Any = {"id__in": [viewer.person] if viewer.person else []}
    return {
        "me": Columns(Person.filter(**me), ("id", "merged_into_id")),
        "one": whole(Person.filter(id=key)),
        "begun": Count(Membership.filter(person_id=key, statuses__starts_on__lte=viewer.today)),
    }


@pytest.mark.usefixtures("db")
async def test_each_viewer_and_key_is_bound_anew(everyone: Cast) -> None:
    several = Prepared.of(own)
    for who in ("member", "leader"):
        person, viewer = everyone.people[who], everyone[who]
        for key in (one.id for one in everyone.people.values()):
            found = await several.read(viewer, key)
            assert found["me"] == [(person.id, None)]
            assert [vars(row) for row in rows_of(Person, found["one"])] == [vars(await Person.get(id=key))]
            seats = Membership.filter(person_id=key, statuses__starts_on__lte=viewer.today)
            assert found["begun"] == await seats.count()
    shapes = len(several.written)
    long_ago = replace(everyone["leader"], now=dt.datetime(1900, 1, 1, tzinfo=dt.UTC))
    assert (await several.read(long_ago, everyone.people["member"].id))["begun"] == 0
    assert (await several.read(everyone["visitor"], everyone.people["member"].id))["me"] == []
    assert len(several.written) == shapes + 1, "the visitor alone needs a statement of another shape"


@pytest.mark.usefixtures("db")
async def test_no_more_shapes_are_kept_than_there_is_room_for(everyone: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST", 1)
    kept = Prepared.of(own)
    for who in ("member", "visitor"):
        await kept.read(everyone[who], everyone.people["member"].id)
    assert len(kept.written) == 1
    assert (await kept.read(everyone["member"], everyone.people["member"].id))["me"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "describe",
    [
        lambda viewer, key: {"n": Count(Person.filter(created_at__gt=viewer.now - dt.timedelta(days=1)))},
        lambda viewer, key: {
            "n": Count(Membership.filter(statuses__starts_on__lte=viewer.today + dt.timedelta(days=1)))
        },
        lambda viewer, key: {"n": Count(Person.filter(name_en=viewer.name))},
        lambda viewer, key: {"n": Count(Person.filter(id=UUID(int=5)))},
    ],
    ids=["a time", "a day", "a name", "a key"],
)
async def test_what_is_of_one_request_alone_is_never_kept(everyone: Cast, describe: Callable[..., Reads]) -> None:
    with pytest.raises(Unmarked):
        await Prepared.of(describe).read(everyone["member"], everyone.people["member"].id)
