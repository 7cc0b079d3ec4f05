"""Sign-in sheets: members by sector, all others by what they are, with room to sign, on the screen and on paper."""

import re

from server.models import activities
from server.models.activities import Invited
from server.rules.activities import ParticipantRole
from server.rules.attendance import Rsvp
from tests.activities.worlds import AFTERNOON, HALF_DAY, announced
from tests.cast import Cast
from tests.paper.test_pages import printed
from tests.web.visitors import SignIn


async def test_a_sheet_has_everyone_on_the_list_by_sector_and_by_what_they_are(sign_in: SignIn, everyone: Cast) -> None:
    row = await announced(everyone, sessions=[HALF_DAY, AFTERNOON], venue="House 1")
    expert = Invited(role=ParticipantRole.EXPERT, people=(everyone.people["chair"].id,))
    await activities.group_invite(everyone["leader"], activity=row.id, invited=expert)
    await activities.invitation_answer(everyone["member"], activity=row.id, answer=Rsvp.NO)
    browser = await sign_in("leader")

    page = (await browser.get(f"/activities/act_{row.id}/sheet")).text

    parts = re.findall(r"<h2>(.*?)</h2>.*?<tbody>(.*?)</tbody>", page, re.DOTALL)
    found = {
        re.sub(r"<[^>]+>", "", heading).strip(): re.findall(r'<th scope="row">(.*?)</th>', body, re.DOTALL)
        for heading, body in parts
    }
    assert {key: len(rows) for key, rows in found.items()} == {"Arts 2": 2, "expert 1": 1}
    assert [re.sub(r"<[^>]+>", "", name).strip() for name in found["expert 1"]] == ["Wen Chair"]
    assert page.count("will not come") == 1
    assert page.count("?session=") == 2
    attendance = (await browser.get(f"/activities/act_{row.id}/attendance")).text
    assert f'href="/activities/act_{row.id}/sheet?session=' in attendance


async def test_a_sheet_is_printed_with_room_to_sign(sign_in: SignIn, everyone: Cast) -> None:
    row = await announced(everyone)

    pdf = await printed(await sign_in("leader", language="zh"), f"/activities/act_{row.id}/sheet")

    assert pdf.title == "签到表：Reading the plan"
    assert sorted(pdf.order(["Lin Leader", "Mei Member"])) == ["Lin Leader", "Mei Member"]
    assert "签名" in pdf.text


async def test_a_sheet_of_nobody_says_so(sign_in: SignIn, everyone: Cast) -> None:
    row = await announced(everyone)

    page = await (await sign_in("convener")).get(f"/activities/act_{row.id}/sheet")

    assert "Nobody is on the list." in page.text
