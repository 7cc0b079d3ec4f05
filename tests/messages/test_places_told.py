"""Who is given a seat, a place in a body or a role, or loses it, is told; history, drafts and imports are not."""

import datetime as dt
from pathlib import Path

from server.models import bodies, learning
from server.models.accounts import role_end, role_grant
from server.models.bodies import BodyKind, BodyMembership, BodyRole
from server.models.members import PostKind, Status, TermStatus, change_post, change_status, correct_status, seat_person
from server.models.members.tables import MembershipStatus, Person
from server.models.messages import Delivery, Message
from server.rules.messages import Topic
from server.rules.permissions import Role
from tests import make
from tests.cast import Cast
from tests.imports.bringing import brought
from tests.messages.conftest import titles

SOON = make.TODAY + dt.timedelta(days=9)
LONG_AGO = make.TODAY - dt.timedelta(days=400)


async def last(person: Person) -> Message:
    return await Message.filter(person_id=person.id).order_by("-created_at", "-id").get()


async def test_joining_a_body_another_role_and_the_end_are_told_in_the_digest(reached: Cast) -> None:
    admin, mei = reached["admin"], reached.people["member"]
    law = await make.body(BodyKind.SPECIAL_COMMITTEE, "Law", "法制委员会")

    place = await bodies.add_body_member(admin, law.id, mei.id, starts_on=make.TODAY)
    assert await titles(mei) == ["You are in Law from 22 November 2026 on"]
    headed = await bodies.change_role(admin, place.id, on=SOON, role=BodyRole.HEAD)
    await bodies.end_body_membership(admin, headed.id, on=SOON + dt.timedelta(days=1))

    rows = {row.title_en: row for row in await Message.filter(person_id=mei.id)}
    assert set(rows) == {
        "You are in Law from 22 November 2026 on",
        "Your role in Law from 1 December 2026 on: head",
        "Your role in Law ends on 2 December 2026: head",
    }
    ended = rows["Your role in Law ends on 2 December 2026: head"]
    assert (ended.title_zh, ended.text_zh) == (
        "您在法制委员会的职务于2026年12月2日终止：负责人",
        "感谢您任职期间的工作。",
    )
    assert {(row.topic, row.link) for row in rows.values()} == {(Topic.BODIES, f"/bodies/bod_{law.id}")}
    assert {row.digest for row in await Delivery.all()} == {True}


async def test_a_title_names_no_sensitive_body_and_the_text_does(reached: Cast) -> None:
    admin, mei = reached["admin"], reached.people["member"]
    party = await make.body(BodyKind.PARTY_GROUP, "Party Group", "党组", sensitive=True)

    await bodies.add_body_member(admin, party.id, mei.id, starts_on=make.TODAY)

    (told,) = await Message.all()
    assert (told.title_en, told.title_zh) == (
        "You are in a body from 22 November 2026 on",
        "自2026年11月22日起，您是某机构的成员",
    )
    assert (told.text_en, told.link, told.outside) == ("This is about Party Group.", "/me", False)


async def test_a_body_that_ends_is_told_to_all_who_sit_there(reached: Cast) -> None:
    admin, mei, lin = reached["admin"], reached.people["member"], reached.people["leader"]
    law = await make.body(BodyKind.SPECIAL_COMMITTEE, "Law")
    await make.place(law, mei)
    await make.place(law, lin, ends_on=LONG_AGO)

    await bodies.end_body(admin, law.id, on=SOON)
    await learning.end_group(admin, reached.group.id, on=SOON)

    assert set(await titles(mei)) == {
        "Your place in Law ends with it on 1 December 2026",
        "Your place in the learning group Spring ends with it on 1 December 2026",
    }
    assert await titles(lin) == ["Your place in the learning group Spring ends with it on 1 December 2026"]


