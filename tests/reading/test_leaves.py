"""What opens files: it says what each is, shows pages and words, and outlives whatever it is given."""

import asyncio
import io
from collections.abc import Iterator
from typing import IO

import pypdf
import pytest
from PIL import Image

from server.leaf import Leaves, Look, Unfit
from server.leaf.leaves import Fetch
from tests.reading import papers


@pytest.fixture
def leaves() -> Iterator[Leaves]:
    opening = Leaves(seconds=10)
    yield opening
    opening.close()


def fetching(data: bytes, asked: list[int] | None = None) -> Fetch:
    async def fetch() -> IO[bytes]:
        if asked is not None:
            asked.append(1)
        return papers.on_disk(data)

    return fetch


async def looked(leaves: Leaves, data: bytes, name: str) -> Look:
    with papers.on_disk(data) as file:
        return await leaves.look(file, name)


async def test_a_pdf_is_what_it_is(leaves: Leaves) -> None:
    look = await looked(leaves, papers.pdf("云渚市 report", "two"), "a.PDF")

    assert (look.media, look.pages, look.pdf) == ("pdf", 2, None)
    assert "云渚市 report" in look.texts[0]
    assert "two" in look.texts[1]


@pytest.mark.parametrize(
    ("name", "data", "media"),
    [
        ("a.png", papers.image(mode="RGBA"), "png"),
        ("a.png", papers.image(mode="1"), "png"),
        ("a.jpg", papers.image("JPEG"), "jpeg"),
        ("a.jpeg", papers.image("JPEG", mode="CMYK"), "jpeg"),
        ("a.txt", "县情\n  two".encode(), "text"),
        ("a.txt", "县情\n  two".encode("gb18030"), "text"),
        ("a.txt", "县情\n  two".encode("utf-16"), "text"),
        ("a.md", '# 县情\n\n- two\n- #read("/etc/passwd")\n'.encode(), "markdown"),
    ],
)
async def test_whatever_else_can_be_read_becomes_pages(leaves: Leaves, name: str, data: bytes, media: str) -> None:
    look = await looked(leaves, data, name)

    assert look.media == media
    assert look.pdf
    assert len(pypdf.PdfReader(io.BytesIO(look.pdf)).pages) == look.pages == 1
    if media in ("text", "markdown"):
        (text,) = look.texts
        assert "县情" in text
        assert "two" in text
        assert "root:" not in text


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"", "EMPTY"),
        ("a.exe", b"MZ", "UNKNOWN"),
        ("a", papers.pdf(), "UNKNOWN"),
        ("a.pdf", papers.image(), "MISLABELLED"),
        ("a.png", papers.image("JPEG"), "MISLABELLED"),
        ("a.txt", papers.pdf(), "MISLABELLED"),
        ("a.pdf", b"PK\x03\x04", "MISLABELLED"),
        ("a.txt", b"\x00\x01\x02", "BROKEN"),
        ("a.txt", b"x" * 1_000_001, "TEXT_TOO_LONG"),
        ("a.pdf", b"%PDF-1.7\nnothing at all", "BROKEN"),
        ("a.png", papers.image()[:60], "BROKEN"),
        ("a.pdf", papers.changed(papers.pdf(), password="x"), "ENCRYPTED"),
        ("a.pdf", papers.changed(papers.pdf(), password="", owner="x"), "ENCRYPTED"),
        ("a.pdf", papers.many(10_000), "TOO_MANY_PAGES"),
        ("a.png", papers.image(size=(10_000, 10_000), mode="1"), "TOO_MANY_PIXELS"),
        ("a.pdf", papers.bomb(), "TOO_HEAVY"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",
)
async def test_what_cannot_be_taken_says_why_and_the_next_is_taken(
    leaves: Leaves, name: str, data: bytes, code: str
) -> None:
    leaves.seconds = 2 if code == "TOO_HEAVY" else 10
    with pytest.raises(Unfit) as refused:
        await looked(leaves, data, name)

    assert refused.value.code == code
    leaves.seconds = 10
    assert (await looked(leaves, papers.pdf(), "a.pdf")).pages == 3


async def test_five_thousand_pages_are_not_too_many(leaves: Leaves) -> None:
    assert (await looked(leaves, papers.many(5_000), "a.pdf")).pages == 5_000


async def test_a_page_is_as_wide_as_it_is_asked_for_and_bears_its_stamp(leaves: Leaves) -> None:
    fetch = fetching(papers.pdf("", "two"))
    plain = Image.open(io.BytesIO(await leaves.picture("a", fetch, 1, width=900, stamp=())))
    stamped = Image.open(io.BytesIO(await leaves.picture("a", fetch, 1, width=600, stamp=("王委员 0123", "now"))))

    assert (plain.width, stamped.width) == (900, 600)
    assert plain.getextrema() == ((255, 255),) * 3
    third = stamped.height // 3
    for top in range(0, third * 3, third):  # no third of the page is without
        for left in (0, 200, 400):
            assert stamped.crop((left, top, left + 200, top + third)).getextrema()[0][0] < 230, (left, top)


async def test_a_stamp_has_the_glyphs_of_names(leaves: Leaves) -> None:
    fetch = fetching(papers.pdf(""))
    pictures = {
        name: await leaves.picture("a", fetch, 1, width=600, stamp=(name,)) for name in ("王", "李", "䶮", "㛃")
    }

    assert len(set(pictures.values())) == len(pictures)


async def test_the_words_of_a_page_are_its_own(leaves: Leaves) -> None:
    fetch = fetching(papers.pdf("甲乙", "丙丁"))

    assert [await leaves.words("a", fetch, n) for n in (1, 2)] == ["甲乙", "丙丁"]
    with pytest.raises(Unfit, match="NO_SUCH_PAGE"):
        await leaves.words("a", fetch, 3)


async def test_a_file_is_fetched_once_and_few_stay_open(leaves: Leaves) -> None:
    asked: list[int] = []
    for name in "abcde":
        for _ in range(2):
            await leaves.words(name, fetching(papers.pdf(), asked), 1)

    assert len(asked) == 5
    assert list(leaves._open) == list("bcde")


async def test_a_page_that_harms_ends_its_own_process_alone(leaves: Leaves) -> None:
    leaves.seconds = 2
    good, bad = fetching(papers.pdf("甲")), fetching(papers.bomb())
    await leaves.words("good", good, 1)

    results = await asyncio.gather(
        leaves.picture("bad", bad, 1, width=600, stamp=()),
        *(leaves.words("good", good, 1) for _ in range(3)),
        return_exceptions=True,
    )

    assert isinstance(results[0], Unfit)
    assert results[1:] == ["甲"] * 3
    assert await leaves.words("good", good, 1) == "甲"


async def test_a_process_that_was_killed_is_started_again(leaves: Leaves) -> None:
    asked: list[int] = []
    fetch = fetching(papers.pdf("甲"), asked)
    await leaves.words("a", fetch, 1)
    leaves._open["a"]._child.kill()
    leaves._open["a"]._child.wait()

    assert await leaves.words("a", fetch, 1) == "甲"
    assert len(asked) == 2


async def test_its_memory_is_bounded() -> None:
    leaves = Leaves(memory=200 << 20)
    with pytest.raises(Unfit) as refused:
        await looked(leaves, papers.image(size=(7_000, 7_000)), "a.png")
    leaves.close()

    assert refused.value.code == "TOO_HEAVY"
