"""Reminders to those who were invited and have not answered: who gets one, how often, and what is seen before."""

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models import activities
from server.models.audit import AuditEntry
from server.models.messages import Message
from server.rules.attendance import Rsvp
from server.rules.messages import Topic
from tests.activities.worlds import DAY, announced, at, planned
from tests.cast import Cast
from tests.make import NOW
from tests.web.visitors import Asks, SignIn

REACH = "query ($id: ID!) { activityReminder(activity: $id) { count today inside ways { name } unreached { nameEn } } }"


async def reminded(cast: Cast) -> set[str]:
    """Who was reminded, by their names in the cast."""
    told = Message.filter(topic=Topic.MEETINGS, title_en__startswith="Please answer")
    people = {key async for key in told.values_list("person_id", flat=True)}
    return {name for name, person in cast.people.items() if person.id in people}


async def test_those_who_have_not_answered_are_reminded_once_a_day(everyone: Cast) -> None:
    people = [everyone.people[name].id for name in ("leader", "member", "convener")]
    row = await announced(everyone, people=people)
    await activities.invitation_answer(everyone["member"], activity=row.id, answer=Rsvp.NO)

    count = await activities.activity_remind(everyone["leader"], activity=row.id)

    assert (count, await reminded(everyone)) == (2, {"leader", "convener"})
    message = await Message.filter(title_en__startswith="Please answer").first()
    assert message
    assert message.title_en == "Please answer whether you come: Reading the plan, 14 December 2026 09:00"
    assert message.link == f"/activities/act_{row.id}"
    assert (await AuditEntry.get(action="activities.remind")).facts == {"people": 2}
    with pytest.raises(Invalid) as again:
        await activities.activity_remind(everyone["leader"], activity=row.id)
    assert again.value.problems[0].code == "NOBODY"
    assert await activities.activity_remind(at(everyone["leader"], NOW + DAY), activity=row.id) == 2


async def test_nobody_is_reminded_of_what_is_not_open_to_answers(everyone: Cast) -> None:
    draft = await planned(everyone)
    closed = await announced(everyone)
    await activities.activity_close_answers(everyone["leader"], activity=closed.id)

    for row in (draft, closed):
        with pytest.raises(Conflict) as refused:
            await activities.activity_remind(everyone["leader"], activity=row.id)
        assert refused.value.problems[0].code == "ANSWERS_CLOSED"
    assert await reminded(everyone) == set()


async def test_only_who_prepares_it_reminds(everyone: Cast, ask: Asks) -> None:
    row = await announced(everyone)

    with pytest.raises(Refused):
        await activities.activity_remind(everyone["member"], activity=row.id)
    with pytest.raises(NotThere):
        await activities.activity_remind(everyone["department"], activity=row.id)
    seen = await ask("chair", REACH, id=f"act_{row.id}")

    assert seen["data"]["activityReminder"] == {"count": 2, "today": 0, "inside": 2, "ways": [], "unreached": []}
    assert (await ask("convener", REACH, id=f"act_{row.id}"))["data"] == {"activityReminder": None}


async def test_one_sees_whom_it_reaches_before_one_reminds(sign_in: SignIn, everyone: Cast) -> None:
    row = await announced(everyone)
    browser = await sign_in("leader")
    home = f"/activities/act_{row.id}"

    before = (await browser.get(f"{home}/remind")).text
    sent = await browser.post(f"{home}/remind")
    after = (await browser.get(f"{home}/remind")).text
    twice = await browser.post(f"{home}/remind")

    assert f'href="{home}/remind"' in (await browser.get(f"{home}/people")).text
    assert "Remind 2 people" in before
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{home}/people")
    assert "Nobody is left to be reminded" in after
    assert twice.status_code == 422
    assert (await (await sign_in("member")).get(f"{home}/remind")).status_code == 403


async def test_a_page_of_what_takes_no_answers_says_so(sign_in: SignIn, everyone: Cast) -> None:
    row = await planned(everyone)
    browser = await sign_in("leader")

    page = (await browser.get(f"/activities/act_{row.id}/remind")).text

    assert "Nobody is reminded of what is not open to answers." in page
