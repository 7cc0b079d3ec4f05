"""What the measurements count: routes and never the names in an address, answers and never their words."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.metrics import SHARED, Measured, offer


async def member(_: Request) -> Response:
    return PlainTextResponse("a member")


async def broken(_: Request) -> Response:
    raise RuntimeError


@pytest.fixture
def client() -> Iterator[httpx.AsyncClient]:
    routes = [Route("/members/{id}", member), Route("/broken", broken)]
    app = Starlette(routes=routes, middleware=[Middleware(Measured)])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://luzhi")


def counted(method: str, route: str, status: str) -> float:
    labels = {"method": method, "route": route, "status": status}
    return REGISTRY.get_sample_value("luzhi_request_seconds_count", labels) or 0


@pytest.mark.parametrize(
    ("method", "path", "label", "route", "status"),
    [
        ("GET", "/members/per_1", "GET", "/members/{id}", 200),
        ("GET", "/broken", "GET", "/broken", 500),
        ("GET", "/wp-login.php", "GET", "none", 404),
        ("MEOW", "/members/per_1", "other", "/members/{id}", 405),
    ],
)
async def test_a_request_is_counted_once_under_its_route(
    client: httpx.AsyncClient, method: str, path: str, label: str, route: str, status: int
) -> None:
    before = counted(label, route, str(status))

    answer = await client.request(method, path)

    assert answer.status_code == status
    assert counted(label, route, str(status)) == before + 1


async def test_what_is_no_request_passes_through() -> None:
    passed = []

    async def app(scope: dict, receive: object, send: object) -> None:
        passed.append(scope["type"])

    await Measured(app)({"type": "lifespan"}, None, None)

    assert passed == ["lifespan"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_prometheus_reads_them_on_an_address_of_their_own() -> None:
    port = free_port()
    offer("127.0.0.1", port)

    with await asyncio.to_thread(urlopen, f"http://127.0.0.1:{port}/metrics") as answer:
        assert b"luzhi_request_seconds" in answer.read()

    with pytest.raises(OSError, match="in use"):
        offer("127.0.0.1", port)


WORKER = "from server.metrics import REQUESTS; REQUESTS.labels('GET', '/', '200').observe(0.1)"
READER = """
import sys, urllib.request
from server.metrics import offer
offer("127.0.0.1", int(sys.argv[1]))
print(urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics").read().decode())
"""


def test_the_numbers_of_several_workers_are_put_together(tmp_path: Path) -> None:
    environment = os.environ | {SHARED: str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", WORKER], env=environment, check=True)

    reading = [sys.executable, "-c", READER, str(free_port())]
    said = subprocess.run(reading, env=environment, check=True, capture_output=True, text=True).stdout

    assert 'luzhi_request_seconds_count{method="GET",route="/",status="200"} 2.0' in said
