"""What becomes of a hearing: approved, announced with all that its notice must say, opened, put off, cancelled."""

import datetime as dt
from typing import Any

import pytest

from server.errors import Conflict, Invalid, Refused
from server.models import activities, hearings
from server.models.activities import Activity, Invited, MajorityCheck, Participation
from server.models.hearings import Hearing, HearingNotice
from server.models.messages import Message
from server.rules.activities import ActivityAudience, ActivityState, MajorityStage, ParticipantRole
from server.rules.hearings import HearingDuty, HearingState, HearingStep, ProfileKey, commitment
from tests import make
from tests.cast import Cast
from tests.hearings.worlds import DAY, LATER, announced, notice, opened, prepared

SOON = make.NOW + 20 * DAY
LONG_BEFORE = dt.date(2027, 2, 25)


async def of(row: Hearing) -> Activity:
    return await Activity.get(id=row.activity_id)


def codes(caught: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str | None, str | None]]:
    return [(one.code, one.field, one.rule) for one in caught.value.problems]


async def test_approval_puts_who_hears_on_the_list_and_counts_the_majority(everyone: Cast) -> None:
    row = await prepared(everyone)
    secretary, dan = everyone["secretary"], everyone.people["department"].id
    await hearings.hearing_name_officers(secretary, hearing=row.id, people=[dan], duty=HearingDuty.RECORDER)
    row = await hearings.hearing_approve(secretary, hearing=row.id)

    assert (row.state, (await of(row)).state) == (HearingState.APPROVED, ActivityState.APPROVED)
    listed = dict(await Participation.filter(activity_id=row.activity_id).values_list("person_id", "role"))
    hears = {everyone.people[name].id: ParticipantRole.MEMBER for name in ("chair", "convener", "leader")}
    assert listed == hears | {dan: ParticipantRole.STAFF}
    check = await MajorityCheck.get(activity_id=row.activity_id)
    assert (check.stage, check.members, check.everyone, check.met) == (MajorityStage.APPROVAL, 13, 13, True)


async def test_without_a_majority_only_the_chair_of_the_assembly_approves(everyone: Cast) -> None:
    row = await prepared(everyone)
    guests = tuple([(await make.person(name_en=f"Official {n}")).id for n in range(14)])
    invited = Invited(ParticipantRole.OFFICIAL, people=guests)
    await activities.group_invite(everyone["secretary"], activity=row.activity_id, invited=invited)
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_approve(everyone["secretary"], hearing=row.id)
    assert codes(caught) == [("MAJORITY", "override", "MJ-1")]
    with pytest.raises(Refused):
        await hearings.hearing_approve(everyone["secretary"], hearing=row.id, override="it is urgent")
    row = await hearings.hearing_approve(everyone["chair"], hearing=row.id, override="it is urgent")
    assert row.state is HearingState.APPROVED


async def test_a_panel_is_odd_and_somebody_presides(everyone: Cast) -> None:
    row = await prepared(everyone, ProfileKey.PREFECTURE)
    await hearings.hearing_remove_officers(everyone["secretary"], hearing=row.id, people=[everyone.people["chair"].id])
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_approve(everyone["secretary"], hearing=row.id)
    assert codes(caught) == [("NOBODY_PRESIDES", "duty", "HE-1"), ("PANEL_SIZE", "panel", "HE-1")]


async def test_a_convener_prepares_and_approves_a_hearing_of_the_own_sector(everyone: Cast) -> None:
    row = await prepared(everyone)
    steps = hearings.hearing_steps(everyone["convener"], row.state, [everyone.sector.id])
    assert steps == [HearingStep.APPROVE, HearingStep.CANCEL]
    assert hearings.hearing_steps(everyone["leader"], row.state, [everyone.sector.id]) == []
    assert (await hearings.hearing_approve(everyone["convener"], hearing=row.id)).state is HearingState.APPROVED


async def test_notice_tells_whoever_is_on_the_list_and_says_until_when_one_applies(everyone: Cast) -> None:
    row = await announced(everyone, ProfileKey.PREFECTURE)
    held, told = await of(row), await notice(row)
    assert (row.state, held.state) == (HearingState.ANNOUNCED, ActivityState.ANNOUNCED)
    assert row.applications_until == told.applications_until == dt.date(2027, 2, 11)
    assert (told.n, told.starts_at, told.venue, told.organiser) == (1, LATER, "Hall 1", "文艺界")
    assert told.places == '{"affected": 4, "public": 3, "member": 8}'
    assert told.commitment == commitment(bytes.fromhex(told.seed))
    assert (held.announced_at, held.materials_by) == (make.NOW, dt.date(2027, 2, 14))
    assert await Message.filter(person_id=everyone.people["leader"].id).count() == 1


@pytest.mark.parametrize("day", [None, dt.date(2027, 2, 11)])
async def test_the_public_draw_is_after_the_last_day_to_apply(everyone: Cast, day: dt.date | None) -> None:
    row = await prepared(everyone, ProfileKey.PREFECTURE, public_draw_on=day)
    await hearings.hearing_approve(everyone["secretary"], hearing=row.id)
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_announce(everyone["secretary"], hearing=row.id)
    assert codes(caught) == [("PUBLIC_DRAW_DAY", "public_draw_on", "HE-2")]


