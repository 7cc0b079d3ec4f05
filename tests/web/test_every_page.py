"""Every page, found by itself, for everyone of the cast: it renders, whole and by block, and reads all it asked for."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

import web
from server import schema
from server.rules.buckets import Rates
from tests import stored
from tests.cast import NAMES, Cast
from tests.furnished import Examples, addresses, furnish
from tests.web.visitors import SignIn, htmx
from web.pages import document
from web.rendering import TEMPLATES, templates

FRAME = set(templates.get_template("base.html").blocks)
SHOWN_BY = {
    "bodies/add": ["search=e"],
    "bodies/change": ["search=e"],
    "bodies/tie": ["search=e"],
    "accounts/new": ["search=e"],
    "invitations/list": ["standing=INVITED"],
    "invitations/letters": ["again=true", "naming=NUMBER"],
    "rooms/plan": ["look=true&weekdays=2&hours=9-11&startsOn=2040-03-05&weeks=1"],
    "rooms/copies": ["giving=true&search=e"],
    "requests/list": ["state=DECLINED"],
    "access/list": ["state=APPROVED"],
    "explanations/list": ["state=ANSWERED", "late=true&toAll=false"],
    "materials/list": ["state=ALL_THERE"],
    "calendar/day": ["day=2026-11-22"],
    "members/merge": ["search=e"],
    "members/recent": ["last=1"],
    "members/roster": ["by=order", "by=order&sort=PINYIN"],
    "learning/add": ["search=e&uncovered=false"],
    "messages/deliveries": ["states=SENT"],
    "messages/new": ["search=e"],
    "documents/list": ["may=SEE", "may=MANAGE"],
    "documents/audience": ["search=e"],
    "documents/move": ["to=CHECKED", "to=WITHDRAWN"],
    "readers/show": ["bodies=true"],
    "readers/remind": ["shortOf=BEGUN"],
    "learning/leaders": ["search=e&searching=true"],
    "activities/people": ["find=e"],
    "activities/papers": ["find=e"],
    "hearings/panel": ["find=e"],
    "hearings/days": ["profile=LIGHT&day=2040-03-05", "profile=LIGHT&day=2020-01-01"],
}
"""What more has to be asked of a page to see all that it can show, beside a list in parts of one."""


KEEPERS = {
    **dict.fromkeys(
        (
            *("documents", "folders", "readers", "grants", "giving", "viewing", "access-requests"),
            *("explanations", "materials", "copies", "loans", "keeping"),
        ),
        "custodian",
    ),
    **dict.fromkeys(("activities", "leave", "hearings"), "secretary"),
}
"""Rooms in which an administrator finds nothing but what is open or given to them: who keeps them finds all."""


@pytest.fixture
async def examples(everyone: Cast) -> Examples:
    return await furnish(everyone)


def pages() -> list[Route]:
    """All but the one to which an app sends people, with all that it wishes, and the link of an invitation.

    Nor the words of a page, of a file that is there: tests/reading/test_pages.py; nor the file of a draw.
    See tests/web/test_consent.py, tests/invitations/test_pages.py. What they are on paper: tests/paper.
    """
    routes = [route for route in web.routes() if isinstance(route, Route) and "GET" in (route.methods or ())]
    apart = ("authorize", "invitation_link", "reading/text", "draw_file")
    return [route for route in routes if route.name not in apart and not route.path.startswith("/paper/")]


def blocks(name: str) -> list[str]:
    """The blocks that can be fetched alone: not those of the frame."""
    if not (TEMPLATES / f"{name}.html").exists():
        return []
    return sorted(set(templates.get_template(f"{name}.html").blocks) - FRAME)


@pytest.mark.parametrize("name", NAMES)
async def test_every_page_answers_everyone(sign_in: SignIn, examples: Examples, name: str) -> None:
    browser = await sign_in(name)
    for route in pages():
        for address in addresses(route.path, examples):
            answer = await browser.get(address)
            assert _fits(answer, name, address), f"{name} {address}: {answer.status_code}"
            if answer.status_code == 200:
                await _by_block(browser, address, route.name, answer)


def _fits(answer: httpx.Response, name: str, address: str) -> bool:
    """Nothing is missing or closed for an administrator, of documents for who keeps them; others are told why, or that
    there is nothing for them."""
    everything = finds_all(address)
    if address.startswith("/reading/") and answer.status_code == 404:
        return True  # what another opened
    if answer.status_code == 303:
        return answer.headers["Location"].startswith("/login" if name == "visitor" else "/")
    if answer.status_code == 403:
        given = address.endswith("/read")  # who keeps a document reads it where it was given to them, as all do
        return (given or name not in (everything, "visitor")) and 'class="reason"' in answer.text
    return "</html>" in answer.text and (
        answer.status_code == 200 or (answer.status_code == 404 and name != everything)
    )


def finds_all(address: str) -> str:
    """For whom of the cast nothing is missing there, nor closed."""
    return KEEPERS.get(re.split(r"[/?]", address)[1], "admin")


async def _by_block(browser: httpx.AsyncClient, address: str, name: str, whole: httpx.Response) -> None:
    for block in blocks(name):
        part = await browser.get(address, headers=htmx(block))
        assert part.status_code == 200, (address, block)
        assert re.match(rf'\s*<\w+ [^>]*id="{block}"', part.text), (address, block)
    for unknown in ("main", "nothing-of-ours") if blocks(name) else ():
        assert len((await browser.get(address, headers=htmx(unknown))).text) == len(whole.text), (address, unknown)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[stored.Path]]:
    """What was read of the answers of each document, while pages are asked for."""
    noted: dict[str, set[stored.Path]] = {document(name).text: set() for name in stored.documents()}
    run = schema.ask_for_pages

    async def listen(text: str, *asked: Any) -> dict[str, Any]:
        answer = await run(text, *asked)
        return {key: stored.watched(value, noted[text], (key,)) for key, value in answer.items()}

    monkeypatch.setattr(schema, "ask_for_pages", listen)
    return noted


async def test_no_field_is_selected_that_its_page_does_not_read(
    app: Starlette, sign_in: SignIn, examples: Examples, noted: dict[str, set[stored.Path]]
) -> None:
    app.state.settings = replace(app.state.settings, rates=Rates(session=10**9))  # nobody looks at so much in a minute
    everyone = [
        ("admin", "zh"),
        ("secretary", "en"),
        ("secretary", "zh"),
        ("custodian", "en"),
        ("custodian", "zh"),
        ("leader", "en"),
        ("member", "zh"),
        ("convener", "en"),
        ("department", "en"),
    ]
    for name, language in everyone:
        browser = await sign_in(name, language=language)
        for route in pages():
            for address in addresses(route.path, examples):
                await _leaf_through(browser, address, SHOWN_BY.get(route.name, []))

    unread = {name: sorted(_unread(name, noted[document(name).text])) for name in stored.documents()}
    assert {name: paths for name, paths in unread.items() if paths} == {}


async def _leaf_through(browser: httpx.AsyncClient, address: str, queries: list[str]) -> None:
    texts = [(await browser.get(f"{address}?{query}")).text for query in ["", *queries, "first=1"]]
    ones = re.findall(r'href="([^"]*[?&;](?:id|template)=[^"]*)"', "".join(texts))
    for link in {*ones, *re.findall(r'href="([^"]*[?&;](?:after|before)=[^"]*)"', texts[-1])}:
        await browser.get(unescape(link))


def _unread(name: str, noted: set[stored.Path]) -> Iterator[str]:
    """Fields that nobody read of an object that was read, and fields that no template could read by their name."""
    touched = {path[:-1] for path in noted}
    for path in stored.leaves(name):
        if (
            len(path) > 1
            and path[-1] != "__typename"
            and path not in noted
            and (path[:-1] in touched or path[-1] not in _words())
        ):
            yield ".".join(path)


@cache
def _words() -> set[str]:
    """Every word of the templates and of what they are made with."""
    files = [*TEMPLATES.rglob("*.html"), *Path(web.__file__).parent.glob("*.py")]
    return {word for file in files for word in re.findall(r"\w+", file.read_text("utf-8"))}
