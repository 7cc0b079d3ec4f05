"""Invitations by a browser without script: letters, a code at the desk, and coming in on a phone."""

import logging
import re
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from server.models.accounts import Account, Invitation, Session
from server.models.audit import AuditEntry
from server.schema.arriving import COOKIE
from tests import make
from tests.accounts.door import cookies_of, is_in, signs_in
from tests.cast import Cast
from tests.invitations.ways import NEW
from tests.web.visitors import HERE, Asks, SignIn, Visitors

CODE = re.compile(r'class="code" translate="no">([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})<')
LINK = re.compile(r'id="link" readonly value="([^"]+)"')


async def at_the_desk(sign_in: SignIn, cast: Cast, name: str = "member") -> httpx.Response:
    office = await sign_in("secretary")
    return await office.post(f"/invitations/people/per_{cast.people[name].id}")


async def test_a_code_from_the_desk_is_shown_once_and_lets_its_person_in(
    sign_in: SignIn, everyone: Cast, client: httpx.AsyncClient
) -> None:
    shown = await at_the_desk(sign_in, everyone)
    code = CODE.findall(shown.text)[0]

    again = await (await sign_in("secretary")).get(f"/invitations/people/per_{everyone.people['member'].id}")
    form = await client.get("/invitation")
    came = await client.post("/invitation", data={"name": "member", "oneTimeCode": code.lower(), "new": NEW})
    welcome = await client.get(came.headers["Location"])

    assert (shown.status_code, code in again.text, 'name="oneTimeCode"' in form.text) == (200, False, True)
    assert (came.status_code, came.headers["Location"], welcome.status_code) == (303, "/welcome", 200)
    assert COOKIE in cookies_of(came)
    assert await is_in(client)
    client.cookies.clear()
    assert (await signs_in(client, "member", NEW)).status_code == 303


async def test_a_link_stands_in_one_address_only_and_a_look_uses_nothing_up(
    sign_in: SignIn, everyone: Cast, client: httpx.AsyncClient
) -> None:
    link = LINK.findall((await at_the_desk(sign_in, everyone)).text)[0]
    secret = link.rpartition("/")[2]

    looks = [await client.request(method, link) for method in ("HEAD", "GET", "GET")]
    page = await client.get("/invitation")
    came = await client.post("/invitation", data={"by": "link", "new": NEW})
    later = await client.get("/invitation")

    assert link == f"{HERE}/invitation/{secret}"
    assert [(look.status_code, look.headers["Location"]) for look in looks] == [(303, "/invitation")] * 3
    assert {"HttpOnly", "SameSite=lax"} <= cookies_of(looks[0])["invitation"]
    assert (page.status_code, secret in page.text, "member" in page.text) == (200, False, True)
    assert (came.status_code, came.headers["Location"]) == (303, "/welcome")
    assert 'name="oneTimeCode"' in later.text
    assert (await Invitation.get()).used_at is not None


@pytest.mark.parametrize("after", ["。", ".", ")", "，谢谢", "%20", "%0D%0Ax"])
async def test_what_was_written_after_a_link_is_no_part_of_it(
    sign_in: SignIn, everyone: Cast, client: httpx.AsyncClient, after: str
) -> None:
    link = LINK.findall((await at_the_desk(sign_in, everyone)).text)[0]

    look = await client.get(link + after)
    came = await client.post("/invitation", data={"by": "link", "new": NEW})

    assert (look.status_code, look.headers["Location"]) == (303, "/invitation")
    assert (came.status_code, came.headers["Location"]) == (303, "/welcome")


async def test_a_link_of_nothing_but_signs_leads_to_the_code(client: httpx.AsyncClient, everyone: Cast) -> None:
    look = await client.get("/invitation/。。")
    page = await client.get("/invitation")

    assert (look.status_code, cookies_of(look), page.status_code) == (303, {}, 200)
    assert 'name="oneTimeCode"' in page.text


