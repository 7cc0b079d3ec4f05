"""The setup list: from an empty database to an assembly that can work, told by the data and by pages alone."""

import re
from zoneinfo import ZoneInfo

import pytest

from server.models.accounts.tables import Account, RoleAssignment
from server.models.audit import AuditEntry
from server.models.bodies import Body, BodyKind, BodyMembership
from server.models.members import Membership, MembershipPost, MembershipStatus, Person, Term, TermStatus
from server.models.members.tables import Status
from server.models.messages import Audience, draft, send
from server.rules.permissions import Role
from server.schema import Asking, ask, formatted
from tests import make
from tests.web.visitors import open_session

SETUP = "{ viewer { setup { code done state address } } }"
CODES = [
    *("ASSEMBLY", "COLLEAGUE", "TERM", "SECTORS", "COMMITTEES"),
    *("CALENDAR", "PEOPLE", "GROUPS", "MESSAGES", "INVITATIONS"),
]


async def steps(viewer):
    asking = Asking(viewer)
    answer = formatted(await ask(SETUP, {}, asking, None), asking)
    return {step["code"]: step for step in answer["data"]["viewer"]["setup"]}


async def done(viewer):
    return [code for code, step in (await steps(viewer)).items() if step["done"]]


ADMIN, SECRETARY = make.viewer(Role.ADMINISTRATOR), make.viewer(Role.SECRETARY)


async def test_on_an_empty_database_all_is_missing_but_the_calendar_that_is_shipped(db):
    found = await steps(ADMIN)

    assert list(found) == CODES
    assert await done(ADMIN) == ["CALENDAR"]
    assert found["CALENDAR"]["state"] == "The days off and make-up days of 2026 are known."
    assert found["TERM"]["state"] == "There is no term yet."
    assert all(step["address"] for step in found.values())
    elsewhere = make.viewer(Role.ADMINISTRATOR, zone=ZoneInfo("Europe/Zurich"))
    assert await done(elsewhere) == []


async def test_a_step_is_done_when_what_it_asks_for_is_there_and_open_again_when_it_is_gone(db):
    term = await make.term("15", status=TermStatus.DRAFT)
    assert (await steps(ADMIN))["TERM"]["state"] == "Terms: 1, none in progress."

    await Term.all().update(status=TermStatus.ACTIVE)
    sector = await make.body(BodyKind.SECTOR)
    seat = await make.seat(of=term, sector=sector)
    assert await done(ADMIN) == ["TERM", "SECTORS", "CALENDAR", "PEOPLE"]

    await MembershipStatus.filter(membership=seat).update(status=Status.ENDED)
    await Body.all().update(ends_on=make.TODAY)
    assert await done(ADMIN) == ["TERM", "CALENDAR"]


async def test_a_colleague_is_a_second_account_that_may_set_up_and_is_in_use_today(db):
    first, second, third = [await make.account(name) for name in ("first", "second", "third")]
    await make.role(first, Role.ADMINISTRATOR)
    await make.role(second, Role.AUDITOR)
    await make.role(third, Role.SECRETARY, await make.body())
    found = (await steps(ADMIN))["COLLEAGUE"]
    assert (found["done"], found["address"]) == (False, "/accounts/new")
    assert found["state"] == "Nobody else of the office has an account with a role yet."

    await make.role(second, Role.SECRETARY)
    found = (await steps(ADMIN))["COLLEAGUE"]
    assert (found["done"], found["state"]) == (True, "2 accounts of the office, each with a role of its own.")
    await Account.filter(id=second.id).update(active=False)
    assert (await steps(ADMIN))["COLLEAGUE"]["done"] is False
    await Account.filter(id=second.id).update(active=True)
    await RoleAssignment.filter(account_id=second.id).update(ends_on=make.TODAY)
    assert (await steps(ADMIN))["COLLEAGUE"]["done"] is False


async def test_a_secretary_sees_the_list_and_what_of_it_is_for_an_administrator(db):
    found = await steps(SECRETARY)

    assert [code for code, step in found.items() if not step["address"]] == ["ASSEMBLY", "COLLEAGUE"]


@pytest.mark.parametrize(
    "viewer", [make.viewer(role) for role in Role if role not in (Role.ADMINISTRATOR, Role.SECRETARY)]
)
async def test_others_have_no_list(db, viewer):
    assert await steps(viewer) == {}


async def test_a_secretary_of_one_body_has_no_list(db):
    assert await steps(make.viewer(Role.SECRETARY, body=await make.body())) == {}


