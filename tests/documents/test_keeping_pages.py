"""The pages of keeping: what would pass, handing it over, and deputies, as keepers and the office find them."""

import datetime as dt
import re

from server.models.accounts import RoleAssignment
from server.models.asking import access_ask
from server.models.audit import AuditEntry
from server.rules.documents import CatalogueAudience
from server.rules.permissions import Role
from tests import make
from tests.asking.shelf import DAY, lying
from tests.cast import Cast
from tests.web.visitors import SignIn


def account(cast: Cast, name: str) -> str:
    return f"acc_{cast.accounts[name].id}"


def place(cast: Cast) -> str:
    return f"/keeping/{account(cast, 'custodian')}"


async def wished(cast: Cast) -> None:
    row = await lying(cast, catalogue_audience=CatalogueAudience.EVERY_MEMBER)
    until = make.TODAY + 9000 * DAY
    await access_ask(cast["member"], document=row.id, purpose="for the hearing", wanted_until=until)


async def test_a_keeper_looks_what_would_pass_and_hands_it_over(sign_in: SignIn, everyone: Cast) -> None:
    await wished(everyone)
    browser = await sign_in("custodian")
    here, taker = place(everyone), account(everyone, "secretary")

    page = (await browser.get("/keeping")).text
    assert f'action="{here}/hand-over"' in page
    assert all(f">{name}</option>" in page for name in ("secretary", "admin", "Wen Chair"))
    assert ">Mei Member</option>" not in page
    assert "Who keeps folders" not in page

    check = (await browser.get(f"{here}/hand-over", params={"to": taker, "on": ""})).text
    assert "custodian to secretary" in check
    assert "Budget of the nursery schools" in check
    assert await AuditEntry.filter(action="keeping.hand_over").count() == 0

    day = re.search(r'name="on" value="([^"]+)"', check)
    done = await browser.post(f"{here}/hand-over", data={"to": taker, "on": day[1] if day else ""})
    assert (done.status_code, done.headers["Location"]) == (303, "/me")
    assert "The folders have passed." in (await browser.get("/me")).text
    assert (await browser.get("/keeping")).status_code == 403
    assert "Budget of the nursery schools" in (await (await sign_in("secretary")).get("/access-requests")).text


async def test_what_would_be_refused_is_told_before_and_after(sign_in: SignIn, everyone: Cast) -> None:
    browser, here = await sign_in("custodian"), place(everyone)

    check = (await browser.get(f"{here}/hand-over", params={"to": account(everyone, "member")})).text
    assert "has no work in the office yet" in check
    assert "<form method=" not in check[check.index('id="main"') : check.index("</main>")]
    tried = await browser.post(f"{here}/hand-over", data={"to": account(everyone, "member")})
    assert (tried.status_code, "has no work in the office yet" in tried.text) == (422, True)
    assert "Choose who takes over." in (await browser.get(f"{here}/hand-over", params={"to": ""})).text


async def test_the_office_arranges_it_for_a_keeper_and_others_do_not(sign_in: SignIn, everyone: Cast) -> None:
    here = place(everyone)
    office, chair = await sign_in("secretary"), await sign_in("chair")

    assert f'href="{here}"' in (await office.get("/keeping")).text
    page = (await office.get(here)).text
    assert f'action="{here}/deputies"' in page
    assert [(await chair.get(address)).status_code for address in ("/keeping", here)] == [403, 403]
    other = await sign_in("custodian")
    assert (await other.get(f"/keeping/{account(everyone, 'secretary')}")).status_code == 404


async def test_a_deputy_is_named_shown_beside_the_answer_and_ended(sign_in: SignIn, everyone: Cast) -> None:
    today = dt.datetime.now(make.ZONE).date()
    await wished(everyone)
    browser, here = await sign_in("custodian"), place(everyone)
    deputy = account(everyone, "secretary")
    said = {"deputy": deputy, "startsOn": str(today), "lastDay": str(today + 5 * DAY)}

    wrong = await browser.post(f"{here}/deputies", data=said | {"lastDay": str(today - DAY)})
    assert (wrong.status_code, 'id="lastDay-problem"' in wrong.text) == (422, True)
    done = await browser.post(f"{here}/deputies", data=said)
    assert (done.status_code, done.headers["Location"]) == (303, here)
    page = (await browser.get(here)).text
    assert "The deputy is named." in page
    assert f'action="{here}/deputies/{deputy}/end"' in page

    office = await sign_in("secretary")
    requests = (await office.get("/access-requests")).text
    address = re.search(r'href="(/access-requests/arq_[^"]+)"', requests)
    assert address
    assert (await office.post(f"{address[1]}/give", data={"answer": "", "until": str(today + DAY)})).status_code == 303
    asker = await sign_in("member")
    assert "secretary in place of custodian" in (await asker.get(address[1])).text

    ended = await browser.post(f"{here}/deputies/{deputy}/end")
    assert ended.status_code == 303
    assert "They stand in no longer." in (await browser.get(here)).text
    assert await RoleAssignment.filter(role=Role.CUSTODIAN, deputy_for_id__isnull=False, voided_at=None).count() == 0
    assert (await browser.post(f"{here}/deputies/{deputy}/end")).status_code == 422


async def test_the_trail_names_both_in_words(sign_in: SignIn, everyone: Cast) -> None:
    today = dt.datetime.now(make.ZONE).date()
    browser = await sign_in("custodian")
    said = {"deputy": account(everyone, "secretary"), "startsOn": str(today), "lastDay": str(today + DAY)}
    await browser.post(f"{place(everyone)}/deputies", data=said)
    office, auditor = await sign_in("secretary"), await sign_in("auditor")
    await office.post("/folders/new", data={"nameEn": "Papers of the deputy"})

    page = (await auditor.get("/audit")).text

    assert re.search("in the name of (<[^>]+>)?custodian", page)
