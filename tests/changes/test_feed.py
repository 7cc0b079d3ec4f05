"""What the list of changes tells, to whom, and in which order."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from server.models import changes
from server.models.audit import AuditEntry
from server.models.bodies import BodyKind, add_body_member, change_body, create_body, end_body_membership
from server.models.changes import COLLECTIONS, Change, RegisterCollection, Touched, told_to
from server.models.database import is_postgres, transaction
from server.models.members import change_person
from server.rules.permissions import Role
from server.schema.rows import READINGS
from tests import make
from tests.cast import Cast
from tests.changes.copying import asked
from tests.web.visitors import Asks

TELL = """
query Tell($after: String, $of: [RegisterCollection!]) {
  changes(after: $after, of: $of) { sight pageInfo { endCursor } edges { node { thing kind node { id } } } }
}
"""


class Reader:
    """One who goes on from where they were."""

    def __init__(self, viewer: Any) -> None:
        self.viewer, self.cursor, self.sight = viewer, None, ""

    async def news(self, **more: Any) -> list[tuple[str, str]]:
        """Kind and thing of each change since the last time."""
        part = (await asked(self.viewer, TELL, after=self.cursor, **more))["changes"]
        self.cursor, self.sight = part["pageInfo"]["endCursor"] or self.cursor, part["sight"]
        return [(edge["node"]["kind"], edge["node"]["thing"]) for edge in part["edges"]]


@pytest.fixture
async def readers(everyone: Cast) -> dict[str, Reader]:
    """The cast, all of whom have read what there was."""
    await change_person(everyone["secretary"], everyone.people["chair"].id, name_en="The Chair")
    readers = {name: Reader(everyone[name]) for name in ("member", "leader", "secretary", "auditor")}
    for reader in readers.values():
        await reader.news()
    return readers


async def test_a_change_is_told_once_and_comes_last(everyone: Cast, readers: dict[str, Reader]) -> None:
    secretary, chair, member = everyone["secretary"], everyone.people["chair"].id, everyone.people["member"].id

    await change_person(secretary, chair, name_en="One")
    await change_person(secretary, member, name_en="Two")
    await change_person(secretary, chair, name_en="Three")

    assert await readers["member"].news() == [("CHANGED", f"per_{member}"), ("CHANGED", f"per_{chair}")]
    assert await readers["member"].news() == []
    assert await Touched.all().count() == 0


async def test_a_collection_can_be_read_alone(everyone: Cast, readers: dict[str, Reader]) -> None:
    place = await add_body_member(everyone["secretary"], everyone.bureau.id, everyone.people["chair"].id)

    found = await readers["member"].news(of=["BODY_MEMBERSHIPS"])

    assert found == [("CHANGED", f"bdm_{place.id}")]


async def test_what_becomes_sensitive_is_gone_for_those_who_may_not_see_it(
    everyone: Cast, readers: dict[str, Reader]
) -> None:
    secretary = everyone["secretary"]
    body = await create_body(secretary, kind=BodyKind.READING_GROUP, name_en="Poems")
    part = await create_body(secretary, kind=BodyKind.READING_GROUP, name_en="Part", parent=body.id)
    place = await add_body_member(secretary, body.id, everyone.people["leader"].id)
    for reader in readers.values():
        await reader.news()

    await change_body(secretary, body.id, sensitive=True)

    gone = {("GONE", f"bod_{body.id}"), ("GONE", f"bdm_{place.id}"), ("CHANGED", f"bod_{part.id}")}
    there = {("CHANGED", thing) for _, thing in gone}
    assert set(await readers["member"].news()) == gone
    assert set(await readers["auditor"].news()) == gone
    assert set(await readers["secretary"].news()) == there
    before = readers["leader"].sight
    assert set(await readers["leader"].news()) == there
    assert readers["leader"].sight != before  # who sits in a sensitive body sees more than others


async def test_what_was_never_to_be_seen_is_never_told_of(everyone: Cast, readers: dict[str, Reader]) -> None:
    secretary = everyone["secretary"]
    body = await create_body(secretary, kind=BodyKind.READING_GROUP, name_en="Quiet", sensitive=True)
    place = await add_body_member(secretary, body.id, everyone.people["chair"].id)
    await change_body(secretary, body.id, name_en="Still")
    await end_body_membership(secretary, place.id, on=make.TODAY)

    told = await readers["member"].news()

    assert {f"bod_{body.id}", f"bdm_{place.id}"} & {thing for _, thing in told} == set()
    assert {f"bod_{body.id}", f"bdm_{place.id}"} <= {thing for _, thing in await readers["secretary"].news()}


async def test_what_is_hidden_already_is_not_told_of_again(everyone: Cast, readers: dict[str, Reader]) -> None:
    secretary = everyone["secretary"]
    await change_body(secretary, everyone.bureau.id, sensitive=True)
    await readers["member"].news()

    await change_body(secretary, everyone.bureau.id, name_en="Another name")

    assert await readers["member"].news() == []
    assert [thing for _, thing in await readers["secretary"].news()][-1:] == [f"bod_{everyone.bureau.id}"]


async def test_what_a_slower_writer_commits_later_is_told_later(everyone: Cast, readers: dict[str, Reader]) -> None:
    """Its rows were written first. SQLite has one writer, so there the other one waits for it."""
    secretary, chair, member = everyone["secretary"], everyone.people["chair"].id, everyone.people["member"].id
    begun, enough = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with transaction():
            await change_person(secretary, chair, name_en="Slow")
            begun.set()
            await enough.wait()

    writing = asyncio.create_task(slow())
    await begun.wait()
    quick = asyncio.create_task(change_person(secretary, member, name_en="Quick"))
    if is_postgres():
        await quick
        assert await readers["member"].news() == [("CHANGED", f"per_{member}")]
    enough.set()
    await asyncio.gather(writing, quick)

    rest = [("CHANGED", f"per_{chair}")] + ([] if is_postgres() else [("CHANGED", f"per_{member}")])
    assert await readers["member"].news() == rest


async def test_a_place_and_the_hiding_of_its_body_at_the_same_time(everyone: Cast, readers: dict[str, Reader]) -> None:
    """Whichever commits last, nobody is left with a place in a body that is not to be seen."""
    secretary, begun, enough = everyone["secretary"], asyncio.Event(), asyncio.Event()
    places: list[UUID] = []

    async def sits() -> None:
        async with transaction():
            places.append((await add_body_member(secretary, everyone.bureau.id, everyone.people["chair"].id)).id)
            begun.set()
            await enough.wait()

    sitting = asyncio.create_task(sits())
    await begun.wait()
    hiding = asyncio.create_task(change_body(secretary, everyone.bureau.id, sensitive=True))
    await asyncio.sleep(0)
    enough.set()
    await asyncio.gather(sitting, hiding)

    told = {thing: kind for kind, thing in await readers["member"].news()}
    assert told[f"bod_{everyone.bureau.id}"] == "GONE"
    assert told[f"bdm_{places[0]}"] == "GONE"


async def test_nothing_is_told_of_what_was_rolled_back(everyone: Cast, readers: dict[str, Reader]) -> None:
    async def broken() -> None:
        async with transaction():
            await change_person(everyone["secretary"], everyone.people["chair"].id, name_en="Never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()

    assert await readers["member"].news() == []


async def test_rows_written_by_hand_are_told_with_the_next_change(everyone: Cast, readers: dict[str, Reader]) -> None:
    await type(everyone.bureau).filter(id=everyone.bureau.id).update(name_en="By hand")

    await change_person(everyone["secretary"], everyone.people["chair"].id, name_en="By verb")

    told = {thing for _, thing in await readers["member"].news()}
    assert told == {f"bod_{everyone.bureau.id}", f"per_{everyone.people['chair'].id}"}


async def test_serials_are_those_of_the_trail(everyone: Cast, readers: dict[str, Reader]) -> None:
    await change_person(everyone["secretary"], everyone.people["chair"].id, name_en="One")

    last = await AuditEntry.all().order_by("-serial").first()
    (change,) = await Change.filter(thing=f"per_{everyone.people['chair'].id}", audience="open")
    assert last
    assert change.serial == last.serial


async def test_sight_is_another_where_more_or_less_may_be_seen(everyone: Cast) -> None:
    secretary = everyone["secretary"]
    narrow = replace(secretary, scopes=frozenset({"members:read"}), client=make.some_id())
    committee = make.viewer(Role.SECRETARY, body=everyone.bureau, account=make.some_id())
    sights = {}
    for name, viewer in {"all": secretary, "token": narrow, "member": everyone["member"], "one": committee}.items():
        reader = Reader(viewer)
        await reader.news()
        sights[name] = reader.sight

    assert sights["all"] == sights["token"] != sights["member"] == sights["one"]


async def test_visitors_and_tokens_without_the_scope_are_refused(ask: Asks, everyone: Cast) -> None:
    elsewhere = replace(everyone["secretary"], scopes=frozenset({"learning:read"}), client=make.some_id())
    for viewer, code in ((everyone["visitor"], "SIGNED_OUT"), (elsewhere, "SCOPE")):
        answer = await ask(viewer, TELL)
        assert answer["errors"][0]["extensions"]["code"] == code


async def test_a_cursor_of_nowhere_is_refused(ask: Asks) -> None:
    assert (await ask("member", TELL, after="nonsense"))["errors"][0]["extensions"]["code"] == "CURSOR"


@pytest.mark.parametrize("listed", COLLECTIONS)
def test_every_collection_reads_what_a_type_reads(listed: RegisterCollection) -> None:
    from server.schema.ids import PREFIX

    assert COLLECTIONS[listed].model in READINGS
    assert PREFIX[COLLECTIONS[listed].model] == listed.value


async def test_who_may_not_see_the_register_is_told_of_nothing(everyone: Cast) -> None:
    await change_body(everyone["secretary"], everyone.sector.id, name_en="Letters")

    assert await Change.filter(told_to(everyone["secretary"])).count() > 0
    assert await Change.filter(told_to(everyone["visitor"])).count() == 0


async def test_many_changes_at_once_are_looked_at_by_postgres_as_they_grow(
    everyone: Cast, monkeypatch: pytest.MonkeyPatch, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Else it would look through all of them for each portion."""
    monkeypatch.setattr(changes, "PORTION", 1)

    with statements() as asked:
        async with transaction():
            for number in range(5):
                await make.person(name_en=f"N{number}")
            await change_person(everyone["secretary"], everyone.people["chair"].id, name_en="C")

    looked = [sql for sql in asked if sql == 'ANALYZE "change"']
    assert (len(looked) >= 2) is is_postgres()
