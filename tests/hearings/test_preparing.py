"""Preparing hearings: by whom, of what, who hears, how many are heard, and who may know of it."""

from typing import Any

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import activities, hearings
from server.models.audit import verify
from server.models.bodies.tables import BodyKind
from server.models.hearings import Hearing, HearingOfficer, HearingPlaces, visible_hearings
from server.rules.activities import ActivityKind, ActivityState
from server.rules.hearings import Capacity, HearingDuty, HearingState, ProfileKey
from tests import make
from tests.activities.worlds import planned
from tests.cast import NAMES, Cast
from tests.hearings.worlds import LATER, activity, announced, prepared

PREPARES = {"convener", "secretary", "chair"}
"""Whose role reaches the sector "Arts"."""


async def who_sees(cast: Cast, row: Hearing) -> set[str]:
    return {name for name in NAMES if await Hearing.filter(visible_hearings(cast[name]), id=row.id).exists()}


@pytest.mark.parametrize("name", sorted(PREPARES))
async def test_who_may_prepares_the_hearing_of_an_activity(everyone: Cast, name: str) -> None:
    held = await activity(everyone)
    row = await hearings.hearing_add(everyone[name], activity=held.id, matter=" Nursery schools ")
    assert (row.state, row.profile, row.matter) == (HearingState.DRAFT, ProfileKey.MEMBERS_HEAR, "Nursery schools")
    assert (row.open_doors, row.activity_id) == (True, held.id)
    assert (await verify()).ok


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PREPARES])
async def test_nobody_else_does_and_nothing_is_written(everyone: Cast, name: str) -> None:
    held = await activity(everyone)
    with pytest.raises((Refused, NotThere)):
        await hearings.hearing_add(everyone[name], activity=held.id)
    assert not await Hearing.all().exists()


async def test_there_is_one_hearing_of_an_activity_and_only_of_a_draft_of_that_kind(everyone: Cast) -> None:
    row, other = await prepared(everyone), await planned(everyone)
    for which in (row.activity_id, other.id):
        with pytest.raises(Conflict):
            await hearings.hearing_add(everyone["secretary"], activity=which)
    with pytest.raises(NotThere):
        await hearings.hearing_change(everyone["secretary"], hearing=row.activity_id)


async def test_a_hearing_moves_by_its_own_steps_and_stays_one(everyone: Cast) -> None:
    secretary, row = everyone["secretary"], await prepared(everyone)
    with pytest.raises(Conflict, match="steps of its own"):
        await activities.activity_approve(secretary, activity=row.activity_id)
    with pytest.raises(Conflict, match="stays one"):
        await activities.activity_change(secretary, activity=row.activity_id, kind=ActivityKind.BRIEFING)
    assert activities.steps_of(secretary, ActivityKind.HEARING, ActivityState.DRAFT, [everyone.sector.id]) == []

    draft = await activity(everyone)
    changed = await activities.activity_change(secretary, activity=draft.id, kind=ActivityKind.BRIEFING)
    assert changed.kind is ActivityKind.BRIEFING


async def test_what_it_says_can_be_changed_until_notice_is_given(everyone: Cast) -> None:
    secretary, row = everyone["secretary"], await prepared(everyone)
    bureau, row_id = everyone.bureau.id, row.id
    changed = await hearings.hearing_change(
        secretary, hearing=row_id, department=bureau, open_doors=False, closed_because="names of children"
    )
    again = await hearings.hearing_change(secretary, hearing=row_id, department=bureau)
    assert (changed.department_id, changed.open_doors) == (bureau, False)
    assert again.updated_at == changed.updated_at
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_change(secretary, hearing=row_id, closed_because=" ")
    assert [one.field for one in caught.value.problems] == ["closed_because"]
    with pytest.raises(NotThere):
        await hearings.hearing_change(secretary, hearing=row_id, department=everyone.sector.id)

    told = await announced(everyone)
    with pytest.raises(Conflict, match="Notice was given"):
        await hearings.hearing_change(secretary, hearing=told.id, matter="Something else")
    with pytest.raises(Conflict, match="Notice was given"):
        await hearings.hearing_set_places(secretary, hearing=told.id, places={})


