"""Everyone whom a change of term concerns is told what it means for them, and that it was taken back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from server.models.accounts.tables import RoleAssignment
from server.models.bodies.tables import BodyKind
from server.models.members.tables import MembershipStatus, Person, Status
from server.models.messages import Delivery, Message
from server.models.renewal import apply_renewal, undo_renewal
from server.rules.messages import Topic
from server.rules.permissions import Role
from tests import make
from tests.renewal.conftest import EVE, LEAVERS, MEMBERS, World


async def told(world: World, name: str, topic: Topic = Topic.SEAT) -> tuple[str, list[str]]:
    """Title and text, which there must be once."""
    row = await Message.get(person_id=world.people[name].id, topic=topic)
    return row.title_en, row.text_en.split("\n")


async def test_who_stays_leaves_and_comes_is_told_what_it_means(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")

    assert await told(world, "stays") == (
        "You go on as a member: term 16 begins on 11 January 2027",
        ["Your seat stands for Arts.", "You go on in Spring.", "Your place ends in Law."],
    )
    assert await told(world, "comes") == (
        "You are a member from 11 January 2027 on, when term 16 begins",
        ["Your seat stands for Arts."],
    )
    leaving = "Your seat ends on 11 January 2027 with term 15. Thank you for your work"
    title, (places, account) = await told(world, "leaves")
    assert (title, account) == (leaving, "Your account leaves ends on that day, with its tokens and apps.")
    assert sorted(places.removeprefix("Your place ends in ").removesuffix(".").split(", ")) == [
        "Arts",
        "Law",
        "Party Group",
        "Spring",
    ]
    assert await told(world, "clerk") == (leaving, ["Your account clerk stays, for your work as secretary."])
    seats = await Message.filter(topic=Topic.SEAT).values_list("person_id")
    assert sorted(seats) == sorted((world.people[name].id,) for name in (*MEMBERS, "comes"))


async def test_it_is_said_in_chinese_too_and_no_title_names_a_body(world: World) -> None:
    await apply_renewal(world.office, world.draft.id, code="16")

    rows = await Message.all()
    leaves = next(row for row in rows if row.person_id == world.people["leaves"].id)
    assert leaves.title_zh == "届次“15”于2027年1月11日结束，您的委员资格同时终止。感谢您的工作"
    assert "党组" in leaves.text_zh
    names = [name for body in world.bodies.values() for name in (body.name_zh, body.name_en)]
    assert [row for row in rows for name in names if name in row.title_zh + row.title_en] == []
    assert not any(row.outside for row in rows)


async def test_whose_role_ends_with_it_is_told_member_or_not(world: World) -> None:
    nobody = await make.account("desk")
    await make.role(nobody, Role.CHAIR, world.bodies["law"], starts_on=EVE)

    await apply_renewal(world.office, world.draft.id, code="16")

    for name in ("chair", "stand_in"):
        assert (await told(world, name, Topic.ACCOUNT))[0] == "Your role ends on 11 January 2027: chair"
    assert (await Message.get(account_id=nobody.id)).title_en == "Your role ends on 11 January 2027: chair"
    assert (
        await Message.filter(topic=Topic.ACCOUNT).count() == await RoleAssignment.filter(ends_on__isnull=False).count()
    )


async def test_who_has_no_seat_but_a_place_that_ends_is_told(world: World) -> None:
    expert = await make.person(name_en="Expert")
    await make.place(world.bodies["law"], expert, starts_on=EVE)

    await apply_renewal(world.office, world.draft.id, code="16")

    row = await Message.get(person_id=expert.id)
    assert (row.topic, row.title_en) == (Topic.BODIES, "Places of yours end on 11 January 2027 with term 15")
    assert row.text_en == "Your place ends in Law."


async def test_who_is_only_nominated_is_told_so(world: World) -> None:
    await MembershipStatus.filter(membership__person=world.people["comes"]).update(status=Status.NOMINATED)

    await apply_renewal(world.office, world.draft.id, code="16")

    assert (await told(world, "comes"))[0] == "You are nominated for term 16, which begins on 11 January 2027"


async def test_it_leaves_at_once_by_e_mail(world: World) -> None:
    await Person.filter(id=world.people["leaves"].id).update(email="leaves@example.org")

    await apply_renewal(world.office, world.draft.id, code="16")

    (delivery,) = await Delivery.all()
    assert (delivery.person_id, delivery.digest, delivery.due_at) == (
        world.people["leaves"].id,
        False,
        world.office.now,
    )


async def test_all_who_were_told_are_told_once_that_it_was_taken_back(world: World) -> None:
    nobody = await make.account("desk")
    await make.role(nobody, Role.CHAIR, world.bodies["law"], starts_on=EVE)
    await apply_renewal(world.office, world.draft.id, code="16")
    first = {(row.person_id, row.account_id) for row in await Message.all()}

    await undo_renewal(world.on(EVE), world.draft.id)

    title = "The change of term on 11 January 2027 was taken back"
    taken_back = await Message.filter(title_en=title)
    assert {(row.person_id, row.account_id) for row in taken_back} == first
    assert len(taken_back) == len(first) == len(LEAVERS) + 4
    assert {row.title_zh for row in taken_back} == {"2027年1月11日的换届安排已撤回"}


async def test_decided_twice_it_is_told_once_and_what_fails_is_never_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(**_: object) -> None:
        raise RuntimeError("the power went out")

    with monkeypatch.context() as broken:
        broken.setattr("server.models.renewal.applying.Renewal.get", fails)
        with pytest.raises(RuntimeError):
            await apply_renewal(world.office, world.draft.id, code="16")
    assert await Message.all().count() == 0

    for _ in range(2):
        await apply_renewal(world.office, world.draft.id, code="16")
    assert await Message.filter(topic=Topic.SEAT).count() == len(MEMBERS) + 1


async def test_more_people_are_told_in_no_more_statements(world: World, statements: Callable[[], Any]) -> None:
    async def written() -> int:
        with statements() as sent:
            await apply_renewal(world.office, world.draft.id, code="16")
        await undo_renewal(world.on(EVE), world.draft.id)
        return sum('INTO "message"' in sql or 'FROM "person"' in sql for sql in sent)

    few = await written()
    people = [await make.person(email=f"{n}@example.org") for n in range(40)]
    for n, who in enumerate(people):
        await make.seat(who, world.former, starts_on=EVE - dt.timedelta(days=n))
        await make.place(await make.body(BodyKind.SPECIAL_COMMITTEE, term=world.former), who, starts_on=EVE)

    assert 0 < few == await written()
