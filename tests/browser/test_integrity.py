"""The one script from elsewhere is the very file that we know, or it does not run."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from server.settings import HTMX_INTEGRITY, HTMX_URL
from tests.browser.conftest import Browse
from tests.browser.windows import SCRIPTS, Troubles

HTMX = (SCRIPTS / "htmx.org" / "dist" / "htmx.min.js").read_bytes()
MIDDLE = len(HTMX) // 2
RUNS = "typeof window.htmx"


def served(page: Page, script: bytes, **more: str) -> None:
    """The CDN gives this instead."""

    def give(route: Route) -> None:
        route.fulfill(
            body=script, headers={"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"} | more
        )

    page.route(HTMX_URL, give)


def test_the_file_that_we_know_runs(browse: Browse) -> None:
    page = browse()
    served(page, HTMX)
    page.goto("/login")

    assert page.evaluate(RUNS) == "object"
    assert page.locator("script").evaluate_all("all => all.map(one => [one.src, one.integrity])") == [
        [HTMX_URL, HTMX_INTEGRITY]
    ]


CHANGED: dict[str, Callable[[bytes], bytes]] = {
    "one byte in the middle": lambda file: file[:MIDDLE] + bytes([file[MIDDLE] ^ 1]) + file[MIDDLE + 1 :],
    "one byte more": lambda file: file + b"\n",
    "one byte less": lambda file: file[:-1],
    "another file": lambda _: b"window.htmx = {}",
}


@pytest.mark.parametrize("change", CHANGED)
def test_v3_6_1_a_changed_byte_does_not_run_and_the_page_does_without(
    browse: Browse, troubles: Troubles, change: str
) -> None:
    changed = CHANGED[change](HTMX)
    assert changed != HTMX
    page = browse("secretary")
    served(page, changed)

    page.goto("/members")
    page.fill("#search", "zzzz")
    page.press("#search", "Enter")

    expect(page.locator("#people")).to_contain_text("Nobody fits this search.")
    assert page.evaluate(RUNS) == "undefined"
    assert len(troubles) == 2, "one for each page"
    assert all("integrity" in trouble for trouble in troubles)
    troubles.clear()