@pytest.fixture
async def first(db, visitors):
    """The browser of the first administrator, to whom nothing else is there."""
    account = await make.account("first")
    await make.role(account, Role.ADMINISTRATOR)
    return await visitors.signed_in(account)


async def test_an_office_sets_up_by_pages_alone_and_the_list_goes_when_all_is_there(first):
    home = (await first.get("/")).text
    assert "1 of 10 are there." in home
    assert (
        home.index('href="/assembly"') < home.index('href="/terms"') < home.index('href="/bodies/several?kind=SECTOR"')
    )
    whom = dict.fromkeys(["shortZh", "shortEn", "email", "roomZh", "roomEn", "hoursZh", "hoursEn"], "")
    term = {"code": "15", "nameZh": "", "nameEn": "", "startsOn": "", "endsOn": "", "status": "ACTIVE"}
    sectors = {"kind": "SECTOR", "term": "", "names": "文艺界 / Culture and Arts\n经济界\n"}
    committees = {"kind": "SPECIAL_COMMITTEE", "term": "", "names": "Economy"}
    group = {"nameZh": "春", "nameEn": "", "startsOn": "2026-11-01", "derivedFrom": "", "term": ""}

    answers = [
        await first.post("/assembly", data={**whom, "nameZh": "政协", "nameEn": "", "telephone": "1"}),
        await first.post("/terms/new", data=term),
        await first.post("/bodies/several?kind=SECTOR", data=sectors),
        await first.post("/bodies/several?kind=SPECIAL_COMMITTEE", data=committees),
        await first.post("/learning-groups/new", data=group),
    ]
    workbook = await first.get("/export/template")
    seen = await first.post("/imports", data={"term": ""}, files={"file": ("members.xlsx", workbook.content)})
    applied = await first.post(f"{seen.headers['Location']}/apply")

    assert [answer.status_code for answer in (*answers, seen, applied)] == [303] * 7
    assert await Membership.all().count() == 2
    colleague = {"name": "colleague", "password": "", "roles": ["SECRETARY"]}
    assert (await first.post("/accounts/new", data=colleague)).status_code == 303
    assert "8 of 10 are there." in (await first.get("/")).text
    person = await Person.all().order_by("id").first()
    said = {"title_zh": "通知", "title_en": "A notice", "text_zh": "", "text_en": ""}
    notice = await draft(ADMIN, audience=Audience((person.id,)), **said)
    await send(ADMIN, mailing=notice.id)
    await make.account("li", person=person)
    assert "Setting up" not in (await first.get("/")).text
    sector = await Body.get(name_zh="文艺界")
    assert (sector.name_en, sector.kind) == ("Culture and Arts", BodyKind.SECTOR)
    assert await MembershipPost.filter(sector__kind=BodyKind.SECTOR).count() == 2
    assert await BodyMembership.filter(body__name_en="Economy").count() == 1
    assert await Person.all().count() == 2


async def test_names_entered_twice_or_wrong_add_nothing_and_are_named(first):
    data = {"kind": "SECTOR", "term": "", "names": "文艺界 / Arts\n经济界"}
    await first.post("/bodies/several", data=data)
    entries = await AuditEntry.all().count()

    again = await first.post("/bodies/several?kind=SECTOR", data={**data, "names": "农业界\n经济界\nArts"})
    none = await first.post("/bodies/several", data={**data, "names": " "})
    within = await first.post("/bodies/several", data={**data, "names": "甲\n甲"})

    assert [answer.status_code for answer in (again, none, within)] == [422] * 3
    assert "There is a body of this kind by the name 经济界 already." in again.text
    assert "by the name Arts already." in again.text
    assert "农业界\n经济界" in again.text, "what was typed is kept"
    assert (await Body.all().count(), await AuditEntry.all().count()) == (2, entries)


async def test_who_may_not_add_bodies_or_import_gets_neither(db, visitors):
    account: Account = await make.account("member")
    browser = await visitors.browser(cookies={"luzhi_session": await open_session(account)})
    await RoleAssignment.all().delete()

    posted = await browser.post("/bodies/several", data={"kind": "SECTOR", "names": "甲"})

    assert posted.status_code == 403
    assert (await browser.get("/export/template")).status_code == 403
    assert "Setting up" not in (await browser.get("/")).text


async def test_the_first_term_is_proposed_as_in_progress_and_the_next_as_a_draft(first):
    chosen = re.compile(r'name="status" value="([A-Z]+)"[^>]* checked')

    before = (await first.get("/terms/new")).text
    await make.term("15")
    after = (await first.get("/terms/new")).text

    assert (chosen.findall(before), chosen.findall(after)) == (["ACTIVE"], ["DRAFT"])
