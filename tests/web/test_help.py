"""Help: for each role a page that is true, because it is made of the table and of the pages there are."""

import re
from html import unescape

import pytest

from server.rules.permissions import ALLOWED, ROLE_NAMES, Action, Role
from tests.cast import GIVEN, Cast
from tests.web.visitors import SignIn
from web.guide import HOW, PLACES, STEPS

AREAS = re.compile(r'<nav class="side".*?</nav>', re.DOTALL)
HREF = re.compile(r'href="(/[^"?]*)')
OWN = {"/", "/me"}
"""The areas that are one's own, whatever one may do."""
DERIVED = {
    "leader": Role.GROUP_LEADER,
    "convener": Role.CONVENER,
    "member": Role.MEMBER,
    "department": Role.DEPARTMENT,
}
ROLE = re.compile(r'href="/help/(\w+)"')


def test_every_role_and_every_action_has_its_words() -> None:
    assert list(STEPS) == [role.name for role in Role]
    assert set(PLACES) == {action.name for action in Action}
    assert set(HOW) == {action for action, places in PLACES.items() if places}
    assert all(2 <= len(steps) <= 7 for steps in STEPS.values())


async def test_every_page_that_help_names_opens_for_those_who_hold_the_role(sign_in: SignIn) -> None:
    for name, role in {**GIVEN, **DERIVED}.items():
        browser = await sign_in(name)
        allowed = [action.name for action in Action if role in ALLOWED[action]]
        for address in {address for action in allowed for address, _ in PLACES[action]}:
            assert (await browser.get(address)).status_code == 200, (name, address)


async def test_every_area_of_the_menu_is_in_the_help_of_whoever_sees_it(sign_in: SignIn, everyone: Cast) -> None:
    for name in (*GIVEN, *DERIVED):
        browser = await sign_in(name)
        (menu,) = AREAS.findall((await browser.get("/")).text)
        held = {role.role for role in everyone[name].roles}
        mine = [action.name for action in Action if held & set(ALLOWED[action])]
        named = {address.partition("?")[0] for action in mine for address, _ in PLACES[action]}
        areas = {address for address in HREF.findall(menu) if not address.startswith("/members/per_")}
        assert len(areas) >= 5
        assert areas - named - OWN == set(), name


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_page_of_a_role_says_what_the_table_says(sign_in: SignIn, role: Role, language: str) -> None:
    browser = await sign_in("member", language=language)

    page = unescape((await browser.get(f"/help/{role.name.lower()}")).text)

    shown = {action for action in Action if f">{action.phrase.into(language)}</th>" in page}
    assert shown == {action for action in Action if role in ALLOWED[action]}
    assert f"<h1>{ROLE_NAMES[role].into(language)}</h1>".lower() in page.lower()
    assert all(step.into(language) in page for step in STEPS[role.name])
    with_pages = [action.name for action in Action if role in ALLOWED[action] and PLACES[action.name]]
    assert [action for action in with_pages if f">{HOW[action].into(language)}</td>" not in page] == []
    assert [
        words.msgid for action in with_pages for _, words in PLACES[action] if words.into(language) not in page
    ] == []
    assert f'href="/paper/help/{role.name.lower()}"' in page


async def test_help_links_only_to_what_the_reader_may_open(sign_in: SignIn) -> None:
    page = (await (await sign_in("member")).get("/help/administrator")).text

    shown = page.partition("<main")[2].partition("</main>")[0]
    assert "Audit trail" in shown
    assert 'href="/audit"' not in shown
    assert 'href="/members"' in shown


async def test_ones_own_roles_come_first(sign_in: SignIn) -> None:
    page = (await (await sign_in("leader")).get("/help")).text

    assert ROLE.findall(page)[:2] == ["member", "group_leader"]
    assert sorted(ROLE.findall(page)) == sorted(role.name.lower() for role in Role)


async def test_who_is_not_in_yet_is_told_how_to_come_in_and_nothing_else(sign_in: SignIn) -> None:
    browser = await sign_in("visitor")

    page = (await browser.get("/help")).text
    role = await browser.get("/help/member")

    assert "Both come from the general office." in page
    assert ROLE.findall(page) == []
    assert (role.status_code, role.headers["Location"]) == (303, "/login?next=/help/member")


@pytest.mark.usefixtures("everyone")
async def test_a_role_that_there_is_not_is_a_missing_page(sign_in: SignIn) -> None:
    assert (await (await sign_in("member")).get("/help/emperor")).status_code == 404


async def test_help_is_at_the_foot_of_every_page(sign_in: SignIn, everyone: Cast) -> None:
    for name, address in (("visitor", "/login"), ("member", "/"), ("member", "/nothing-here")):
        page = (await (await sign_in(name)).get(address)).text
        assert '<a href="/help"' in page.partition('<footer class="foot">')[2]
