"""The running product, a real Chromium, and windows that let nothing go wrong unseen.

Browser tests are plain functions: playwright's loop and that of asynchronous tests do not fit into one thread. So the
browser lives as long as this folder's tests and no longer.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium, product, windows
from tests.browser.windows import Troubles


class Browse(Protocol):
    """`browse("member", width=PHONE, theme="dark")`: a page of one who is signed in; of nobody without a name."""

    def __call__(self, name: str | None = None, **how: Any) -> Page:
        """how: width, language, theme, scripts, as `windows.window` takes them."""


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the product with the demo assembly answers."""
    with product.running(tmp_path_factory.mktemp("product")) as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A real Chromium without a screen."""
    program = chromium.program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def cookies(browser: Browser, address: str) -> Callable[[str], Any]:
    """Name -> what a browser keeps after that person signed in once, by the form."""
    known: dict[str, Any] = {}

    def of(name: str) -> Any:
        if name not in known:
            with windows.window(browser, address) as context:
                windows.sign_in(context.new_page(), name)
                known[name] = {"cookies": context.cookies(), "origins": []}
        return known[name]

    return of


@pytest.fixture
def troubles() -> Iterator[Troubles]:
    """What went wrong in this test's windows. What is left at its end fails it."""
    troubles = Troubles()
    yield troubles
    assert troubles == []


@pytest.fixture
def browse(browser: Browser, address: str, cookies: Callable[[str], Any], troubles: Troubles) -> Iterator[Browse]:
    """Opens windows, and closes them at the end."""
    opened = []

    def open_page(name: str | None = None, **how: Any) -> Page:
        state = {"storage_state": cookies(name)} if name else {}
        context = windows.window(browser, address, **how, **state)
        opened.append(context)
        page = context.new_page()
        troubles.watch(page)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """`axe(page) == []`: no barrier on that page."""
    return windows.axe


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """`sign_in(page, "member")`, by the form."""
    return windows.sign_in
