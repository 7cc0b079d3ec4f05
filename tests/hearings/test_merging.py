"""Two entries of one person become one: duties at hearings, and what was applied for."""

from server.models import hearings, members
from server.models.hearings import HearingApplication, HearingOfficer
from server.rules.hearings import ApplicationState, HearingDuty
from tests.cast import Cast
from tests.hearings.worlds import opened, prepared


async def test_a_duty_that_both_had_is_had_once(everyone: Cast) -> None:
    row, keep, drop = await prepared(everyone), everyone.people["leader"].id, everyone.people["member"].id
    for duty in (HearingDuty.RECORDER, HearingDuty.SUPERVISOR):
        await hearings.hearing_name_officers(everyone["secretary"], hearing=row.id, people=[drop], duty=duty)
    await hearings.hearing_name_officers(
        everyone["secretary"], hearing=row.id, people=[keep], duty=HearingDuty.RECORDER
    )

    await members.merge_people(everyone["secretary"], keep=keep, drop=drop, reason="the same")

    duties = await HearingOfficer.filter(person_id=keep).order_by("n").values_list("duty", flat=True)
    assert duties == [HearingDuty.PANEL, HearingDuty.SUPERVISOR, HearingDuty.RECORDER]
    assert not await HearingOfficer.filter(person_id=drop).exists()


async def test_of_two_applications_under_one_notice_one_stands(everyone: Cast) -> None:
    both, one = await opened(everyone), await opened(everyone)
    keep, drop = everyone.people["leader"].id, everyone.people["member"].id
    await hearings.hearing_remove_officers(everyone["secretary"], hearing=both.id, people=[keep])
    kept = await hearings.hearing_apply(everyone["leader"], hearing=both.id)
    double = await hearings.hearing_apply(everyone["member"], hearing=both.id)
    moved = await hearings.hearing_apply(everyone["member"], hearing=one.id)

    await members.merge_people(everyone["secretary"], keep=keep, drop=drop, reason="the same")

    found = {row.id: row.state for row in await HearingApplication.filter(person_id=keep)}
    assert found == {
        kept.id: ApplicationState.ELIGIBLE,
        double.id: ApplicationState.WITHDRAWN,
        moved.id: ApplicationState.ELIGIBLE,
    }
