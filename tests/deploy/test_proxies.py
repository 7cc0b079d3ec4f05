"""Luzhi behind the proxies of deploy/: encrypted, with who asks passed on, for pages, files and subscriptions alike."""

import json
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.browser import product
from tests.deploy.proxies import PROXIES, Place, certify

NAME, PASSWORD = "warden", "a long way to the sea"


@pytest.fixture(scope="module", params=PROXIES)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An empty assembly with one administrator, behind each proxy."""
    folder = tmp_path_factory.mktemp(request.param)
    place = Place(folder, *(product.free_port() for _ in range(3)))
    certify(folder)
    product.luzhi(folder, "migrate")
    add = [str(product.LUZHI), "account", "add", NAME, "--role", "administrator", "--password-stdin"]
    subprocess.run(add, env=product._environment(folder), input=PASSWORD, text=True, check=True, capture_output=True)
    base = {"LUZHI_BASE_URL": f"https://localhost:{place.https}", "LUZHI_TRUSTED_PROXIES": "127.0.0.1"}
    with product.serving(folder, port=place.behind, **base), PROXIES[request.param](place):
        yield place


@pytest.fixture
def browser(place: Place) -> Iterator[httpx.Client]:
    trust = ssl.create_default_context(cafile=str(place.certificate))
    with httpx.Client(base_url=f"https://localhost:{place.https}", verify=trust, timeout=120) as client:
        yield client


def signed_in(browser: httpx.Client, **headers: str) -> httpx.Response:
    origin = {"Origin": str(browser.base_url).rstrip("/")}
    return browser.post("/login", data={"username": NAME, "password": PASSWORD}, headers=origin | headers)


def test_by_http_people_are_sent_to_https(place: Place) -> None:
    answer = httpx.get(f"http://localhost:{place.http}/members?search=x")

    assert answer.status_code in (301, 308)
    assert answer.headers["Location"].startswith("https://localhost")
    assert answer.headers["Location"].endswith("/members?search=x")


def test_cookies_travel_encrypted_only_and_posts_of_our_own_pages_pass(browser: httpx.Client) -> None:
    answer = signed_in(browser)

    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert browser.get("/members").status_code == 200
    assert browser.get("/readyz").json() == {"ready": True, "detail": ""}


def test_posts_of_other_sites_do_not_pass(browser: httpx.Client) -> None:
    assert signed_in(browser, Origin="https://elsewhere.example.org").status_code == 403


def test_a_pdf_and_a_file_to_import_pass(browser: httpx.Client) -> None:
    signed_in(browser)

    sheet = browser.get("/paper/help/administrator")
    large = {"file": ("people.csv", b"name_zh\n" + b"\xe7\x8e\x8b" * 600_000)}
    brought = browser.post("/imports", files=large, headers={"Origin": str(browser.base_url).rstrip("/")})

    assert sheet.content.startswith(b"%PDF-")
    assert brought.status_code in (303, 422), brought.text  # taken and looked at, however little sense it makes
    assert len(large["file"][1]) > 1_000_000


async def test_subscriptions_pass(place: Place, browser: httpx.Client) -> None:
    signed_in(browser)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    trust = ssl.create_default_context(cafile=str(place.certificate))

    async with connect(
        f"wss://localhost:{place.https}/graphql",
        ssl=trust,
        subprotocols=["graphql-transport-ws"],
        origin=f"https://localhost:{place.https}",
        additional_headers={"Cookie": cookie},
    ) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"


def test_who_guesses_cannot_pretend_to_be_many(browser: httpx.Client) -> None:
    origin = {"Origin": str(browser.base_url).rstrip("/")}
    wrong = {"username": "nobody-here", "password": "x"}

    answers = [
        browser.post("/login", data=wrong, headers=origin | {"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(6)
    ]

    assert answers == [422] * 5 + [429]


def test_the_files_that_are_installed_are_the_files_that_were_tried(tmp_path: Path) -> None:
    from tests.deploy.proxies import DEPLOY

    unit = (DEPLOY / "luzhi.service").read_text("utf-8")
    manual = (DEPLOY.parent / "docs" / "operating.md").read_text("utf-8")

    for name in ("luzhi.service", "luzhi.env.example", "nginx.conf", "Caddyfile", "Containerfile", "compose.yaml"):
        assert (DEPLOY / name).is_file()
        assert f"deploy/{name}" in manual
    assert "ExecStart=/srv/luzhi/.venv/bin/luzhi serve --workers 4" in unit
