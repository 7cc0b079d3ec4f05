"""Attendance over a year: the two rates of each sector, and what was held without a majority of members."""

import datetime as dt

from server.models import activities
from server.models.activities import Invited
from server.models.activities.tables import Activity
from server.models.members.tables import MembershipStatus
from server.rules.activities import ActivityKind, ActivityState, ParticipantRole
from server.rules.attendance import Presence
from tests import make
from tests.activities.worlds import AFTERNOON, HALF_DAY, begun, planned
from tests.cast import Cast
from tests.paper.test_pages import printed
from tests.web.visitors import Asks, SignIn

YEAR = """query ($year: Int!) {
  attendanceYear(year: $year) {
    year rates { expected came excused absent attendance commitment }
    sectors { name body { nameEn } rates { expected came attendance } }
  }
}"""
OVERRIDES = """query ($year: Int!) { majorityOverrides(year: $year) {
  totalCount edges { node { members everyone override activity { title } } }
} }"""
NONE = {"expected": 0, "came": 0, "excused": 0, "absent": 0, "attendance": None, "commitment": None}


async def settled(cast: Cast) -> Activity:
    """Two sessions: the leader came to both, once late; the member came to one and had leave from the other."""
    row, first = await begun(cast, sessions=[HALF_DAY, AFTERNOON])
    second = await activities.ActivitySession.get(activity_id=row.id, n=2)
    leader, member = (cast.people[name].id for name in ("leader", "member"))
    seen = {leader: Presence.PRESENT, member: Presence.PRESENT}
    await activities.attendance_note(cast["leader"], session=first.id, seen=seen)
    seen = {leader: Presence.LATE, member: Presence.EXCUSED}
    await activities.attendance_note(cast["leader"], session=second.id, seen=seen)
    await activities.activity_finish(cast["leader"], activity=row.id)
    return await activities.activity_lock(cast["leader"], activity=row.id)


async def test_a_year_has_both_rates_of_all_and_of_each_sector(ask: Asks, everyone: Cast) -> None:
    await settled(everyone)
    await begun(everyone)  # not settled: it does not count yet

    found = (await ask("leader", YEAR, year=2026))["data"]["attendanceYear"]

    assert found["rates"] == {
        "expected": 4, "came": 3, "excused": 1, "absent": 0, "attendance": 0.75, "commitment": 1.0,
    }  # fmt: skip
    arts = {"name": "Arts", "body": {"nameEn": "Arts"}, "rates": {"expected": 4, "came": 3, "attendance": 0.75}}
    assert found["sectors"] == [arts]
    assert (await ask("leader", YEAR, year=2025))["data"]["attendanceYear"]["rates"] == NONE
    assert (await ask("chair", YEAR, year=2026))["data"]["attendanceYear"]["rates"]["expected"] == 4
    assert (await ask("convener", YEAR, year=2026))["data"]["attendanceYear"]["sectors"] == []
    assert (await ask("member", YEAR, year=2026))["errors"][0]["extensions"]["code"] == "ROLE"
    assert "errors" in await ask("chair", YEAR, year=1700)


async def test_who_had_no_seat_that_day_and_who_is_no_member_is_not_expected(ask: Asks, everyone: Cast) -> None:
    row = await settled(everyone)
    expert = await make.person(name_en="Ed Expert")
    part = await activities.Participation.create(
        activity_id=row.id, person=expert, role=ParticipantRole.EXPERT, added_at=make.NOW, rsvp="none"
    )
    session = await activities.ActivitySession.get(activity_id=row.id, n=1)
    facts = {"method": "staff", "noted_at": make.NOW, "presence": Presence.PRESENT}
    await activities.Attendance.create(participation=part, session=session, **facts)
    later = dt.date(2026, 12, 15)
    await MembershipStatus.filter(membership__person_id=everyone.people["leader"].id).update(starts_on=later)

    rates = (await ask("chair", YEAR, year=2026))["data"]["attendanceYear"]["rates"]

    assert (rates["expected"], rates["came"], rates["excused"]) == (2, 1, 1)


async def test_who_stood_for_no_sector_is_told_apart(ask: Asks, everyone: Cast) -> None:
    row = await settled(everyone)
    alone = (await make.seat()).person_id
    part = await activities.Participation.create(
        activity_id=row.id, person_id=alone, role=ParticipantRole.MEMBER, added_at=make.NOW, rsvp="none"
    )
    session = await activities.ActivitySession.get(activity_id=row.id, n=1)
    facts = {"method": "staff", "noted_at": make.NOW, "presence": Presence.ABSENT}
    await activities.Attendance.create(participation=part, session=session, **facts)

    sectors = (await ask("chair", YEAR, year=2026))["data"]["attendanceYear"]["sectors"]

    assert [one["name"] for one in sectors] == ["Arts", "No sector stated"]
    assert sectors[1] == {
        "name": "No sector stated",
        "body": None,
        "rates": {"expected": 1, "came": 0, "attendance": 0},
    }


async def overridden(cast: Cast) -> Activity:
    """An inspection by the chair, to which two guests and one member are invited."""
    row = await planned(cast, "leader", kind=ActivityKind.INSPECTION)
    guests = tuple([(await make.person()).id for _ in range(2)])
    await activities.group_invite(cast["leader"], activity=row.id, invited=Invited(ParticipantRole.GUEST, guests))
    one = Invited(people=(cast.people["member"].id,))
    await activities.group_invite(cast["leader"], activity=row.id, invited=one)
    return await activities.activity_approve(cast["chair"], activity=row.id, override="nobody else had time")


async def test_what_was_held_without_a_majority_is_listed_with_its_reason(
    ask: Asks, sign_in: SignIn, everyone: Cast
) -> None:
    row = await overridden(everyone)
    assert row.state is ActivityState.APPROVED

    found = (await ask("chair", OVERRIDES, year=2026))["data"]["majorityOverrides"]
    page = (await (await sign_in("chair")).get("/activities/year?year=2026")).text

    node = {"members": 1, "everyone": 3, "override": "nobody else had time", "activity": {"title": "Reading the plan"}}
    assert found == {"totalCount": 1, "edges": [{"node": node}]}
    assert (await ask("chair", OVERRIDES, year=2027))["data"]["majorityOverrides"]["totalCount"] == 0
    assert (await ask("convener", OVERRIDES, year=2026))["data"]["majorityOverrides"]["totalCount"] == 0
    assert ("nobody else had time" in page, "1/3" in page) == (True, True)


async def test_the_year_is_a_picture_with_its_table_on_the_screen_and_on_paper(sign_in: SignIn, everyone: Cast) -> None:
    browser = await sign_in("leader")
    empty = (await browser.get("/activities/year?year=2026")).text
    await settled(everyone)

    page = (await browser.get("/activities/year?year=2026")).text
    pdf = await printed(await sign_in("leader", language="zh"), "/activities/year?year=2026")

    assert "Nothing of this year is settled yet." in empty
    assert ("<svg" in page, "75% 100%" in page) == (True, True)
    assert "/activities/year" in (await browser.get("/activities")).text
    assert pdf.title == "2026年出席统计"
    assert "文艺界" in pdf.text
    assert (await (await sign_in("member")).get("/activities/year")).status_code == 403
