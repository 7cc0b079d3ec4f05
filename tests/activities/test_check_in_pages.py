"""Checking in by a phone: the code on the screen, the page it leads to, one phone for one person (AT-3)."""

import datetime as dt
import re

from server.models.activities import ActivitySession, Attendance
from server.rules.attendance import Method
from tests.activities.worlds import begun
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn

HOUR = dt.timedelta(hours=1)


async def session_of_now(cast: Cast) -> tuple[str, str]:
    """The IDs of an activity that is being held, and of its session; pages look by the clock of the house."""
    row, session = await begun(cast)
    now = dt.datetime.now(dt.UTC)
    await ActivitySession.filter(id=session.id).update(starts_at=now - HOUR / 60, ends_at=now + HOUR)
    return f"act_{row.id}", f"sit_{session.id}"


async def test_the_screen_shows_a_code_by_which_one_checks_in(sign_in: SignIn, everyone: Cast) -> None:
    activity, session = await session_of_now(everyone)
    screen = await (await sign_in("leader", language="en")).get(f"/activities/{activity}/screen/{session}")
    (code,) = re.findall(r'<p class="code">(\w{6})</p>', screen.text)
    assert "<svg" in screen.text
    member = await sign_in("member", language="en")

    page = await member.get(f"/check-in/{session}?code={code}")
    wrong = await member.post(f"/check-in/{session}", data={"code": "000000"})
    right = await member.post(f"/check-in/{session}", data={"code": code.lower()})

    assert f'value="{code}"' in page.text
    assert (wrong.status_code, "not on the screen any more" in wrong.text) == (422, True)
    assert (right.status_code, right.headers["Location"]) == (303, f"/check-in/{session}")
    (row,) = await Attendance.all()
    assert row.method is Method.QR
    assert row.device


async def test_with_one_phone_one_person_checks_in(sign_in: SignIn, everyone: Cast) -> None:
    activity, session = await session_of_now(everyone)
    leader, member = await sign_in("leader", language="en"), await sign_in("member", language="en")
    screen = await leader.get(f"/activities/{activity}/screen/{session}")
    (code,) = re.findall(r'<p class="code">(\w{6})</p>', screen.text)
    first = await member.post(f"/check-in/{session}", data={"code": code})
    (phone,) = [cookie for cookie in member.cookies.jar if cookie.name.endswith("luzhi_phone")]
    leader.cookies.set(phone.name, phone.value or "")

    second = await leader.post(f"/check-in/{session}", data={"code": code})

    assert (first.status_code, second.status_code) == (303, 422)
    assert "Somebody else checked in with this phone" in second.text
    assert await Attendance.all().count() == 1


async def test_a_code_is_told_to_who_prepares_only(ask: Asks, everyone: Cast) -> None:
    _, session = await session_of_now(everyone)
    text = f'{{ it: checkInCode(session: "{session}") {{ code link }} }}'

    told = (await ask("leader", text))["data"]["it"]

    assert told["link"].endswith(f"/check-in/{session}?code={told['code']}")
    assert (await ask("convener", text))["data"]["it"] is None
    assert (await ask("member", text))["errors"][0]["extensions"]["code"] == "ROLE"