async def test_only_a_draw_by_lot_promises_a_seed(everyone: Cast) -> None:
    told = await notice(await announced(everyone))
    assert (told.seed, told.commitment, told.public_draw) == ("", "", "")


async def test_what_the_notice_must_say_is_written_first(everyone: Cast) -> None:
    row = await prepared(everyone, ProfileKey.PREFECTURE, contact="", public_draw=" ")
    await hearings.hearing_set_places(everyone["secretary"], hearing=row.id, places={})
    await activities.activity_change(everyone["secretary"], activity=row.activity_id, venue="")
    await hearings.hearing_approve(everyone["secretary"], hearing=row.id)
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_announce(everyone["secretary"], hearing=row.id)
    assert codes(caught) == [("NOTICE_INCOMPLETE", "notice", "HE-1")]
    assert str(caught.value) == (
        "The notice does not say everything that it must: whom to reach, and how, the place of the hearing, "
        "how many delegates of each capacity, which public draw is taken."
    )
    assert not await HearingNotice.all().exists()


async def test_a_later_notice_needs_a_good_cause_which_stands_in_it(everyone: Cast) -> None:
    row = await prepared(everyone, ProfileKey.LEGISLATIVE, make.NOW + 15 * DAY)
    await hearings.hearing_approve(everyone["secretary"], hearing=row.id)
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_announce(everyone["secretary"], hearing=row.id)
    assert codes(caught) == [("NOTICE_TOO_SHORT", "good_cause", "HE-1")]
    row = await hearings.hearing_announce(everyone["secretary"], hearing=row.id, good_cause="the flood")
    assert (row.good_cause, (await notice(row)).good_cause) == ("the flood", "the flood")
    assert (await of(row)).urgent_reason == "the flood"


async def test_no_cause_helps_where_nobody_could_apply_any_more(everyone: Cast) -> None:
    row = await prepared(everyone, starts_at=make.NOW + 2 * DAY)
    await hearings.hearing_approve(everyone["secretary"], hearing=row.id)
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_announce(everyone["secretary"], hearing=row.id, good_cause="the flood")
    assert codes(caught) == [("TOO_SOON", "day", "HE-1")]


@pytest.mark.parametrize(("audience", "told"), [(ActivityAudience.MEMBERS, 1), (ActivityAudience.INVITED, 0)])
async def test_all_members_are_told_that_they_can_enrol_where_all_may_know(
    everyone: Cast, audience: ActivityAudience, told: int
) -> None:
    row = await announced(everyone)
    await activities.activity_change(everyone["secretary"], activity=row.activity_id, audience=audience)
    row = await hearings.hearing_open_applications(everyone["secretary"], hearing=row.id)
    assert (row.state, (await of(row)).state) == (HearingState.APPLICATIONS_OPEN, ActivityState.OPEN)
    assert await Message.filter(person_id=everyone.people["member"].id).count() == told


async def test_a_public_hearing_tells_no_member_to_enrol(everyone: Cast) -> None:
    await opened(everyone, ProfileKey.LIGHT)
    assert await Message.filter(person_id=everyone.people["member"].id).count() == 0


async def test_a_step_out_of_turn_is_refused_and_changes_nothing(everyone: Cast) -> None:
    row = await announced(everyone)
    steps: list[Any] = [hearings.hearing_approve, hearings.hearing_announce]
    for step in steps:
        with pytest.raises(Conflict, match="What can be done: open applications, cancel it"):
            await step(everyone["secretary"], hearing=row.id)
    with pytest.raises(Conflict):
        await hearings.hearing_postpone(everyone["secretary"], hearing=row.id, reason="no hall")
    assert (await Hearing.get(id=row.id)).state is HearingState.ANNOUNCED


async def test_who_was_told_is_told_that_it_is_not_held(everyone: Cast) -> None:
    quiet, row = await prepared(everyone), await announced(everyone)
    with pytest.raises(Invalid):
        await hearings.hearing_cancel(everyone["secretary"], hearing=row.id, reason=" ")
    for one in (quiet, row):
        gone = await hearings.hearing_cancel(everyone["secretary"], hearing=one.id, reason="no hall")
        assert (gone.state, (await of(gone)).state) == (HearingState.CANCELLED, ActivityState.CANCELLED)
    assert await Message.filter(person_id=everyone.people["leader"].id).count() == 2, "the notice, and this"


async def test_what_was_postponed_gets_another_day_and_another_notice(everyone: Cast) -> None:
    secretary, row = everyone["secretary"], await announced(everyone)
    await Hearing.filter(id=row.id).update(state=HearingState.READY)
    row = await hearings.hearing_postpone(secretary, hearing=row.id, reason="no hall")
    assert (row.state, (await of(row)).state) == (HearingState.POSTPONED, ActivityState.POSTPONED)

    times = [(LATER + 14 * DAY, LATER + 14 * DAY + dt.timedelta(hours=2))]
    await activities.activity_set_sessions(secretary, activity=row.activity_id, sessions=times)
    await hearings.hearing_change(secretary, hearing=row.id, contact="General office, 4321")
    row = await hearings.hearing_announce(secretary, hearing=row.id)
    told = await HearingNotice.filter(hearing_id=row.id).order_by("n").values_list("n", "starts_at")
    assert told == [(1, LATER), (2, LATER + 14 * DAY)]
