"""Who is heard: the list is frozen, delegates are chosen by queue, together or by lot, and their list is published."""

import json
import runpy
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import hearings
from server.models.activities import Activity, Participation
from server.models.hearings import Hearing, HearingApplication
from server.models.hearings.choosing import frozen, published
from server.models.messages import Message
from server.rules.activities import ActivityState, ParticipantRole
from server.rules.attendance import Rsvp
from server.rules.hearings import ApplicationState, Capacity, HearingState, Position, ProfileKey, list_hash, verify
from server.rules.hearings.lottery import Why
from server.viewer import Viewer
from tests.cast import Cast
from tests.hearings.worlds import DAY, apply, closed, enrol, notice, opened

SCRIPT = Path(__file__).parents[2] / "web" / "static" / "lottery.py"


async def states(keys: Sequence[UUID]) -> list[ApplicationState]:
    return [(await HearingApplication.get(id=key)).state for key in keys]


async def test_applications_stay_open_as_long_as_the_notice_promised(everyone: Cast) -> None:
    row = await opened(everyone)
    with pytest.raises(Conflict, match="promises that one can apply until"):
        await hearings.hearing_close_applications(everyone["secretary"], hearing=row.id)
    row, _ = await closed(everyone, row)
    assert row.state is HearingState.APPLICATIONS_CLOSED
    assert (await Activity.get(id=row.activity_id)).state is ActivityState.CLOSED
    assert (await notice(row)).list_hash == "", "nothing is drawn by lot"


async def test_each_application_is_decided_on_before_the_list_is_frozen(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.LIGHT)
    said: dict[str, Any] = {"capacity": Capacity.AFFECTED, "position": Position.FOR, "summary": "It is far"}
    await hearings.hearing_apply(everyone["member"], hearing=row.id, **said)
    with pytest.raises(Conflict, match="nobody has decided on: 1"):
        await closed(everyone, row)


async def test_members_have_places_in_order_of_arrival_and_by_sector(everyone: Cast) -> None:
    row = await opened(everyone, per_sector=9)
    keys = await enrol(everyone, row, 12)
    row, viewer = await closed(everyone, row)
    row = await hearings.hearing_select_queue(viewer, hearing=row.id)

    assert row.state is HearingState.SELECTED
    assert await states(keys) == [ApplicationState.SELECTED] * 10 + [ApplicationState.RESERVE] * 2
    first, last = [await HearingApplication.get(id=key) for key in (keys[0], keys[11])]
    assert (first.place, first.places, first.why) == (1, 10, Why.RANK)
    assert (last.place, last.places, last.why) == (12, 10, Why.CLASS_FULL)


async def test_the_list_is_published_and_delegates_stand_on_the_list_of_the_activity(everyone: Cast) -> None:
    row = await opened(everyone)
    keys = await enrol(everyone, row, 11)
    row, viewer = await closed(everyone, row)
    await hearings.hearing_select_queue(viewer, hearing=row.id)
    row = await hearings.hearing_publish_list(viewer, hearing=row.id)

    assert (row.state, row.list_cause) == (HearingState.LIST_PUBLISHED, "")
    people = await HearingApplication.filter(id__in=keys).order_by("serial").values_list("person_id", flat=True)
    listed = Participation.filter(activity_id=row.activity_id, person_id__in=people)
    assert await listed.order_by("rsvp").values_list("role", "rsvp") == [(ParticipantRole.MEMBER, Rsvp.YES)] * 10
    assert await Message.filter(person_id=people[10]).count() == 1, "who is in reserve is told, too"
    assert (await hearings.hearing_make_ready(viewer, hearing=row.id)).state is HearingState.READY


async def test_a_place_that_gets_free_goes_to_the_first_in_reserve(everyone: Cast) -> None:
    row = await opened(everyone)
    keys = await enrol(everyone, row, 12)
    row, viewer = await closed(everyone, row)
    await hearings.hearing_select_queue(viewer, hearing=row.id)
    first, second = [await HearingApplication.get(id=key) for key in keys[:2]]
    await hearings.application_withdraw(replace(viewer, person=first.person_id), application=first.id)
    assert (await states(keys))[10:] == [ApplicationState.SELECTED, ApplicationState.RESERVE]

    await hearings.hearing_publish_list(viewer, hearing=row.id)
    await hearings.application_withdraw(replace(viewer, person=second.person_id), application=second.id)
    assert (await states(keys))[10:] == [ApplicationState.SELECTED, ApplicationState.SELECTED]
    stands = dict(await Participation.filter(activity_id=row.activity_id).values_list("person_id", "rsvp"))
    last = await HearingApplication.get(id=keys[11])
    assert (stands[second.person_id], stands[last.person_id or row.id]) == (Rsvp.NO, Rsvp.YES)
    third = await HearingApplication.get(id=keys[2])
    await hearings.application_withdraw(replace(viewer, person=third.person_id), application=third.id)
    assert (await states(keys)).count(ApplicationState.SELECTED) == 9, "nobody is left in reserve"


