"""A browser's windows as people have them, and everything that goes wrong in one of them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, Response, Route

from server.settings import GRAPHIQL_URL, HTMX_URL
from web.exploring import SCRIPTS as GRAPHIQL_SCRIPTS
from web.exploring import STYLES as GRAPHIQL_STYLES

PASSWORD = "demo-only-password"
PHONE, NARROW, DESK = 390, 320, 1280
"""Widths in CSS pixels: a phone, the narrowest that must do, a desk."""

HEIGHTS = {PHONE: 844, NARROW: 640, DESK: 900}
SCRIPTS = Path(__file__).parent / "node_modules"
TIMEOUT_MS = 15_000
AXE = (SCRIPTS / "axe-core" / "axe.min.js").read_text
FINDINGS = """async () => (await axe.run(document, {preload: false})).violations.flatMap(
    violation => violation.nodes.map(node => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`))"""

Locale = Literal["zh", "en"]
Theme = Literal["light", "dark"]


class Troubles(list[str]):
    """What went wrong in the windows of a test: console errors, broken policies, failed requests, refusals."""

    def expect(self, status: int) -> None:
        """One answer had that status, and that is right."""
        answers = [trouble for trouble in self if trouble.startswith(f"{status} ")]
        assert len(answers) == 1, f"one answer with {status} was expected, but there were {answers or 'none'}"
        self.remove(answers[0])

    def watch(self, page: Page) -> None:
        """Hear everything that page complains about."""
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on("response", self._answered)
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource: the server responded"):
            self.append(f"{kind}: {text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.append(f"{response.status} {response.request.method} {response.url}")

    def _failed(self, url: str, why: str) -> None:
        if why != "net::ERR_ABORTED":  # the browser itself gave up: a newer request or a download took its place
            self.append(f"failed: {url} ({why})")


def window(
    browser: Browser,
    address: str,
    *,
    width: int = DESK,
    language: Locale = "en",
    theme: Theme = "light",
    scripts: bool = True,
    **more: Any,
) -> BrowserContext:
    """A window with cookies of its own. Only the product is reached; packages of npm stand in for the CDN.

    scripts: False for a browser without JavaScript. more: what playwright's new_context takes, such as storage_state.
    """
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        locale={"zh": "zh-CN", "en": "en-GB"}[language],
        timezone_id="Asia/Shanghai",
        color_scheme=theme,
        java_script_enabled=scripts,
        **more,
    )
    context.set_default_timeout(TIMEOUT_MS)
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    context.route("**/*", _only(address))
    return context


_FROM_THE_CDN = {HTMX_URL: SCRIPTS / "htmx.org" / "dist" / "htmx.min.js"} | {
    f"{GRAPHIQL_URL}/{name}": SCRIPTS / re.sub(r"@[^/]+", "", name) for name in [*GRAPHIQL_SCRIPTS, *GRAPHIQL_STYLES]
}
"""The package of npm that stands in for each file."""


def _only(address: str) -> Callable[[Route], None]:
    def decide(route: Route) -> None:
        if file := _FROM_THE_CDN.get(route.request.url):
            kind = {".css": "text/css", ".js": "text/javascript"}[file.suffix]
            headers = {"Access-Control-Allow-Origin": "*", "Content-Type": kind}
            route.fulfill(body=file.read_bytes(), headers=headers)
        elif route.request.url.startswith(f"{address}/"):
            route.continue_()
        else:
            route.abort("addressunreachable")

    return decide


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """By the form, as a person does; leaves the sign-in page."""
    page.goto("/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.locator("form:has(input[name=password]) [type=submit], form:has(input[name=password]) button").first.click()
    page.wait_for_url(lambda url: "/login" not in url)


def axe(page: Page) -> list[str]:
    """The barriers that axe-core finds on this page: rule, place and remedy of each. Needs JavaScript."""
    page.evaluate(AXE(encoding="utf-8"))  # the debugger's door: the page's own policy stays as strict as it is
    findings: list[str] = page.evaluate(FINDINGS)
    return findings