async def test_what_is_history_or_corrected_is_told_to_nobody(reached: Cast) -> None:
    admin, mei = reached["admin"], reached.people["member"]
    law = await make.body(BodyKind.SPECIAL_COMMITTEE, "Law")

    for days in (
        {},
        {"starts_on": LONG_AGO, "title": "old"},
        {"starts_on": make.TODAY - dt.timedelta(days=5), "ends_on": make.TODAY, "title": "over"},
    ):
        await bodies.add_body_member(admin, law.id, mei.id, **days)
    place = await BodyMembership.get(body_id=law.id, title="old")
    right = await bodies.correct_body_membership(admin, place.id, reason="typed wrong", starts_on=make.TODAY)
    await bodies.void_body_membership(admin, right.id, reason="never so")
    status = await MembershipStatus.get(membership_id=reached.seats["member"].id)
    await correct_status(admin, status.id, reason="typed wrong", status=Status.SUSPENDED)

    assert await Message.all().count() == 0


async def test_an_import_tells_nobody(reached: Cast, tmp_path: Path) -> None:
    sheet = tmp_path / "new.csv"
    sheet.write_text(f"name_zh,email,body,body_role,start_date\n王小明,w@example.org,春,head,{make.TODAY}\n")

    answer = await brought(sheet, term="14")

    assert answer["memberships"]["new"] == 1
    assert await Message.all().count() == 0


async def test_leading_a_learning_group_and_its_end_are_told_once(reached: Cast) -> None:
    admin, mei, lin = reached["admin"], reached.people["member"], reached.people["leader"]
    kang = reached.people["convener"]

    await learning.set_leaders(admin, reached.group.id, head=mei.id, co_heads=[kang.id], on=SOON)
    await learning.set_leaders(admin, reached.group.id, head=mei.id, co_heads=[kang.id], on=SOON)

    assert await titles(mei) == ["Your role in the learning group Spring from 1 December 2026 on: head"]
    assert await titles(kang) == ["Your role in the learning group Spring from 1 December 2026 on: co-head"]
    assert await titles(lin) == ["Your role in the learning group Spring ends on 1 December 2026: head"]
    assert {row.topic for row in await Message.all()} == {Topic.LEARNING}


async def test_being_moved_is_one_message_and_being_removed_another(reached: Cast) -> None:
    admin, mei = reached["admin"], reached.people["member"]
    autumn = await make.body(BodyKind.LEARNING_GROUP, "Autumn", "秋")

    await learning.move_member(admin, mei.id, to_group=autumn.id, on=make.TODAY, reason="nearer")
    moved = await Message.get(person_id=mei.id)
    await learning.remove_member(admin, autumn.id, mei.id, on=SOON, reason="abroad")

    assert moved.title_en == "You are in the learning group Autumn from 22 November 2026 on"
    assert (moved.text_en, moved.text_zh) == ("You leave Spring on that day.", "您于当日离开春。")
    assert set(await titles(mei)) - {moved.title_en} == {
        "From 1 December 2026 on you are not in the learning group Autumn any more"
    }


async def test_who_counts_in_two_groups_by_mistake_is_told_which_one_is_left(reached: Cast) -> None:
    mei = reached.people["member"]
    autumn = await make.body(BodyKind.LEARNING_GROUP, "Autumn")
    await make.place(autumn, mei)

    await learning.move_member(reached["admin"], mei.id, to_group=autumn.id, on=make.TODAY, reason="twice")

    assert await titles(mei) == ["From 22 November 2026 on you are not in the learning group Spring any more"]


async def test_a_plan_that_is_undone_is_told_to_whom_it_was_told(reached: Cast) -> None:
    admin, kang = reached["admin"], reached.people["convener"]

    done = await learning.apply_assignment(admin, plan=[(kang.id, reached.group.id)], on=SOON)
    await learning.undo_assignment(admin, done)

    assert set(await titles(kang)) == {
        "You are in the learning group Spring from 1 December 2026 on",
        "From 1 December 2026 on you are not in the learning group Spring any more",
    }