async def test_one_presides_and_nobody_hears_twice(everyone: Cast) -> None:
    secretary, row = everyone["secretary"], await prepared(everyone)
    chair, mei = everyone.people["chair"].id, everyone.people["member"].id
    for who, duty, code in ((chair, HearingDuty.PANEL, "TWICE"), (mei, HearingDuty.PRESIDING, "TWO_PRESIDE")):
        with pytest.raises(Invalid) as caught:
            await hearings.hearing_name_officers(secretary, hearing=row.id, people=[who], duty=duty)
        assert [one.code for one in caught.value.problems] == [code]
    with pytest.raises(NotThere):
        await hearings.hearing_name_officers(secretary, hearing=row.id, people=[row.id], duty=HearingDuty.RECORDER)
    with pytest.raises(NotThere):
        await hearings.hearing_remove_officers(secretary, hearing=row.id, people=[mei])
    await hearings.hearing_name_officers(secretary, hearing=row.id, people=[mei], duty=HearingDuty.RECORDER)
    await hearings.hearing_remove_officers(secretary, hearing=row.id, people=[chair])
    duties = await HearingOfficer.filter(hearing_id=row.id).order_by("n").values_list("duty", "n")
    assert duties == [(HearingDuty.PANEL, 1), (HearingDuty.PANEL, 2), (HearingDuty.RECORDER, 3)]

    cancelled = await hearings.hearing_cancel(secretary, hearing=row.id, reason="no time")
    with pytest.raises(Conflict):
        await hearings.hearing_remove_officers(secretary, hearing=cancelled.id, people=[mei])


@pytest.mark.parametrize(
    ("profile", "places", "code"),
    [
        (ProfileKey.MEMBERS_HEAR, {Capacity.MEMBER: -1}, "PLACES_RANGE"),
        (ProfileKey.MEMBERS_HEAR, {Capacity.PUBLIC: 3}, "MEMBERS_ONLY"),
    ],
)
async def test_places_that_do_not_fit_are_refused(everyone: Cast, profile: ProfileKey, places: Any, code: str) -> None:
    row = await prepared(everyone, profile)
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_set_places(everyone["secretary"], hearing=row.id, places=places)
    assert [one.code for one in caught.value.problems] == [code]


async def test_places_are_said_by_capacity_and_at_most_so_many_of_one_sector(everyone: Cast) -> None:
    secretary, row = everyone["secretary"], await prepared(everyone)
    places = {Capacity.MEMBER: 12, Capacity.EXPERT: 0}
    await hearings.hearing_set_places(secretary, hearing=row.id, places=places)
    assert await HearingPlaces.filter(hearing_id=row.id).values_list("capacity", "count") == [(Capacity.MEMBER, 12)]
    assert (await hearings.hearing_change(secretary, hearing=row.id, per_sector=2)).per_sector == 2
    with pytest.raises(Invalid, match="At least one"):
        await hearings.hearing_change(secretary, hearing=row.id, per_sector=0)


async def test_a_draft_is_known_to_who_prepares_it_only(everyone: Cast) -> None:
    assert await who_sees(everyone, await prepared(everyone)) == PREPARES


async def test_what_members_hear_is_for_them_and_a_public_hearing_for_everyone(everyone: Cast) -> None:
    inner = await announced(everyone)
    assert await who_sees(everyone, inner) == set(NAMES) - {"department", "visitor"}
    outer = await announced(everyone, ProfileKey.LIGHT)
    assert await who_sees(everyone, outer) == set(NAMES)


async def test_a_sensitive_body_stands_in_no_notice(everyone: Cast) -> None:
    quiet = await make.body(BodyKind.THEORY_STUDY_CENTRE, "Quiet", sensitive=True)
    row = await prepared(everyone)
    held_by = [quiet.id, everyone.sector.id]
    await activities.activity_set_organisers(everyone["secretary"], activity=row.activity_id, organisers=held_by)
    await hearings.hearing_approve(everyone["secretary"], hearing=row.id)
    await hearings.hearing_announce(everyone["secretary"], hearing=row.id)
    assert await hearings.HearingNotice.filter(hearing_id=row.id).values_list("organiser", flat=True) == ["文艺界"]
    assert (await hearings.HearingNotice.get(hearing_id=row.id)).starts_at == LATER