async def test_a_link_that_is_over_says_so_and_offers_the_code(
    sign_in: SignIn, everyone: Cast, client: httpx.AsyncClient
) -> None:
    link = LINK.findall((await at_the_desk(sign_in, everyone)).text)[0]
    await at_the_desk(sign_in, everyone)

    await client.get(link)
    page = await client.get("/invitation")
    posted = await client.post("/invitation", data={"by": "link", "new": NEW})

    assert ("does not work any more" in page.text, 'name="oneTimeCode"' in page.text) == (True, True)
    assert (posted.status_code, await Session.filter(account__name="member").count()) == (422, 0)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_does_not_fit_is_told_beside_its_field(
    sign_in: SignIn, everyone: Cast, visitors: Visitors, language: str
) -> None:
    code = CODE.findall((await at_the_desk(sign_in, everyone)).text)[0]
    browser = await visitors.browser(language=language)

    wrong = await browser.post("/invitation", data={"name": "member", "oneTimeCode": "ABCD", "new": NEW})
    short = await browser.post("/invitation", data={"name": "member", "oneTimeCode": code, "new": "short"})

    assert (wrong.status_code, 'id="oneTimeCode-problem"' in wrong.text, 'value="member"' in wrong.text) == (
        422,
        True,
        True,
    )
    assert (short.status_code, 'id="new-problem"' in short.text, "short" in short.text) == (422, True, False)
    assert (await Invitation.get()).used_at is None


