"""An app and a member, each in their own place: a real browser takes the one's wish to the other and back."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.browser.deeds import wish
from tests.browser.windows import DESK, NARROW, PHONE, Troubles

VERIFIER = "v" * 64
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Office:
    """An app on a port of its own. brought: what browsers brought it."""

    back: str
    brought: list[dict[str, list[str]]] = field(default_factory=list)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/back":
                office.brought.append(parse_qs(asked.query))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><html lang=en><title>Office</title><h1>Welcome back</h1>")

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    office = Office(f"http://127.0.0.1:{server.server_port}/back")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield office
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def registered(browse: Browse, office: Office) -> tuple[str, str]:
    """ID and secret, as the administrator sees them once."""
    page = browse("admin")
    page.goto("/apps/new")
    page.fill("#nameZh", "掌上履职小程序")
    page.fill("#nameEn", "Pocket mini-program")
    page.fill("#redirects", office.back)
    page.check("input[value='members:read']")
    page.check("input[value='learning:write']")
    page.check("#confidential")
    page.click("form[action='/apps/new'] button.main")
    page.wait_for_selector("#client")
    return page.input_value("#client"), page.input_value("#secret")


def allow(page: Page, address: str) -> None:
    page.goto(address)
    page.click("button[value=allow]")
    expect(page.locator("h1")).to_have_text("Welcome back")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_member_lets_an_app_act_on_a_phone_and_disconnects_it_again(
    browse: Browse, address: str, office: Office, registered: tuple[str, str], scripts: bool
) -> None:
    page = browse("member", width=PHONE, language="zh", scripts=scripts)
    allow(page, wish(registered[0], office.back, VERIFIER))
    brought = office.brought[-1]
    assert (brought["state"], brought["iss"]) == (["xyz"], [address])

    asked = {"grant_type": "authorization_code", "code": brought["code"], "redirect_uri": office.back}
    given = httpx.post(f"{address}/oauth/token", data=asked | {"code_verifier": VERIFIER}, auth=registered).json()
    held = {"Authorization": f"Bearer {given['access_token']}"}
    who = {"query": "{ viewer { name } people { totalCount } }"}
    assert httpx.post(f"{address}/graphql", json=who, headers=held).json()["data"]["viewer"] == {"name": "member"}

    page.goto(f"{address}/me/apps")
    expect(page.locator("main")).to_contain_text("掌上履职小程序")
    page.click("main td a")
    page.click("main form button.main")
    expect(page.locator(".done")).to_contain_text("应用已断开。")
    assert httpx.post(f"{address}/graphql", json=who, headers=held).status_code == 401


def test_a_no_goes_back_to_the_app_too(browse: Browse, office: Office, registered: tuple[str, str]) -> None:
    page = browse("member")

    page.goto(wish(registered[0], office.back))
    page.click("button[value=deny]")
    expect(page.locator("h1")).to_have_text("Welcome back")

    assert office.brought[-1]["error"] == ["access_denied"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "theme"), [(NARROW, "light"), (DESK, "dark")])
def test_the_page_that_asks_has_no_barrier(
    browse: Browse, axe, office: Office, registered: tuple[str, str], troubles: Troubles, width, theme, language
) -> None:
    for who in ("member", "admin"):
        page = browse(who, width=width, theme=theme, language=language)
        page.goto(wish(registered[0], office.back, scope="members:read learning:write"))
        assert (axe(page), page.evaluate(OVERFLOW)) == ([], 0)
    page.goto(wish(registered[0], "https://evil.example/"))
    troubles.expect(400)
    assert (axe(page), page.evaluate(OVERFLOW)) == ([], 0)


def test_nobody_can_put_the_page_into_a_frame_of_theirs(
    browse: Browse, address: str, office: Office, registered: tuple[str, str], troubles: Troubles
) -> None:
    page = browse("member")
    page.context.route(f"{office.back}*", lambda route: route.continue_())
    page.goto(office.back)
    here = address + wish(registered[0], office.back)
    frame = "address => { const one = document.createElement('iframe'); one.src = address; document.body.append(one) }"

    with (
        page.expect_event("requestfailed") as failed,
        page.expect_console_message(lambda said: "frame-ancestors" in said.text),
    ):
        page.evaluate(frame, here)

    assert failed.value.failure == "net::ERR_BLOCKED_BY_RESPONSE"
    refused = [trouble for trouble in troubles if "frame-ancestors" in trouble or "BLOCKED_BY_RESPONSE" in trouble]
    for trouble in refused:
        troubles.remove(trouble)
    assert refused