async def test_a_seat_is_told_at_once_and_never_why_it_ends(reached: Cast) -> None:
    admin, new, term = reached["admin"], await make.person(name_en="New", email="new@example.org"), reached.term

    seat = await seat_person(admin, new.id, term=term.id, starts_on=make.TODAY)
    await change_post(admin, seat.id, on=SOON, kind=PostKind.STANDING)
    await change_status(admin, seat.id, status=Status.SUSPENDED, on=SOON, reason="a secret")
    await change_status(admin, seat.id, status=Status.REMOVED, on=SOON + dt.timedelta(days=1), reason="a secret")

    rows = sorted((row.title_en, row.text_en) for row in await Message.filter(person_id=new.id))
    assert rows == [
        ("Your seat in term 14 begins on 22 November 2026", ""),
        ("Your seat in term 14 changes on 1 December 2026", ASK_AFTER.format("suspended")),
        ("Your seat in term 14 changes on 1 December 2026", "Your file says what it stands for then."),
        ("Your seat in term 14 ends on 2 December 2026", "If you have questions, ask the general office."),
    ]
    assert {row.topic for row in await Message.all()} == {Topic.SEAT}
    assert {row.digest for row in await Delivery.all()} == {False}


ASK_AFTER = "From that day on it is: {}.\nIf you have questions, ask the general office."


async def test_who_resigns_is_thanked_and_a_nomination_is_told_as_one(reached: Cast) -> None:
    admin, mei, new = reached["admin"], reached.people["member"], await make.person(name_en="New")

    await change_status(admin, reached.seats["member"].id, status=Status.RESIGNED, on=SOON, reason="age")
    await seat_person(admin, new.id, term=reached.term.id, starts_on=SOON, status=Status.NOMINATED)

    assert (await last(mei)).text_zh == "感谢您担任委员期间的工作。"
    assert (await last(new)).text_en == ASK_AFTER.format("nominated")


async def test_a_seat_in_a_draft_is_a_plan_and_told_to_nobody(reached: Cast) -> None:
    admin, draft = reached["admin"], await make.term("15", status=TermStatus.DRAFT)

    seat = await seat_person(admin, reached.people["member"].id, term=draft.id, starts_on=make.TODAY)
    await change_status(admin, seat.id, status=Status.NOMINATED, on=SOON, reason="not voted yet")

    assert await Message.all().count() == 0


async def test_a_role_is_told_with_what_it_opens_and_its_end(reached: Cast) -> None:
    admin, mei = reached["admin"], reached.people["member"]
    law = await make.body(BodyKind.SPECIAL_COMMITTEE, "Law", sensitive=True)

    given = await role_grant(
        admin, account=reached.accounts["member"].id, role=Role.SECRETARY, body=law.id, ends_on=SOON
    )
    told = await Message.get(person_id=mei.id)
    await role_end(admin, assignment=given.id, on=make.TODAY)

    assert (told.topic, told.title_en) == (Topic.ACCOUNT, "You have the role secretary from 22 November 2026 on")
    assert told.title_zh == "自2026年11月22日起，您担任秘书角色"
    held, may, until = told.text_en.split("\n")
    assert (held, until) == ("It is held for Law.", "It ends on 1 December 2026.")
    assert "With it you may: add and change bodies and who sits in them, " in may
    assert "change to the next term" not in may
    (ended,) = await Message.filter(person_id=mei.id).exclude(id=told.id)
    assert (ended.title_en, ended.text_en) == (
        "Your role ends on 22 November 2026: secretary",
        "It is held for Law.\nWhatever else you may do stays as it is.",
    )


async def test_a_role_given_to_oneself_is_told_too(reached: Cast) -> None:
    office = reached.accounts["admin"]

    await role_grant(reached["admin"], account=office.id, role=Role.AUDITOR)

    told = await Message.get(account_id=office.id)
    assert told.title_en == "You have the role auditor from 22 November 2026 on"
    assert told.text_en.startswith("It is held for all bodies.\nWith it you may: ")
