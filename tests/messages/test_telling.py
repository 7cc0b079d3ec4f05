"""Messages are written with what caused them, once for each key, by the ways that each person chose."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from server.models.accounts import account_password, token_issue
from server.models.accounts.ending import remind
from server.models.bodies.tables import Body, BodyKind
from server.models.database import transaction
from server.models.learning import add_members
from server.models.members import Status, change_status, merge_people
from server.models.messages import (
    Audience,
    Delivery,
    Message,
    MessageChoice,
    MessageHours,
    choose,
    draft,
    send,
    tell,
)
from server.models.messages.choosing import Chosen
from server.models.messages.telling import Said, tell_each
from server.passwords import Cost
from server.rules.messages import EMAIL, DeliveryState, Hours, Mode, Topic, Urgency
from server.words import both_names, say
from tests import make
from tests.cast import Cast
from tests.messages.conftest import later, system, titles

SAID = {"topic": Topic.OFFICE, "words": say("Your password was changed")}
QUICK = Cost(8, 1)


async def test_a_message_stands_in_both_languages_and_leaves_by_e_mail(reached: Cast) -> None:
    mei = reached.people["member"]

    await tell(system(), **SAID, people=[mei.id], link="/me", urgency=Urgency.URGENT)

    (message,) = await Message.all()
    assert (message.title_zh, message.title_en, message.person_id) == (
        "您的密码已更改",
        "Your password was changed",
        mei.id,
    )
    (delivery,) = await Delivery.all()
    assert (delivery.channel, delivery.state, delivery.due_at) == (EMAIL, DeliveryState.WAITING, make.NOW)
    assert (delivery.urgency, delivery.digest, delivery.envelope) == (0, False, delivery.id)


async def test_what_is_told_in_a_transaction_that_fails_was_never_told(reached: Cast) -> None:
    async def told_and_failed() -> None:
        async with transaction():
            await tell(system(), **SAID, people=[reached.people["member"].id])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await told_and_failed()

    assert (await Message.all().count(), await Delivery.all().count()) == (0, 0)


async def test_with_one_key_each_person_is_told_once(reached: Cast) -> None:
    mei, lin = reached.people["member"], reached.people["leader"]

    for people in ([mei.id], [mei.id, lin.id, mei.id], [lin.id]):
        await tell(system(), **SAID, people=people, key="a")
    await tell(system(), **SAID, people=[mei.id], key="b")

    assert (await Message.all().count(), await Delivery.all().count()) == (3, 3)
    assert len(await titles(mei)) == 2


async def test_each_is_told_something_of_their_own_in_as_many_statements(reached: Cast, statements: Any) -> None:
    async def told(*names: str) -> int:
        said = {reached.people[name].id: Said(Topic.SEAT, both_names(name, name)) for name in names}
        with statements() as sent:
            await tell_each(system(), said, {reached.accounts["admin"].id: Said(**SAID)})
        return len(sent)

    assert await told("member") == await told("leader", "convener", "chair")

    assert [await titles(reached.people[name]) for name in ("member", "leader")] == [["member"], ["leader"]]
    assert await Message.filter(account_id=reached.accounts["admin"].id).count() == 2


async def test_where_nobody_is_to_be_told_not_even_a_database_is_needed() -> None:
    await tell(system(), **SAID)
    await tell_each(system(), {}, {})

    with pytest.raises(RuntimeError, match="TortoiseContext"):
        await tell(system(), **SAID, people=[make.some_id()])


async def test_who_died_is_told_nothing_but_what_the_office_chooses_to_write(reached: Cast) -> None:
    mei, lin = reached.people["member"], reached.people["leader"]
    await change_status(
        reached["admin"], reached.seats["member"].id, status=Status.DECEASED, on=make.TODAY, reason="died"
    )

    await tell(system(), **SAID, people=[mei.id, lin.id], accounts=[reached.accounts["member"].id])
    assert (await titles(mei), await titles(lin)) == ([], ["Your password was changed"])
    mailing = await draft(
        reached["admin"], audience=Audience(people=(mei.id,)), title_zh="慰问", title_en="To the family"
    )
    await send(reached["admin"], mailing=mailing.id)

    assert await titles(mei) == ["To the family"]


async def test_an_account_of_a_person_is_the_person_and_one_of_nobody_reads_here_only(reached: Cast) -> None:
    accounts = [reached.accounts["member"].id, reached.accounts["admin"].id]

    await tell(system(), **SAID, accounts=accounts)

    rows = await Message.all().order_by("account_id").values_list("person_id", "account_id")
    assert set(rows) == {(reached.people["member"].id, None), (None, accounts[1])}
    assert [row.person_id for row in await Delivery.all()] == [reached.people["member"].id]


async def test_who_has_no_address_is_told_here(everyone: Cast) -> None:
    await tell(system(), **SAID, people=[everyone.people["member"].id])

    assert (await Message.all().count(), await Delivery.all().count()) == (1, 0)


async def test_choices_hold_from_then_on_and_each_keeps_its_time(reached: Cast) -> None:
    mei, me = reached.people["member"], reached["member"]
    off = Chosen(Topic.OFFICE, EMAIL, Mode.NEVER)

    await choose(me, choices=[off], hours=Hours(), channels=[])
    await tell(system(), **SAID, people=[mei.id])
    await choose(
        later(me, hours=1),
        choices=[replace(off, mode=Mode.DIGEST), Chosen(Topic.LEARNING, EMAIL, Mode.DIGEST)],
        hours=Hours(22, 6, 2, 9),
        channels=[],
    )
    await tell(system(dt.timedelta(hours=1)), **SAID, people=[mei.id])

    kept = await MessageChoice.all().order_by("consent_at").values_list("mode", "consent_at", "ended_at")
    hour = make.NOW + dt.timedelta(hours=1)
    assert kept == [(Mode.NEVER, make.NOW, hour), (Mode.DIGEST, hour, None)]
    (delivery,) = await Delivery.all()
    # Wednesday at nine in the morning, where the assembly sits
    assert (delivery.digest, delivery.due_at) == (True, dt.datetime(2026, 11, 25, 1, tzinfo=dt.UTC))
    assert await MessageHours.all().count() == 1


async def test_two_who_choose_at_once_for_one_account_leave_one_choice(everyone: Cast) -> None:
    office = everyone["secretary"]
    for mode in (Mode.NEVER, Mode.NEVER, Mode.NOW):
        await choose(office, choices=[Chosen(Topic.OFFICE, EMAIL, mode)], hours=Hours(), channels=[])

    assert await MessageChoice.filter(account_id=office.account, ended_at=None).count() == 1
    assert await MessageChoice.all().count() == 2


async def test_a_new_password_is_told_to_whose_it_is(reached: Cast) -> None:
    await account_password(
        reached["admin"], account=reached.accounts["member"].id, new="a new long passphrase", cost=QUICK
    )

    assert await titles(reached.people["member"]) == ["An administrator set a new password for you"]


async def test_a_token_that_ends_soon_is_told_to_its_owner_once(reached: Cast) -> None:
    admin = reached["admin"]
    for days in (5, 100):
        await token_issue(
            admin, name=f"for {days}", scopes=["all:read"], days=days, owner=reached.accounts["convener"].id
        )

    said = [str(await remind(viewer)) for viewer in (system(), system(dt.timedelta(days=1)))]

    assert said == ["Reminders: 1 tokens end soon, and their owners know."] * 2
    assert await titles(reached.people["convener"]) == ["Your API token for 5 ends on 27 November 2026"]


async def test_who_is_placed_in_a_learning_group_is_told_in_the_next_digest(reached: Cast) -> None:
    kang, open_group = reached.people["convener"], reached.group
    hidden = await make.body(BodyKind.LEARNING_GROUP, "Hidden", sensitive=True)

    await add_members(reached["admin"], group=open_group.id, people=[kang.id], on=make.TODAY)
    await Body.filter(id=open_group.id).update(ends_on=make.TODAY)
    await add_members(reached["admin"], group=hidden.id, people=[reached.people["chair"].id], on=make.TODAY)

    assert await titles(kang) == ["You are in the learning group Spring from 22 November 2026 on"]
    assert await titles(reached.people["chair"]) == ["You are in a learning group from 22 November 2026 on"]
    assert {row.digest for row in await Delivery.all()} == {True}


async def test_two_entries_of_one_person_become_one_with_their_messages(reached: Cast) -> None:
    keep, drop = reached.people["member"], await make.person(name_en="Mei Again", email="mei@assembly.example.org")
    await tell(system(), **SAID, people=[drop.id])
    for person in (keep.id, drop.id):
        viewer = make.viewer(person=person, account=reached.accounts["member"].id, roles=reached["member"].roles)
        await choose(viewer, choices=[Chosen(Topic.OFFICE, EMAIL, Mode.DIGEST)], hours=Hours(), channels=[])

    await merge_people(reached["admin"], keep=keep.id, drop=drop.id, reason="twice")

    assert [row.person_id for row in [*await Message.all(), *await Delivery.all()]] == [keep.id] * 2
    assert await MessageChoice.filter(person_id=keep.id, ended_at=None).count() == 1
    assert [row.person_id for row in await MessageHours.all()] == [keep.id]