async def test_who_guesses_is_told_to_wait(everyone: Cast, client: httpx.AsyncClient) -> None:
    guess = {"name": "member", "oneTimeCode": "AAAA-AAAA-AAAA", "new": NEW}

    answers = [await client.post("/invitation", data=guess) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900


async def test_letters_for_everyone_are_shown_once_each_in_its_language(sign_in: SignIn, everyone: Cast) -> None:
    await make.seat(await make.person("张三"), everyone.term, sector=everyone.sector, no="0007")
    office = await sign_in("secretary", language="en")

    check = await office.get("/invitations/letters")
    letters = await office.post("/invitations/letters", data={"naming": "PINYIN", "again": "false"})
    again = await office.post("/invitations/letters", data={"naming": "PINYIN", "again": "false"})

    assert ("zhangsan" in check.text, await Account.filter(name="zhangsan").count()) == (True, 1)
    assert (letters.text.count('<article class="letter"'), letters.text.count("<svg")) == (5, 5)
    assert (letters.text.count('lang="zh-Hans">\n'), "尊敬的张三：" in letters.text) == (1, True)
    assert "Dear Mei Member," in letters.text
    assert (again.text.count("<article"), "Nobody was invited" in again.text) == (0, True)


async def test_the_list_tells_who_has_not_come_in_yet(sign_in: SignIn, everyone: Cast) -> None:
    await Account.filter(name="chair").update(password_hash="something")
    office = await sign_in("secretary")
    await at_the_desk(sign_in, everyone)

    whole = await office.get("/invitations")
    waiting = await office.get("/invitations?standing=INVITED")

    assert [name in whole.text for name in ("Mei Member", "Wen Chair", "Lin Leader")] == [True, True, True]
    assert [name in waiting.text for name in ("Mei Member", "Wen Chair", "Lin Leader")] == [True, False, False]


async def test_pages_follow_each_other(sign_in: SignIn, everyone: Cast) -> None:
    office = await sign_in("secretary")

    first = await office.get("/invitations?first=2")
    after = re.findall(r'rel="next" href="([^"]+)"', first.text)[0].replace("&amp;", "&")
    second = await office.get(after)
    before = re.findall(r'rel="prev" href="([^"]+)"', second.text)[0].replace("&amp;", "&")

    people = [re.findall(r'href="/invitations/people/(per_[^"]+)"', page.text) for page in (first, second)]
    assert len({*people[0], *people[1]}) == 4
    assert (
        re.findall(
            r'href="/invitations/people/(per_[^"]+)"',
            (await office.get("/invitations?first=2&" + before.partition("?")[2])).text,
        )
        == people[0]
    )


@pytest.mark.parametrize("name", ["member", "chair", "custodian", "auditor"])
async def test_others_are_told_why_not(sign_in: SignIn, everyone: Cast, name: str) -> None:
    browser = await sign_in(name)
    whose = f"/invitations/people/per_{everyone.people['leader'].id}"

    assert [
        (await browser.get(address)).status_code for address in ("/invitations", whose, "/invitations/letters")
    ] == [403] * 3
    assert [(await browser.post(address)).status_code for address in (whose, "/invitations/letters")] == [403] * 2
    assert await Invitation.all().count() == 0


async def test_an_administrator_invites_into_the_account_of_an_office(sign_in: SignIn, everyone: Cast) -> None:
    admin = await sign_in("admin")
    address = f"/accounts/acc_{everyone.accounts['auditor'].id}/invitation"

    shown = await admin.post(address)
    own = await admin.post(f"/accounts/acc_{everyone.accounts['admin'].id}/invitation")

    assert (shown.status_code, len(CODE.findall(shown.text))) == (200, 2)
    assert own.status_code == 403


async def test_whoever_forgot_their_password_is_told_whom_to_ask_whoever_they_are(client: httpx.AsyncClient) -> None:
    login, forgotten = await client.get("/login"), await client.get("/forgotten")

    assert 'href="/forgotten"' in login.text
    assert (
        "general office" in forgotten.text,
        "<input" in forgotten.text.partition("<main")[2].partition("</main")[0],
    ) == (True, False)


async def test_an_invitation_is_issued_by_the_api_once_for_a_key(ask: Asks, everyone: Cast) -> None:
    text = """mutation($person: ID) { invitationIssue(person: $person, idempotencyKey: "a") {
      ... on InvitationIssued { letter { accountName code link } } ... on Problems { problems { code } } } }"""
    person = f"per_{everyone.people['member'].id}"

    first, second = [await ask("secretary", text, person=person) for _ in range(2)]

    assert first["data"]["invitationIssue"]["letter"]["accountName"] == "member"
    assert second["data"]["invitationIssue"]["problems"] == [{"code": "DONE_BEFORE"}]
    assert await Invitation.all().count() == 1


@pytest.mark.parametrize("both", [True, False])
async def test_it_is_said_for_whom(ask: Asks, everyone: Cast, both: bool) -> None:
    text = """mutation($person: ID, $account: ID) { invitationIssue(person: $person, account: $account) {
      ... on Problems { problems { code field } } } }"""
    given = {"person": f"per_{everyone.people['member'].id}", "account": f"acc_{everyone.accounts['member'].id}"}

    answer = await ask("secretary", text, **(given if both else {}))

    assert answer["data"]["invitationIssue"]["problems"] == [{"code": "WHOM", "field": "person"}]


async def test_no_secret_is_in_the_trail_or_the_log(
    sign_in: SignIn, everyone: Cast, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    shown = await at_the_desk(sign_in, everyone)
    link, code = LINK.findall(shown.text)[0], CODE.findall(shown.text)[0]
    await client.get(link)
    await client.post("/invitation", data={"by": "link", "new": NEW})

    told = caplog.text + str(await AuditEntry.all().values_list("payload", "object"))

    assert not any(one in told for one in (link.rpartition("/")[2], code, code.replace("-", ""), NEW))


def test_a_line_of_the_log_that_tells_the_address_keeps_the_secret_to_itself(
    app: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "uvicorn.access")

    logging.getLogger("uvicorn.access").info('%s "%s %s" %d', "::1", "GET", "/invitation/abcdef", 303)
    logging.getLogger("uvicorn.access").info('%s "%s %s" %d', "::1", "GET", "/invitations", 200)

    assert [line.getMessage() for line in caplog.records] == [
        '::1 "GET /invitation/..." 303',
        '::1 "GET /invitations" 200',
    ]


async def test_those_ticked_in_the_list_get_letters_and_nobody_else(sign_in: SignIn, everyone: Cast) -> None:
    office = await sign_in("secretary")
    chosen = "&".join(f"people=per_{everyone.people[name].id}" for name in ("member", "leader"))

    check = await office.get(f"/invitations/letters?{chosen}")
    none = await office.get("/invitations/letters?people=")
    form = check.text.partition('<form method="post" action="/invitations/letters')[2]
    kept = re.findall(r'name="people" value="([^"]+)"', form.partition("</form")[0])
    letters = await office.post("/invitations/letters", data={"people": kept})

    assert 'type="checkbox" name="people"' in (await office.get("/invitations")).text
    assert ("Dear Mei Member," in letters.text, "Dear Lin Leader," in letters.text) == (True, True)
    assert ("Nobody here needs a letter" in none.text, await Invitation.all().count()) == (True, 2)


@pytest.mark.parametrize(("base", "warned"), [("http://127.0.0.1:8000", True), ("http://192.0.2.7:8000", False)])
async def test_letters_that_no_phone_could_follow_are_warned_of_before_they_are_made(
    sign_in: SignIn, everyone: Cast, app: Starlette, base: str, warned: bool
) -> None:
    app.state.settings = replace(app.state.settings, base_url=base)

    shown = (await (await sign_in("secretary")).get("/invitations/letters")).text

    assert (f"The letters would lead to {base}" in shown) is warned
