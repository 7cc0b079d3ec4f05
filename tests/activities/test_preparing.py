"""Preparing activities: by whom, when, who is on the list, and what of it anyone may know."""

import datetime as dt

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import activities
from server.models.activities import Activity, ActivitySession, Invited, Participation, visible_activities
from server.models.audit import verify
from server.models.bodies.tables import BodyKind, BodyRole
from server.models.messages import Message
from server.rules.activities import ActivityAudience, ActivityKind, ActivityState, ParticipantRole
from tests import make
from tests.activities.worlds import AFTERNOON, DAY, HALF_DAY, MORNING, announced, begun, planned
from tests.cast import NAMES, Cast

PREPARES = {"leader", "secretary", "chair"}
"""Whose role reaches the learning group "Spring"."""


async def who_sees(cast: Cast, row: Activity) -> set[str]:
    return {name for name in NAMES if await Activity.filter(visible_activities(cast[name]), id=row.id).exists()}


async def test_who_leads_a_body_plans_for_it_and_its_days_follow(everyone: Cast) -> None:
    row = await planned(everyone, kind=ActivityKind.CONSULTATION, sessions=[AFTERNOON, HALF_DAY])
    assert (row.state, row.starts_at, row.ends_at) == (ActivityState.DRAFT, MORNING, AFTERNOON[1])
    assert row.materials_by == dt.date(2026, 11, 30), "ten working days before"
    assert row.leave_by == dt.date(2026, 12, 13)
    parts = await ActivitySession.filter(activity_id=row.id).order_by("n").values_list("n", "starts_at")
    assert list(parts) == [(1, MORNING), (2, AFTERNOON[0])]
    assert (await verify()).ok


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PREPARES])
async def test_nobody_else_plans_for_it_and_nothing_is_written(everyone: Cast, name: str) -> None:
    with pytest.raises((Refused, NotThere)):
        await planned(everyone, name)
    assert not await Activity.all().exists()


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"title_en": " "}, "NAME_MISSING", "title_zh"),
        ({"sessions": []}, "SESSIONS_MISSING", "sessions"),
        ({"sessions": [HALF_DAY[::-1]]}, "BAD_SESSION", "sessions"),
        ({"sessions": [(MORNING, MORNING + DAY)]}, "BAD_SESSION", "sessions"),
        ({"sessions": [HALF_DAY, HALF_DAY]}, "SESSIONS_MEET", "sessions"),
        ({"capacity": 0}, "CAPACITY_RANGE", "capacity"),
        ({"online_url": "javascript:alert(1)"}, "BAD_ADDRESS", "online_url"),
        ({"organisers": []}, "ORGANISERS", "lead"),
    ],
)
async def test_what_does_not_fit_is_said_beside_its_field(
    everyone: Cast, facts: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await planned(everyone, **facts)
    assert [(one.code, one.field) for one in caught.value.problems] == [(code, field)]
    assert not await Activity.all().exists()


async def test_a_draft_is_known_to_who_prepares_it_only(everyone: Cast) -> None:
    row = await planned(everyone)
    assert await who_sees(everyone, row) == PREPARES


async def test_what_is_announced_to_members_is_known_to_them_and_who_is_invited(everyone: Cast) -> None:
    row = await announced(everyone)
    assert await who_sees(everyone, row) == set(NAMES) - {"department", "visitor"}


async def test_what_is_for_the_invited_is_known_to_nobody_else(everyone: Cast) -> None:
    row = await announced(everyone, audience=ActivityAudience.INVITED)
    assert await who_sees(everyone, row) == PREPARES | {"member"}


async def test_what_a_sensitive_body_holds_is_for_the_invited_whatever_was_said(everyone: Cast) -> None:
    quiet = await make.body(BodyKind.THEORY_STUDY_CENTRE, "Quiet", sensitive=True)
    row = await announced(everyone, "secretary", organisers=[quiet.id])
    assert await who_sees(everyone, row) == {"secretary", "chair", "leader", "member"}


async def test_groups_are_found_anew_until_it_is_announced_and_frozen_then(everyone: Cast) -> None:
    leader, row = everyone["leader"], await planned(everyone)
    await activities.group_invite(leader, activity=row.id, invited=Invited(body=everyone.group.id))
    joins = await make.person(name_en="Joins Later")
    await make.place(everyone.group, joins)
    guest = everyone.people["department"].id
    await activities.group_invite(leader, activity=row.id, invited=Invited(ParticipantRole.GUEST, people=(guest,)))
    await activities.activity_approve(leader, activity=row.id)
    await activities.activity_announce(leader, activity=row.id)
    late = await make.person(name_en="Too Late")
    await make.place(everyone.group, late)

    listed = set(await Participation.filter(activity_id=row.id).values_list("person_id", flat=True))
    assert listed == {everyone.people["leader"].id, everyone.people["member"].id, joins.id, guest}

    await activities.group_invite(leader, activity=row.id, invited=Invited(people=(late.id,)))
    joined = await Participation.get(activity_id=row.id, person_id=late.id)
    assert joined.joined_late
    assert joined.invited_at == make.NOW
    assert await Message.filter(person_id=late.id).count() == 1, "and told"


async def test_one_role_of_a_body_is_invited_alone(everyone: Cast) -> None:
    row = await planned(everyone)
    heads = Invited(body=everyone.group.id, body_role=BodyRole.HEAD)
    await activities.group_invite(everyone["leader"], activity=row.id, invited=heads)
    assert await Participation.filter(activity_id=row.id).values_list("person_id", flat=True) == [
        everyone.people["leader"].id
    ]
    with pytest.raises(Invalid, match="invited already"):
        await activities.group_invite(everyone["leader"], activity=row.id, invited=heads)


async def test_who_was_told_is_not_taken_off_the_list(everyone: Cast) -> None:
    row, guest = await planned(everyone), everyone.people["chair"].id
    leader = everyone["leader"]
    await activities.group_invite(leader, activity=row.id, invited=Invited(people=(guest,)))
    await activities.group_invite(leader, activity=row.id, invited=Invited(body=everyone.group.id))
    await activities.participations_remove(leader, activity=row.id, people=[guest])
    assert not await Participation.filter(activity_id=row.id, person_id=guest).exists()
    await activities.activity_approve(leader, activity=row.id)
    await activities.activity_announce(leader, activity=row.id)
    with pytest.raises(Conflict):
        await activities.participations_remove(leader, activity=row.id, people=[everyone.people["member"].id])


async def test_what_people_know_of_already_is_told_when_it_changes(everyone: Cast) -> None:
    row = await announced(everyone)
    member = everyone.people["member"].id
    await activities.activity_change(everyone["leader"], activity=row.id, about="More to read")
    assert await Message.filter(person_id=member).count() == 1, "nothing that they have to know"
    await activities.activity_change(everyone["leader"], activity=row.id, venue="Hall 2")
    told = await Message.filter(person_id=member).order_by("-created_at", "-id")
    assert "Something has changed: Reading the plan, 14 December 2026 09:00" in {one.title_en for one in told}
    assert (await Activity.get(id=row.id)).sequence > row.sequence


async def test_all_with_a_seat_in_a_term_are_invited_at_once(everyone: Cast) -> None:
    row = await planned(everyone, "secretary")

    await activities.group_invite(everyone["secretary"], activity=row.id, invited=Invited(term=everyone.term.id))

    listed = await Participation.filter(activity_id=row.id).values_list("person_id", flat=True)
    assert set(listed) == {seat.person_id for seat in everyone.seats.values()}


async def test_one_names_people_or_a_body_or_a_term_that_are_there(everyone: Cast) -> None:
    row, leader = await planned(everyone), everyone["leader"]
    for wrong in (Invited(), Invited(body=everyone.group.id, term=everyone.term.id)):
        with pytest.raises(Invalid, match="Name people, or a body, or a term"):
            await activities.group_invite(leader, activity=row.id, invited=wrong)
    for nobody in (Invited(people=(make.some_id(),)), Invited(body=make.some_id()), Invited(term=make.some_id())):
        with pytest.raises(NotThere):
            await activities.group_invite(leader, activity=row.id, invited=nobody)
    with pytest.raises(NotThere):
        await activities.participations_remove(leader, activity=row.id, people=[everyone.people["member"].id])


async def test_another_kind_means_other_days_and_what_is_the_same_is_no_change(everyone: Cast) -> None:
    row, leader = await planned(everyone), everyone["leader"]

    await activities.activity_change(leader, activity=row.id, title_en="Reading the plan")
    await activities.activity_set_organisers(leader, activity=row.id, organisers=[everyone.group.id])
    assert (await Activity.get(id=row.id)).sequence == 0

    await activities.activity_change(leader, activity=row.id, kind=ActivityKind.CONSULTATION)
    assert (await Activity.get(id=row.id)).materials_by == dt.date(2026, 11, 30), "ten working days before"


async def test_what_has_begun_is_not_changed(everyone: Cast) -> None:
    row, _ = await begun(everyone)

    with pytest.raises(Conflict, match="It has begun"):
        await activities.activity_change(everyone["leader"], activity=row.id, venue="Hall 2")
