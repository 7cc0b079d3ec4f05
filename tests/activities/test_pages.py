"""Activities by a browser without script: planned, filled with people and papers, told, answered, settled."""

import datetime as dt
import re
from uuid import UUID

from server.models.activities import Activity, ActivityDocument, LeaveRequest, Participation
from server.rules.activities import ActivityState
from server.rules.attendance import LeaveState, Rsvp
from tests.activities.test_papers import paper
from tests.activities.worlds import DAY, announced, planned
from tests.cast import Cast
from tests.web.visitors import SignIn, htmx


def next_year() -> str:
    """A day that is far enough for whatever has to be told before."""
    return f"{dt.datetime.now(dt.UTC).year + 1}-12-14"


async def test_an_activity_is_planned_and_everyone_told_and_answers(sign_in: SignIn, everyone: Cast) -> None:
    leader, member = await sign_in("leader"), await sign_in("member")
    facts = {"kind": "STUDY_SESSION", "titleEn": "Reading the plan", "audience": "INVITED", "capacity": ""}
    facts |= {"lead": f"bod_{everyone.group.id}", "day": next_year(), "hours": "9-11, 14-16"}

    wrong = await leader.post("/activities/new", data=facts | {"hours": "noon"})
    added = await leader.post("/activities/new", data=facts)
    people = added.headers["Location"]
    home = people.removesuffix("/people")
    invited = await leader.post(f"{people}/invite", data={"body": facts["lead"], "role": "MEMBER"})
    steps = [await leader.post(f"{home}/{step}") for step in ("approve", "announce")]

    assert (wrong.status_code, 'href="#hours"' in wrong.text) == (422, True)
    assert re.fullmatch(r"/activities/act_[0-9a-f-]+/people", people)
    assert invited.headers["Location"] == people
    assert [step.headers["Location"] for step in steps] == [home, home]
    assert "I come" in (await member.get(home)).text
    assert (await member.post(f"{home}/answer", data={"answer": "YES"})).headers["Location"] == home
    assert (await member.post(f"{home}/leave", data={"reason": ""})).status_code == 422
    assert (await member.post(f"{home}/leave", data={"reason": "a journey"})).headers["Location"] == home
    stands = await Participation.get(person_id=everyone.people["member"].id)
    assert stands.rsvp is Rsvp.LEAVE
    assert "a journey" in (await leader.get("/leave")).text
    leave = await LeaveRequest.get(participation_id=stands.id)
    decided = await leader.post(f"/leave/lvr_{leave.id}/decide", data={"approve": "true", "answer": ""})
    assert decided.headers["Location"] == "/leave"
    assert (await LeaveRequest.get(id=leave.id)).state is LeaveState.APPROVED
    assert (await Activity.all().get()).state is ActivityState.OPEN


async def test_people_are_found_by_name_and_put_on_the_list(sign_in: SignIn, everyone: Cast) -> None:
    leader, row = await sign_in("leader"), await planned(everyone)
    people, mei = f"/activities/act_{row.id}/people", f"per_{everyone.people['member'].id}"

    found = await leader.get(f"{people}?find=mei", headers=htmx("matches"))

    assert found.text.strip().startswith('<div id="matches">')
    assert f'value="{mei}"' in found.text
    added = await leader.post(f"{people}/invite", data={"people": mei, "role": "GUEST"})
    assert added.headers["Location"] == people
    assert await listed(row.id) == [everyone.people["member"].id]
    assert (await leader.get(f"{people}?takes=STAFF")).text.count(f"{mei}") == 0
    assert (await leader.post(f"{people}/remove", data={"people": mei})).headers["Location"] == people
    assert await listed(row.id) == []


async def test_a_document_is_chosen_and_taken_off(sign_in: SignIn, everyone: Cast) -> None:
    leader, row, document = await sign_in("leader"), await planned(everyone), f"doc_{await paper(everyone)}"
    home = f"/activities/act_{row.id}"
    page = f"{home}/documents"

    assert page in (await leader.get(home)).text
    found = await leader.get(f"{page}?find=plan", headers=htmx("matches"))
    assert (found.text.strip().startswith('<div id="matches">'), document in found.text) == (True, True)
    assert (await leader.post(page, data={"document": document})).headers["Location"] == home
    assert (await leader.post(page, data={"document": document})).status_code == 422
    assert f'href="/documents/{document}"' in (await leader.get(home)).text
    assert (await leader.post(f"{page}/remove", data={"document": document})).headers["Location"] == home
    assert await ActivityDocument.all().count() == 0
    member = await sign_in("member")
    assert (await member.get(page)).status_code == 403


async def listed(activity: UUID) -> list[UUID]:
    rows = Participation.filter(activity_id=activity)
    return [key async for key in rows.values_list("person_id", flat=True)]


async def test_home_says_what_waits_for_an_answer_what_comes_and_which_leave_waits(
    sign_in: SignIn, everyone: Cast
) -> None:
    leader, member = await sign_in("leader", language="en"), await sign_in("member", language="en")
    row = await announced(everyone)
    assert "1 invitations wait for your answer" in (await member.get("/")).text

    await member.post(f"/activities/act_{row.id}/answer", data={"answer": "YES"})
    await Activity.filter(id=row.id).update(ends_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=9))
    home = (await member.get("/")).text
    assert ("wait for your answer" in home, "You come on 14 December 2026 09:00" in home) == (False, True)

    await member.post(f"/activities/act_{row.id}/leave", data={"reason": "a journey"})
    assert "1 requests for leave wait for you" in (await leader.get("/")).text
    assert "requests for leave wait" not in (await member.get("/")).text


async def test_what_is_over_stands_apart_the_last_one_first(sign_in: SignIn, everyone: Cast) -> None:
    leader = await sign_in("leader", language="en")
    for nth, days in enumerate((-20, -10, 30)):
        begins = dt.datetime.now(dt.UTC) + days * DAY
        await planned(everyone, title_en=f"Meeting {nth}", sessions=[(begins, begins + dt.timedelta(hours=1))])

    to_come, over = [(await leader.get(f"/activities{part}")).text for part in ("", "?past=true")]

    assert re.findall(r"Meeting \d", to_come) == ["Meeting 2"]
    assert re.findall(r"Meeting \d", over) == ["Meeting 1", "Meeting 0"]