async def test_a_delegate_confirms_or_it_is_noted_for_them(everyone: Cast) -> None:
    row = await opened(everyone)
    keys = await enrol(everyone, row, 2)
    row, viewer = await closed(everyone, row)
    await hearings.hearing_select_queue(viewer, hearing=row.id)
    own = await HearingApplication.get(id=keys[0])
    await hearings.application_confirm(replace(everyone["member"], person=own.person_id), application=keys[0])
    await hearings.application_confirm(viewer, application=keys[1])
    assert await states(keys) == [ApplicationState.CONFIRMED] * 2
    with pytest.raises(NotThere):
        await hearings.application_confirm(everyone["leader"], application=keys[1])
    with pytest.raises(Conflict):
        await hearings.application_confirm(viewer, application=keys[1])


async def test_too_few_are_published_only_with_a_good_cause(everyone: Cast) -> None:
    row = await opened(everyone)
    await enrol(everyone, row, 3)
    row, viewer = await closed(everyone, row)
    await hearings.hearing_select_queue(viewer, hearing=row.id)
    with pytest.raises(Invalid) as caught:
        await hearings.hearing_publish_list(viewer, hearing=row.id)
    assert [one.code for one in caught.value.problems] == ["TOO_FEW_DELEGATES", "NEEDS_GOOD_CAUSE"]
    row = await hearings.hearing_publish_list(viewer, hearing=row.id, good_cause="few are concerned")
    assert row.list_cause == "few are concerned"


async def test_several_choose_together_among_those_who_were_admitted(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.LEGISLATIVE)
    a, b, c = await apply(everyone, row, Capacity.AFFECTED, "fan")
    row, viewer = await closed(everyone, row)
    with pytest.raises(Conflict, match="in another way"):
        await hearings.hearing_select_queue(viewer, hearing=row.id)
    for wrong in ([], [a, a], [row.id]):
        with pytest.raises(Invalid, match="Choose among those who were admitted"):
            await hearings.hearing_choose(viewer, hearing=row.id, chosen=wrong, because="by vote")
    with pytest.raises(Invalid, match="Say why"):
        await hearings.hearing_choose(viewer, hearing=row.id, chosen=[a], because=" ")
    await hearings.hearing_choose(viewer, hearing=row.id, chosen=[b], reserve=[c], because="the panel, by vote")
    assert await states([a, b, c]) == [
        ApplicationState.NOT_SELECTED,
        ApplicationState.SELECTED,
        ApplicationState.RESERVE,
    ]
    assert (await HearingApplication.get(id=b)).because == "the panel, by vote"


async def drawn(cast: Cast, row: Hearing) -> tuple[Hearing, Viewer]:
    row, viewer = await closed(cast, row)
    with pytest.raises(Conflict, match="nobody can know its result yet"):
        await hearings.hearing_draw(viewer, hearing=row.id, public_value="03 11 22")
    viewer = replace(viewer, now=viewer.now + DAY)
    return await hearings.hearing_draw(viewer, hearing=row.id, public_value=" 03 11 22 "), viewer


async def test_a_draw_by_lot_can_be_recomputed_by_anyone_from_what_is_published(everyone: Cast, tmp_path: Path) -> None:
    row = await opened(everyone, ProfileKey.PREFECTURE)
    keys = await apply(everyone, row, Capacity.AFFECTED, "ffffaaa") + await apply(
        everyone, row, Capacity.PUBLIC, "fann"
    )
    row, _ = await drawn(everyone, row)

    told = await notice(row)
    listed = await frozen(told)
    found = published(told, listed)
    assert (told.public_value, told.tolerance, told.held) == ("03 11 22", "1/5", True)
    assert told.list_hash == found.listed == list_hash(found.applicants)
    assert verify(found) == []
    assert runpy.run_path(str(SCRIPT))["right"](json.loads(json.dumps(found.as_json())))
    assert found.tolerance == Fraction(1, 5)
    have = await HearingApplication.filter(id__in=keys, state=ApplicationState.SELECTED).values_list(
        "serial", flat=True
    )
    assert sorted(have) == sorted(found.drawn)
    assert len(found.drawn) == 7


async def test_who_left_after_the_list_was_frozen_stays_on_it_and_the_reserve_follows(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.PREFECTURE)
    keys = await apply(everyone, row, Capacity.PUBLIC, "nnnnn")
    row, viewer = await closed(everyone, row)
    for key in keys[:3]:
        gone = await HearingApplication.get(id=key)
        await hearings.application_withdraw(replace(viewer, person=gone.person_id), application=key)
    viewer = replace(viewer, now=viewer.now + DAY)
    row = await hearings.hearing_draw(viewer, hearing=row.id, public_value="03 11 22")

    found = published(await notice(row), await frozen(await notice(row)))
    assert len(found.applicants) == 5
    assert verify(found) == []
    assert await states(keys[3:]) == [ApplicationState.SELECTED] * 2


async def test_a_draw_needs_the_public_value(everyone: Cast) -> None:
    row, viewer = await closed(everyone, await opened(everyone, ProfileKey.PREFECTURE))
    viewer = replace(viewer, now=viewer.now + DAY)
    with pytest.raises(Invalid, match="result of the public draw"):
        await hearings.hearing_draw(viewer, hearing=row.id, public_value=" ")


async def test_only_who_prepares_it_chooses(everyone: Cast) -> None:
    row, viewer = await closed(everyone, await opened(everyone))
    member = replace(viewer, roles=everyone["member"].roles, person=everyone["member"].person)
    with pytest.raises(Refused):
        await hearings.hearing_select_queue(member, hearing=row.id)
