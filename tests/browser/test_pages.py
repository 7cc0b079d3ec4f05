"""Every page as people have it: without barriers, at each width, in both languages and themes, without scripts.

The pages are found by following links from the start, so that a new room is covered by itself, and one that no link
leads to is noticed.
"""

import re

import pytest
from playwright.sync_api import Page
from starlette.routing import Route

import web
from tests.browser import deeds
from tests.browser.conftest import Browse
from tests.browser.windows import DESK, NARROW, Troubles

LOOKS = [(NARROW, "light", "zh"), (DESK, "dark", "en"), (NARROW, "dark", "en"), (DESK, "light", "zh")]
"""Width, theme and language in which every page is looked at."""
PEOPLE = ("admin", "custodian", "secretary", "leader", "member", "auditor")
IDS = re.compile(r"\b[a-z]{3}_[0-9a-f-]{36}|(?<=^/help/)\w+|(?<=/people/)[A-Z]+|(?<=/text/)\d+|(?<=/applied/)[\w-]+")
LOGIN, AUTHORIZE = "/login", "/oauth/authorize"
NOT_MET = {
    *(LOGIN, AUTHORIZE),
    *("/single-sign-on", "/single-sign-on/back", "/me/single-sign-on", "/accounts/ID/unlink"),
    *("/invitation", "/invitation/ID", "/forgotten"),
}
"""Not met on the way: who is in is not asked to sign in, no provider is set up here (see tests/oidc), and to the page
that asks for consent an app leads.
"""
DONE = {"admin": deeds.done, "custodian": deeds.shelved, "secretary": deeds.invited}
"""What was done before anyone looks."""
KEEP = ("custodian", "secretary")
FILE = re.compile(r"/(export|paper)\b|/documents/[^/]+/file$|/hearings/[^/]+/draw\.json$")
"""What links lead to that is no page."""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def kind_of(address: str) -> str:
    """Such as /members/ID: what pages of one kind have in common."""
    return IDS.sub("ID", re.split(r"[?#]", address)[0])


def walk(page: Page, *starts: str) -> list[str]:
    """One address of each kind that links lead to from there, without queries, in the order they are met."""
    found = ["/", *starts]
    kinds = {kind_of(address) for address in found}
    for address in found:
        answer = page.goto(address)
        if answer is None or "text/html" not in answer.headers["content-type"]:
            found.remove(address)
            continue
        for link in page.eval_on_selector_all("a[href^='/']", "all => all.map(one => one.getAttribute('href'))"):
            place = re.split(r"[?#]", link)[0]
            if kind_of(place) not in kinds and not FILE.match(place):
                kinds.add(kind_of(place))
                found.append(place)
    return found


@pytest.fixture(scope="package")
def places() -> dict[str, list[str]]:
    """The addresses that each person was led to, once walked."""
    return {}


@pytest.fixture
def led_to(browse: Browse, places: dict[str, list[str]]):
    """`led_to("member")`: the addresses that links lead this person to."""

    def led(name: str) -> list[str]:
        if name not in places:
            for keeper in () if name in KEEP else KEEP:
                led(keeper)  # what they keep, others find
            page = browse(name)
            places[name] = walk(page, *DONE[name](page) if name in DONE else ())
        return places[name]

    return led


@pytest.mark.parametrize("name", PEOPLE)
def test_every_link_leads_somewhere(led_to, name: str) -> None:
    assert {"/", "/me", "/members", "/bodies", "/learning-groups"} <= set(led_to(name))


def test_links_lead_to_every_page_there_is(led_to) -> None:
    routes = [route for route in web.routes() if isinstance(route, Route) and "GET" in (route.methods or ())]
    every = {re.sub(r"{\w+(:int)?}", "ID", route.path) for route in routes if not FILE.match(route.path)}

    led = {
        kind_of(address)
        for name in ("admin", "custodian", "secretary", "department", "member")
        for address in led_to(name)
    }
    assert every - led == NOT_MET


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_no_page_has_a_barrier_or_scrolls_sideways(
    browse: Browse, axe, led_to, width: int, theme: str, language: str
) -> None:
    page = browse("admin", width=width, theme=theme, language=language)
    wrong = {}
    for address in led_to("admin"):
        page.goto(address)
        beyond = [f"{page.evaluate(OVERFLOW)} px too wide"] if page.evaluate(OVERFLOW) > 0 else []
        if findings := axe(page) + beyond:
            wrong[address] = findings

    assert wrong == {}


@pytest.mark.parametrize("name", ["custodian", "secretary", "leader", "member", "auditor"])
def test_what_others_see_has_no_barrier(browse: Browse, axe, led_to, name: str) -> None:
    page = browse(name, width=NARROW)
    wrong = {}
    for address in set(led_to(name)) - set(led_to("admin")) | {"/", "/me", "/members"}:
        page.goto(address)
        if findings := axe(page):
            wrong[address] = findings

    assert wrong == {}


def test_the_pages_of_refusal_have_no_barrier(browse: Browse, axe, troubles: Troubles) -> None:
    page = browse("member", width=NARROW)
    for address, status in (("/accounts", 403), ("/nothing", 404), ("/members?first=x", 422)):
        page.goto(address)
        assert axe(page) == []
        troubles.expect(status)
    visitor = browse(width=NARROW, language="zh")
    visitor.goto("/nothing")
    assert axe(visitor) == []
    troubles.expect(404)


@pytest.mark.parametrize(("width", "theme"), [(NARROW, "light"), (DESK, "dark")])
def test_what_no_link_leads_to_has_no_barrier(browse: Browse, axe, troubles: Troubles, width: int, theme: str) -> None:
    page = browse(width=width, theme=theme)
    for address in (LOGIN, "/invitation", "/forgotten"):
        page.goto(address)
        assert (axe(page), page.evaluate(OVERFLOW)) == ([], 0), address

    page = browse("admin", width=width, theme=theme)
    deeds.issue_token(page)
    assert (page.locator("#secret").count(), axe(page)) == (1, [])

    page.goto("/members/new")
    page.click("main form button.main")
    page.wait_for_selector(".summary")
    troubles.expect(422)
    assert axe(page) == []


def test_without_scripts_every_page_is_there(browse: Browse, led_to) -> None:
    page = browse("admin", scripts=False)
    for address in led_to("admin"):
        answer = page.goto(address)
        assert (answer.status, page.locator("main h1").count()) == (200, 1), address
