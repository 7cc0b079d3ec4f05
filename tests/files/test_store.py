"""Files by their hash: in a folder, and in a store that speaks S3, a real server of which the test starts."""

import asyncio
import datetime as dt
import hashlib
import os
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import obstore
import pytest
from moto.server import ThreadedMotoServer

from server.files import Damaged, Gone, Shelves, TooLarge, Unreachable

MIB = 1024 * 1024
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a running S3."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def shelves(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelves:
    """A place of either kind."""
    if request.param == "folder":
        return Shelves.at(f"file://{tmp_path}/files")
    import urllib.request

    server = request.getfixturevalue("s3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    put = urllib.request.Request(f"{server}/papers-{os.getpid()}", method="PUT")
    urllib.request.urlopen(put).close()
    return Shelves.at(f"s3://papers-{os.getpid()}/here?endpoint={server}&region=us-east-1")


async def pieces(data: bytes, size: int = 65536) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def names(shelves: Shelves) -> list[str]:
    return [one["path"] async for some in obstore.list(shelves.store) for one in some]


@pytest.mark.parametrize("data", [b"", b"a paper", os.urandom(11 * MIB)], ids=["empty", "small", "in parts"])
async def test_what_is_kept_is_read_again_and_twice_the_same_is_kept_once(shelves: Shelves, data: bytes) -> None:
    first = await shelves.keep(pieces(data), most=20 * MIB)
    second = await shelves.keep(pieces(data, 1000), most=20 * MIB)
    assert first == second
    assert (first.sha256, first.size) == (hashlib.sha256(data).hexdigest(), len(data))
    with await shelves.read(first.sha256) as found:
        assert found.read() == data
    assert [name for name in await names(shelves) if first.sha256 in name] == [
        f"{first.sha256[:2]}/{first.sha256[2:4]}/{first.sha256}"
    ]
    assert not [name for name in await names(shelves) if name.startswith(".")]


async def test_what_is_too_large_leaves_nothing(shelves: Shelves) -> None:
    before = await names(shelves)
    with pytest.raises(TooLarge):
        await shelves.keep(pieces(bytes(12 * MIB)), most=11 * MIB)
    assert await names(shelves) == before


async def test_who_goes_away_in_the_middle_leaves_nothing(shelves: Shelves) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError("gone")

    before = await names(shelves)
    with pytest.raises(ConnectionError):
        await shelves.keep(half(), most=MIB)
    assert await names(shelves) == before


async def test_what_was_changed_behind_our_back_is_not_given_out(shelves: Shelves) -> None:
    kept = await shelves.keep(pieces(b"as it was"), most=MIB)
    await obstore.put_async(shelves.store, f"{kept.sha256[:2]}/{kept.sha256[2:4]}/{kept.sha256}", b"as it is")
    with pytest.raises(Damaged):
        await shelves.read(kept.sha256)


async def test_what_was_forgotten_is_gone(shelves: Shelves) -> None:
    kept = await shelves.keep(pieces(b"once"), most=MIB)
    await shelves.forget(kept.sha256)
    await shelves.forget(kept.sha256)
    with pytest.raises(Gone):
        await shelves.read(kept.sha256)


async def test_one_that_was_put_here_once_more_meanwhile_stays(shelves: Shelves) -> None:
    kept = await shelves.keep(pieces(b"twice"), most=MIB)
    (at,) = [one["last_modified"] for some in obstore.list(shelves.store) for one in some if kept.sha256 in one["path"]]

    gone = [await shelves.forget_older(kept.sha256, than) for than in (at, at + SECOND, at + SECOND)]

    assert gone == [False, True, False]
    assert await shelves.lacking([kept.sha256]) == {kept.sha256}


async def test_those_that_are_not_here_are_named(shelves: Shelves) -> None:
    here = [(await shelves.keep(pieces(data), most=MIB)).sha256 for data in (b"one", b"two")]

    assert await shelves.lacking([*here, "0" * 64]) == {"0" * 64}
    assert await shelves.lacking(here) == set()


async def test_a_store_that_does_not_answer_says_so(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    with pytest.raises(Unreachable, match="NoSuchBucket"):
        await Shelves.at(f"s3://never-made?endpoint={s3}&region=us-east-1").lacking(["0" * 64])


async def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    shelves, moment = Shelves.at(f"file://{tmp_path}"), dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    (tmp_path / ".coming").mkdir()
    for name, at in {"old#1": moment - SECOND, "old": moment - SECOND, "new#1": moment, "new": moment}.items():
        path = tmp_path / ".coming" / name
        path.touch()
        os.utime(path, (at.timestamp(), at.timestamp()))

    assert [names async for names in shelves.older(moment)] == []
    assert {path.name for path in (tmp_path / ".coming").iterdir()} == {"new#1", "new"}


async def test_a_file_of_200_million_bytes_takes_little_memory(tmp_path: Path) -> None:
    shelves, piece = Shelves.at(f"file://{tmp_path}"), bytes(100_000)

    async def long() -> AsyncIterator[bytes]:
        for _ in range(2000):
            yield piece
            await asyncio.sleep(0)

    tracemalloc.start()
    kept = await shelves.keep(long(), most=200_000_000)
    with await shelves.read(kept.sha256) as found:
        assert sum(len(part) for part in iter(lambda: found.read(MIB), b"")) == 200_000_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 32 * MIB


@pytest.mark.parametrize("url", ["ftp://files", "s3:///nothing", "files"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        Shelves.at(url)
