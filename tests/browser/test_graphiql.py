"""GraphiQL as people have it who may explore the API: loaded, asked, read, under our own policy."""

import base64
import hashlib
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.browser.windows import DESK, SCRIPTS
from web import exploring

RUN, SHOWN = ".graphiql-execute-button", ".result-window"
LIST = '{ terms { code } __type(name: "Person") { name } }'

WAITS = "subscription { changed(collections: [PEOPLE]) { node { ... on Person { name } } } }"


def write(page: Page, text: str) -> None:
    """In place of what stands in the editor."""
    page.locator(".graphiql-query-editor .CodeMirror").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


@pytest.mark.parametrize("name", [*exploring.SCRIPTS, *exploring.STYLES])
def test_each_file_has_the_hash_that_browsers_check(name: str) -> None:
    file = SCRIPTS / re.sub(r"@[^/]+", "", name)
    digest = base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode()

    assert f"sha384-{digest}" == {**exploring.SCRIPTS, **exploring.STYLES}[name]


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_a_query_is_answered_and_nothing_is_a_barrier(browse: Browse, axe, theme: str, language: str) -> None:
    page = browse("auditor", width=DESK, theme=theme, language=language)
    page.goto("/permissions")
    page.click("main a[href='/graphiql']")

    expect(page.locator(".graphiql-query-editor")).to_contain_text("viewer")
    page.click(RUN)
    expect(page.locator(SHOWN)).to_contain_text("auditor")
    assert axe(page) == []

    page.click("button[aria-label='Show Documentation Explorer']")
    expect(page.locator(".graphiql-doc-explorer")).to_contain_text("Mutation")
    page.click("button[aria-label='Open short keys dialog']")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page) == []


def test_it_asks_what_can_be_asked_and_tells_what_does_not_fit(browse: Browse) -> None:
    page = browse("secretary")
    page.goto("/graphiql")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("viewer")

    write(page, LIST)
    page.click(RUN)
    expect(page.locator(SHOWN)).to_contain_text('"name": "Person"')

    write(page, "{ nothing }")
    page.click(RUN)
    expect(page.locator(SHOWN)).to_contain_text("GRAPHQL_VALIDATION_FAILED")


def test_a_subscription_tells_of_a_change(browse: Browse) -> None:
    page, desk = browse("secretary"), browse("secretary")
    page.add_init_script(f"localStorage.setItem('graphiql:query', '{WAITS}')")
    page.goto("/graphiql")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("changed")
    sent: list[str] = []  # it may be sent before anyone could wait for it
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page.click(RUN)
    while not any('"subscribe"' in frame for frame in sent):
        page.wait_for_timeout(50)

    desk.goto("/members/new")
    desk.fill("#nameEn", "Heard Of")
    desk.locator("main button.main").click()

    expect(page.locator(SHOWN)).to_contain_text("Heard Of")
    page.click("button[aria-label^='Stop query']")


def test_the_language_of_the_page_is_that_of_the_answers(browse: Browse) -> None:
    page = browse("admin")
    page.goto("/graphiql")
    expect(page.locator("h1")).to_have_text("Try the API out")

    for language, heading, kept in (("中文", "试用接口", "zh"), ("English", "Try the API out", "en")):
        page.get_by_role("button", name=language).click()
        expect(page.locator("h1")).to_have_text(heading)
        write(page, "{ viewer { locale } }")
        page.click(RUN)
        expect(page.locator(SHOWN)).to_contain_text(f'"locale": "{kept}"')


def test_without_scripts_the_page_says_what_it_needs(browse: Browse) -> None:
    page = browse("admin", scripts=False)
    page.goto("/graphiql")

    expect(page.locator("#graphiql")).to_contain_text("JavaScript is off")
