"""Who sends slowly, or takes slowly, holds up nobody and is cut off."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from server.cli.sending import PORTION, SLOWEST_S
from tests.browser import product

MANY = 200
HEAD = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
BEGINNINGS = (
    b"",
    b"POST /gra",
    HEAD,
    HEAD + b"Content-Length: 90000\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with product.running(tmp_path_factory.mktemp("slow")) as address:
        yield address


async def opened(address: str, beginning: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    where = urlsplit(address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(beginning)
    return reader, writer


async def ended(reader: asyncio.StreamReader) -> int:
    """Until the server hangs up; how much it sent."""
    came = 0
    try:
        while portion := await reader.read(65536):
            came += len(portion)
    except ConnectionError:
        pass
    return came


async def test_two_hundred_half_open_requests_hold_up_nobody_and_are_cut(address: str) -> None:
    slow = [await opened(address, BEGINNINGS[number % len(BEGINNINGS)]) for number in range(MANY)]

    async with httpx.AsyncClient(base_url=address) as other:
        for _ in range(20):
            assert (await other.post("/graphql", json={"query": "{ viewer { name } }"})).status_code == 200
            for _, writer in slow[2::5]:
                writer.write(b"X-A: b\r\n")  # a header now and then, as such people do
    async with asyncio.timeout(3 * SLOWEST_S):
        await asyncio.gather(*(ended(reader) for reader, _ in slow))
    for _, writer in slow:
        writer.close()


async def test_who_does_not_take_an_answer_is_cut(address: str) -> None:
    many, request = 4000, b"GET /static/style.css HTTP/1.1\r\nHost: a\r\n\r\n"
    reader, writer = await opened(address, request * many)

    await asyncio.sleep(1.3 * SLOWEST_S)
    async with asyncio.timeout(3 * SLOWEST_S):
        assert 0 < await ended(reader) < many * 5_000
    writer.close()


async def test_a_large_file_that_comes_steadily_is_not_cut(address: str) -> None:
    body = b" " * PORTION
    reader, writer = await opened(address, HEAD + b"Content-Length: %d\r\n\r\n" % (9 * PORTION))
    for _ in range(9):
        writer.write(body)
        await writer.drain()
        await asyncio.sleep(SLOWEST_S / 7)

    assert (await reader.readline()).split()[1] == b"400"
    writer.close()
