"""What OWASP's ASVS 5 asks at level 2 of passwords and signing in (V6); docs/asvs.md is the table."""

import re

import httpx
import pytest
from argon2 import PasswordHasher

from server.errors import Invalid
from server.models.accounts import Account, account_disable
from server.models.accounts.choosing import chosen_password
from server.models.bodies import BodyKind
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import ADMIN, NEW, PASSWORD, WRONG, add, changes, come_in, make_another_session, signs_in
from tests.web.visitors import SignIn, Visitors

REFUSED = {
    "v6_2_1 shorter than 12": ("eleven char", "PASSWORD_SHORT"),
    "v6_2_4 of the first 3000": ("1234567890123", "PASSWORD_KNOWN"),
    "v6_2_4 in capitals": ("QwertyUIOP123", "PASSWORD_KNOWN"),
    "v6_2_12 stolen somewhere": ("passwordpassword", "PASSWORD_KNOWN"),
    "v6_2_12 of one letter": ("aaaaaaaaaaaa", "PASSWORD_KNOWN"),
    "v6_2_11 the account": ("Zhang.San-2026-11", "PASSWORD_NEAR"),
    "v6_2_11 the person": ("张三张三张三1234567", "PASSWORD_NEAR"),
    "v6_2_11 the product": ("Luzhi 履职 2026!!", "PASSWORD_NEAR"),
    "v6_2_11 the assembly": ("haidian-consultative", "PASSWORD_NEAR"),
    "v6_2_11 the published one": ("demo-only-password", "PASSWORD_PUBLISHED"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_v6_2_1_v6_2_4_v6_2_11_v6_2_12_what_is_guessed_first_is_no_password(db: str, case: str) -> None:
    person = await make.person("张三", "Zhang San")
    await make.body(BodyKind.PLENARY, "Haidian Consultative Conference", "海淀区政协")
    password, expected = REFUSED[case]

    with pytest.raises(Invalid) as no:
        await chosen_password(password, name="zhang.san", person=person.id, field="new")

    assert [(problem.code, problem.field) for problem in no.value.problems] == [(expected, "new")]


@pytest.mark.parametrize(
    "password",
    [
        "only small letters",
        "一二三四五六七八九十百千",
        "🌧️☂️ every afternoon",
        "zhang.san eats noodles daily",
        " spaces at both ends ",
        "x7" * 32,
        "x7" * 500,
    ],
)
async def test_v6_2_5_v6_2_9_any_characters_make_a_password_and_many_of_them(db: str, password: str) -> None:
    await add("zhang.san", password=password)

    assert (await come_in("zhang.san", password)).viewer.name == "zhang.san"


@pytest.mark.parametrize("typed", ["A Long Enough Password", "a long enough passwor", "a long enough password "])
async def test_v6_2_8_a_password_is_compared_as_it_was_typed(li: Account, typed: str) -> None:
    with pytest.raises(Invalid):
        await come_in(li.name, typed)


@pytest.mark.parametrize("roles", [(), (Role.SECRETARY,)])
async def test_v6_2_2_v6_2_3_v7_5_1_people_change_their_own_password_by_the_present_one(
    visitors: Visitors, db: str, roles: tuple[Role, ...]
) -> None:
    await add("wang", *roles)
    browser = await visitors.browser()
    await signs_in(browser, "wang")

    wrong = await changes(browser, WRONG, NEW)
    poor = await changes(browser, PASSWORD, "passwordpassword")
    right = await changes(browser, PASSWORD, NEW)

    assert (wrong.status_code, poor.status_code, right.status_code) == (422, 422, 303)
    assert re.search(r'id="old-problem">.*This is not your present password\.', wrong.text)
    assert re.search(r'id="new-problem">.*on the lists of stolen ones', poor.text)
    assert WRONG not in wrong.text + poor.text
    assert (await signs_in(await visitors.browser(), "wang", NEW)).status_code == 303
    assert (await signs_in(await visitors.browser(), "wang", PASSWORD)).status_code == 422


async def test_v6_2_6_v6_2_7_passwords_are_hidden_and_managers_may_fill_them_in(sign_in: SignIn) -> None:
    pages = {"/login": "visitor", "/me/password": "member", "/me/sessions": "admin", "/accounts/new": "admin"}
    for address, name in pages.items():
        browser = await sign_in(name)
        await make_another_session(name)
        text = (await browser.get(address)).text
        fields = re.findall(r'<input id="[^>]*password[^>]*>', text)
        assert fields, address
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field)
            assert not re.search("onpaste|readonly|maxlength", field)


@pytest.mark.usefixtures("li")
async def test_v6_3_1_guessing_is_stopped_within_25_tries(client: httpx.AsyncClient) -> None:
    answers = [await signs_in(client, "li", f"{WRONG} {n}") for n in range(25)]

    assert 429 in {answer.status_code for answer in answers}
    assert (await signs_in(client, "li")).status_code == 429


async def test_v6_3_2_no_account_is_there_that_nobody_opened(db: str) -> None:
    assert await Account.all().count() == 0


@pytest.mark.parametrize("name", ["nobody", "li", "closed"])
async def test_v6_3_8_who_exists_cannot_be_told_by_words_or_work(
    client: httpx.AsyncClient, wang: Account, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await add("closed")
    await account_disable(ADMIN, account=(await Account.get(name="closed")).id)
    checked: list[str] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, kept, typed: checked.append(kept[:31]) or verify(self, kept, typed)
    )

    answer = await signs_in(client, name, WRONG)

    assert answer.status_code == 422
    assert re.findall(r'role="alert".*?<li>(.*?)</li>', answer.text, re.DOTALL) == [
        "The name or the password is not right."
    ]
    assert [kept.rpartition("$")[0] for kept in checked] == ["$argon2id$v=19$m=" + memory_of(name)]


def memory_of(name: str) -> str:
    """The cost of the hash that is checked: the tests' cheap one, or for who is unknown that of today."""
    return "19456,t=2,p=1" if name == "nobody" else "8,t=1,p=1"
