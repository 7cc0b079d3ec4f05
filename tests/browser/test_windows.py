"""The windows of the browser tests let nothing go wrong unseen, and let nothing else in."""

import base64
import hashlib

from playwright.sync_api import Browser

from server.settings import HTMX_INTEGRITY
from tests.browser import windows
from tests.browser.conftest import Browse
from tests.browser.windows import NARROW, SCRIPTS, Troubles


def test_the_pinned_hash_is_that_of_the_package() -> None:
    digest = hashlib.sha384((SCRIPTS / "htmx.org" / "dist" / "htmx.min.js").read_bytes()).digest()

    assert f"sha384-{base64.b64encode(digest).decode()}" == HTMX_INTEGRITY


def test_htmx_passes_the_check_of_its_hash(browse: Browse) -> None:
    page = browse()
    page.goto("/login")

    assert page.evaluate("htmx.version") == "4.0.1"


def test_a_window_is_as_wide_as_dark_and_as_chinese_as_was_asked(browse: Browse) -> None:
    page = browse(width=NARROW, theme="dark", language="zh")
    page.goto("/login")

    seen = page.evaluate(
        "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches, document.documentElement.lang]"
    )
    assert seen == [320, True, "zh-Hans"]


def test_a_person_signs_in_once_for_all_windows(browse: Browse) -> None:
    first, second = browse("member"), browse("member")

    assert first.goto("/").status == second.goto("/").status == 200
    assert "/login" not in second.url


def test_an_expected_refusal_is_expected_once(browse: Browse, troubles: Troubles) -> None:
    browse().goto("/static/nothing.css")

    troubles.expect(404)


def test_what_goes_wrong_in_a_window_is_heard(browser: Browser, address: str) -> None:
    heard = Troubles()
    with windows.window(browser, address) as context:
        page = context.new_page()
        heard.watch(page)
        page.goto("/login")
        page.evaluate("console.error('spoken')")
        with page.expect_event("pageerror"):
            page.evaluate("setTimeout(() => { throw new Error('thrown') })")
        with page.expect_event("requestfailed"):
            page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://example.org/a.png'}))")

    assert heard[:2] == ["error: spoken", "script: thrown"]
    assert {trouble.split(" ")[0] for trouble in heard[2:]} == {"error:", "failed:"}
    assert "Content Security Policy" in "".join(heard[2:])


def test_a_barrier_on_a_page_is_found(browse: Browse) -> None:
    page = browse()
    page.goto("/login")
    page.evaluate("document.querySelector('input[name=password]').labels.forEach(label => label.remove())")

    assert [finding.split(":")[0] for finding in windows.axe(page)] == ["label"]
