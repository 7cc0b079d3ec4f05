"""A hearing begins where enough are there, on its day; else it is postponed, and one applies anew (HE-3)."""

from dataclasses import replace
from uuid import UUID

import pytest

from server.errors import Conflict, Invalid, NotThere
from server.models import hearings
from server.models.activities import Activity, MajorityCheck
from server.models.hearings import Hearing, HearingApplication
from server.models.messages import Message
from server.rules.activities import ActivityState, MajorityStage
from server.rules.hearings import ApplicationState, Capacity, HearingDuty, HearingState, ProfileKey
from server.viewer import Viewer
from tests.cast import Cast
from tests.hearings.test_choosing import states
from tests.hearings.worlds import LATER, PANEL, apply, closed, enrol, opened


async def ready(cast: Cast, count: int = 10) -> tuple[Hearing, list[UUID], Viewer]:
    """So many members have a place, and it is the day."""
    row = await opened(cast)
    keys = await enrol(cast, row, count)
    row, viewer = await closed(cast, row)
    await hearings.hearing_select_queue(viewer, hearing=row.id)
    await hearings.hearing_publish_list(viewer, hearing=row.id, good_cause="few are concerned")
    row = await hearings.hearing_make_ready(viewer, hearing=row.id)
    return row, keys, replace(viewer, now=LATER)


async def test_half_of_the_delegates_are_enough_where_members_hear(everyone: Cast) -> None:
    row, keys, now = await ready(everyone)
    await hearings.application_confirm(now, application=keys[0])
    row = await hearings.hearing_start(now, hearing=row.id, delegates=keys[:5])

    assert (row.state, (await Activity.get(id=row.activity_id)).state) == (
        HearingState.IN_SESSION,
        ActivityState.IN_PROGRESS,
    )
    assert await states(keys) == [ApplicationState.ATTENDED] * 5 + [ApplicationState.ABSENT] * 5
    check = await MajorityCheck.get(activity_id=row.activity_id, stage=MajorityStage.START)
    assert (check.members, check.everyone, check.met) == (10, 10, True)


async def test_with_fewer_it_is_postponed_and_who_was_told_is_told(everyone: Cast) -> None:
    row, keys, now = await ready(everyone)
    row = await hearings.hearing_start(now, hearing=row.id, delegates=keys[:4])

    held = await Activity.get(id=row.activity_id)
    assert (row.state, held.state) == (HearingState.POSTPONED, ActivityState.POSTPONED)
    assert "4 of 10 are here, 5 must be" in held.reason
    assert set(await states(keys)) == {ApplicationState.SELECTED}
    person = (await HearingApplication.get(id=keys[0])).person_id
    said = await Message.filter(person_id=person).values_list("title_en", flat=True)
    assert any("apply again then" in one for one in said)


async def test_it_begins_on_its_day_and_with_those_who_have_a_place(everyone: Cast) -> None:
    row, keys, now = await ready(everyone, 2)
    with pytest.raises(NotThere):
        await hearings.hearing_start(now, hearing=row.id, delegates=[row.id])
    with pytest.raises(NotThere):
        await hearings.hearing_start(now, hearing=row.id, panel=[row.id])
    early = replace(now, now=row.created_at)
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_start(early, hearing=row.id, delegates=keys)
    assert [one.code for one in caught.value.problems] == ["NOT_THE_DAY"]
    with pytest.raises(Conflict):
        await hearings.hearing_make_ready(now, hearing=row.id)


async def test_nobody_on_the_panel_speaks(everyone: Cast) -> None:
    row, keys, now = await ready(everyone, 2)
    speaks = (await HearingApplication.get(id=keys[0])).person_id
    assert speaks
    await hearings.hearing_name_officers(now, hearing=row.id, people=[speaks], duty=HearingDuty.PANEL)
    with pytest.raises(Invalid, match="on the panel and speak"):
        await hearings.hearing_start(now, hearing=row.id, delegates=keys)


async def test_before_a_committee_two_of_its_members_are_enough(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.COMMITTEE)
    keys = await apply(everyone, row, Capacity.EXPERT, "n")
    row, viewer = await closed(everyone, row)
    await hearings.hearing_select_queue(viewer, hearing=row.id)
    await hearings.hearing_publish_list(viewer, hearing=row.id)
    row = await hearings.hearing_make_ready(viewer, hearing=row.id)
    hears = [everyone.people[name].id for name in PANEL]
    row = await hearings.hearing_start(replace(viewer, now=LATER), hearing=row.id, delegates=keys, panel=hears[:2])
    assert row.state is HearingState.IN_SESSION
    assert not await MajorityCheck.filter(activity_id=row.activity_id).exists()
