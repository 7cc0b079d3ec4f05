"""Applications to be heard: enrolled, made, admitted or not, taken back."""

from dataclasses import replace
from typing import Any

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import activities, hearings
from server.models.hearings import Hearing, HearingApplication, visible_applications
from server.models.messages import Message
from server.rules.activities import ActivityAudience
from server.rules.hearings import ApplicationState, Capacity, Position, ProfileKey
from server.viewer import Viewer
from tests import make
from tests.cast import NAMES, Cast
from tests.hearings.worlds import DAY, announced, opened

SAID: dict[str, Any] = {"capacity": Capacity.AFFECTED, "position": Position.FOR, "summary": "It is far to the next one"}


async def applied(cast: Cast, row: Hearing, name: str = "member", **facts: Any) -> HearingApplication:
    return await hearings.hearing_apply(cast[name], hearing=row.id, **facts)


def later(viewer: Viewer, days: int) -> Viewer:
    return replace(viewer, now=viewer.now + days * DAY)


async def test_a_member_enrols_by_sector_and_is_admitted_at_once(everyone: Cast) -> None:
    row = await opened(everyone)
    mine = await applied(everyone, row)
    assert (mine.serial, mine.capacity, mine.position) == (1, Capacity.MEMBER, Position.NEUTRAL)
    assert (mine.sector_id, mine.state) == (everyone.sector.id, ApplicationState.ELIGIBLE)
    with pytest.raises(Conflict, match="applied for this hearing already"):
        await applied(everyone, row)
    assert await HearingApplication.all().count() == 1


@pytest.mark.parametrize("name", ["chair", "convener", "leader"])
async def test_who_is_on_the_panel_does_not_enrol(everyone: Cast, name: str) -> None:
    row = await opened(everyone)
    with pytest.raises(Invalid, match="on the panel and speak"):
        await applied(everyone, row, name)


async def test_only_members_hear_a_department(everyone: Cast) -> None:
    row = await opened(everyone)
    with pytest.raises(Refused, match="belongs to nobody in the register"):
        await applied(everyone, row, "secretary")
    with pytest.raises(NotThere):
        await applied(everyone, row, "department")
    with pytest.raises(Refused):
        await applied(everyone, row, "visitor")


async def test_one_applies_for_a_public_hearing_and_waits(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.LIGHT)
    with pytest.raises(Invalid) as caught:
        await applied(everyone, row, "department", **SAID | {"summary": "", "civil_servant": True})
    assert [problem.field for problem in caught.value.problems] == ["civil_servant", "summary"]
    theirs = await applied(everyone, row, "department", **SAID, represents="Parents of the east", named=True)
    assert (theirs.state, theirs.represents, theirs.named) == (ApplicationState.SUBMITTED, "Parents of the east", True)


async def test_one_applies_while_it_is_open_and_until_the_last_day(everyone: Cast) -> None:
    told, row = await announced(everyone), await opened(everyone)
    with pytest.raises(Conflict, match="cannot apply for this hearing now"):
        await applied(everyone, told)
    assert row.applications_until
    days = (row.applications_until - make.TODAY).days
    with pytest.raises(Invalid, match="One could apply until"):
        await hearings.hearing_apply(later(everyone["member"], days + 1), hearing=row.id)
    await hearings.hearing_apply(later(everyone["member"], days), hearing=row.id)


async def test_so_many_and_no_more(everyone: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = await opened(everyone)
    monkeypatch.setattr("server.models.hearings.applying.MOST_APPLICATIONS", 0)
    with pytest.raises(Conflict, match="So many applied"):
        await applied(everyone, row)


async def test_who_prepares_it_decides_and_who_applied_is_told_of_a_no(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.LIGHT)
    dan, mei = [await applied(everyone, row, name, **SAID) for name in ("department", "member")]
    secretary = everyone["secretary"]
    with pytest.raises(Invalid, match="Say why"):
        await hearings.application_decide(secretary, application=dan.id, admit=False)
    for who in ("member", "department"):
        with pytest.raises((Refused, NotThere)):
            await hearings.application_decide(everyone[who], application=dan.id, admit=True)

    dan = await hearings.application_decide(secretary, application=dan.id, admit=False, reason="lives elsewhere")
    mei = await hearings.application_decide(secretary, application=mei.id, admit=True)

    assert (dan.state, dan.because) == (ApplicationState.INELIGIBLE, "lives elsewhere")
    assert (mei.state, mei.decided_by_id) == (ApplicationState.ELIGIBLE, secretary.account)
    assert await Message.filter(person_id=dan.person_id).count() == 1
    assert await Message.filter(person_id=mei.person_id).count() == 0
    with pytest.raises(Conflict, match="decided, or taken back"):
        await hearings.application_decide(secretary, application=dan.id, admit=True)


async def test_nobody_decides_on_their_own_nor_on_a_frozen_list(everyone: Cast) -> None:
    row = await opened(everyone, ProfileKey.LIGHT)
    await hearings.hearing_remove_officers(
        everyone["secretary"], hearing=row.id, people=[everyone.people["convener"].id]
    )
    own = await applied(everyone, row, "convener", **SAID)
    with pytest.raises(Refused, match="their own application"):
        await hearings.application_decide(everyone["convener"], application=own.id, admit=True)
    await Hearing.filter(id=row.id).update(state="applications_closed")
    with pytest.raises(Conflict, match="until applications are closed"):
        await hearings.application_decide(everyone["secretary"], application=own.id, admit=True)


async def test_what_was_applied_for_is_taken_back_by_who_applied_and_can_be_made_anew(everyone: Cast) -> None:
    row = await opened(everyone)
    mine = await applied(everyone, row)
    with pytest.raises(Refused, match="Only who applied"):
        await hearings.application_withdraw(everyone["secretary"], application=mine.id)
    with pytest.raises(NotThere):
        await hearings.application_withdraw(everyone["leader"], application=mine.id)
    mine = await hearings.application_withdraw(everyone["member"], application=mine.id)
    assert mine.state is ApplicationState.WITHDRAWN
    again = await applied(everyone, row)
    assert again.serial == 2


async def test_applications_are_for_who_made_them_and_who_prepares_the_hearing(everyone: Cast) -> None:
    row = await opened(everyone)
    mine = await applied(everyone, row)
    found = {
        name
        for name in NAMES
        if await HearingApplication.filter(visible_applications(everyone[name]), id=mine.id).exists()
    }
    assert found == {"member", "secretary", "chair", "convener"}


async def test_what_is_for_the_invited_others_do_not_enrol_for(everyone: Cast) -> None:
    row = await opened(everyone)
    who = ActivityAudience.INVITED
    await activities.activity_change(everyone["secretary"], activity=row.activity_id, audience=who)
    with pytest.raises(NotThere):
        await applied(everyone, row)
