"""First screens: what is stored, from where, and who may see it; they can be left and taken up again."""

import datetime as dt

from server.models.accounts import Account
from server.models.bodies import BodyKind
from server.models.imports import ImportChange, ImportRun, ImportState
from server.models.members import Person, Term, TermStatus, change_person
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks, SignIn

ASKED = "{ storedAboutMe { label value why source readers guarded field address } }"


async def told(ask: Asks, name: str) -> dict[str, dict[str, object]]:
    answer = await ask(name, ASKED)
    return {one["label"]: one for one in answer["data"]["storedAboutMe"]}


async def imported(person: Person, **after: object) -> None:
    run = await ImportRun.create(
        file_name="roster.xlsx",
        sha256="0" * 64,
        state=ImportState.APPLIED,
        started_at=make.NOW,
        applied_at=make.NOW - dt.timedelta(days=30),
    )
    await ImportChange.create(run=run, seq=1, table_name="person", object_id=person.id, after=after)


async def test_each_field_says_where_it_came_from_the_last_one_counting(ask: Asks, everyone: Cast) -> None:
    mei = everyone.people["member"]
    await Person.filter(id=mei.id).update(education="school", sex="female")
    await imported(mei, education="school", phone="1")
    await change_person(everyone["secretary"], mei.id, phone="2")

    facts = await told(ask, "member")

    assert facts["Education"]["source"] == "from the file roster.xlsx, imported on 23 October 2026"
    assert (facts["Telephone"]["value"], facts["Telephone"]["source"]) == (
        "2",
        "entered by the office on 22 November 2026",
    )
    assert (facts["Sex"]["value"], facts["Sex"]["source"]) == ("female", "")
    assert facts["Party"]["value"] == ""


async def test_the_day_of_an_import_is_that_of_the_assembly(ask: Asks, everyone: Cast) -> None:
    mei = everyone.people["member"]
    await Person.filter(id=mei.id).update(education="school")
    await imported(mei, education="school")
    before_dawn = dt.datetime(2026, 10, 22, 21, 56, tzinfo=dt.UTC)  # 05:56 of the 23rd in Shanghai
    await ImportRun.all().update(applied_at=before_dawn)

    facts = await told(ask, "member")

    assert facts["Education"]["source"] == "from the file roster.xlsx, imported on 23 October 2026"


async def test_who_may_see_it_is_what_the_permission_table_says(ask: Asks, everyone: Cast) -> None:
    facts = await told(ask, "member")

    assert facts["Telephone"]["guarded"]
    assert facts["Telephone"]["readers"].endswith("secretary, chair, administrator. Each reading is noted.")
    assert facts["Education"]["readers"] == "Everyone who may see members and bodies."
    assert facts["Account name and language"]["readers"].endswith("custodian, auditor, administrator.")
    assert (facts["Telephone"]["field"], facts["Sex"]["field"]) == ("PHONE", None)


async def test_seat_and_bodies_are_told_as_they_are_today(ask: Asks, everyone: Cast) -> None:
    facts = await told(ask, "member")

    assert facts["Seat, sector and unit"]["value"] == "Arts"
    assert facts["Bodies you sit in"]["value"] == "Spring"
    assert facts["Account name and language"]["value"] == "member"


async def test_a_plan_that_nobody_decided_yet_is_not_told(ask: Asks, everyone: Cast) -> None:
    planned = await make.term("15", status=TermStatus.DRAFT, starts_on=make.TODAY)
    farming = await make.body(BodyKind.SECTOR, "Farming", "农业界")
    await make.seat(everyone.people["member"], planned, no="15-007", starts_on=make.TODAY, sector=farming)

    assert (await told(ask, "member"))["Seat, sector and unit"]["value"] == "Arts"

    await Term.filter(id=planned.id).update(status=TermStatus.ACTIVE)
    assert (await told(ask, "member"))["Seat, sector and unit"]["value"] == "Arts; 15-007 · Farming"


async def test_an_office_is_told_of_its_account_alone(ask: Asks, everyone: Cast) -> None:
    assert list(await told(ask, "custodian")) == ["Account name and language"]
    assert "errors" in await ask("visitor", ASKED)


async def test_the_first_screens_are_left_and_taken_up_again(sign_in: SignIn, everyone: Cast) -> None:
    member = await sign_in("member")

    first = await member.get("/welcome")
    home = await member.get("/")
    done = await member.post("/welcome")
    after = await member.get("/welcome")

    assert ("I have seen it" in first.text, 'href="/welcome"' in home.text) == (True, True)
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    assert ("I have seen it" in after.text, "What is stored about me" in after.text) == (False, True)
    assert 'href="/welcome"' not in (await member.get("/")).text
    assert (await Account.get(name="member")).welcomed_at is not None
    assert (await member.post("/welcome")).status_code == 303


async def test_an_account_that_is_nobodys_is_promised_no_more_than_it_finds(sign_in: SignIn, everyone: Cast) -> None:
    office, member = [(await (await sign_in(name)).get("/welcome")).text for name in ("custodian", "member")]

    assert ("Two things, now or later" in office, "This is wrong" in office) == (True, False)
    assert ("Three things, now or later" in member, "This is wrong" in member) == (True, True)


async def test_what_is_wrong_leads_to_asking_for_that_very_field(sign_in: SignIn, everyone: Cast) -> None:
    member = await sign_in("member")

    page = await member.get("/welcome")
    form = await member.get("/me/requests?field=PHONE")

    assert 'href="/me/requests?field=PHONE"' in page.text
    assert '<option value="PHONE" selected>' in form.text


async def test_a_program_has_no_first_screens(ask: Asks, everyone: Cast) -> None:
    answer = await ask("member", "mutation { accountWelcome { ... on Problems { problems { code } } } }")

    assert answer["data"]["accountWelcome"]["problems"] == [{"code": "NOT_IN_BROWSER"}]
