"""Pages, words and files as bytes: each is decided, made and written into the ledger before it is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import IO, TypeVar

from server.errors import Invalid, Limited, Problem
from server.files import Damaged, Gone, Shelves
from server.leaf import WIDTHS as WIDTHS
from server.leaf import Busy, Leaves, Unfit
from server.models import documents, reading
from server.models.reading import Leaf
from server.rules.documents import Media
from server.schema.asking import Asking
from server.schema.ids import key_of
from server.words import say

T = TypeVar("T")
BUSY_S = 5
TYPES = {
    Media.PDF: "application/pdf",
    Media.PNG: "image/png",
    Media.JPEG: "image/jpeg",
    Media.TEXT: "text/plain; charset=utf-8",
    Media.MARKDOWN: "text/markdown; charset=utf-8",
}


@dataclass(frozen=True)
class House:
    """Where files lie, and what opens them."""

    shelves: Shelves
    leaves: Leaves


@dataclass(frozen=True)
class Given:
    """A file that is given out. type: of its content."""

    file: IO[bytes]
    name: str
    type: str
    size: int


async def page_of(asking: Asking, house: House, id: str, n: int, width: int = WIDTHS[1]) -> bytes:
    """Page n of what is open, as JPEG in that width, or the step next to it, with its watermark.

    Raises NotThere, Refused or Conflict as `page_give` does; Invalid where it cannot be shown, Limited where too many
    wait.
    """
    step = min(WIDTHS, key=lambda one: abs(one - width))

    async def make(leaf: Leaf) -> bytes:
        fetch = partial(house.shelves.read, leaf.version.pages_sha256)
        return await house.leaves.picture(leaf.version.pages_sha256, fetch, leaf.n, width=step, stamp=leaf.stamp)

    return await _give(asking, id, n, make, "page")


async def words_of(asking: Asking, house: House, id: str, n: int) -> str:
    """What stands on that page, where its words may be had. Raises as `page_of` does."""

    async def make(leaf: Leaf) -> str:
        fetch = partial(house.shelves.read, leaf.version.pages_sha256)
        return await house.leaves.words(leaf.version.pages_sha256, fetch, leaf.n)

    return await _give(asking, id, n, make, "text")


async def file_of(asking: Asking, house: House, id: str) -> Given:
    """The file of a document, to be kept. Raises NotThere, Refused; Invalid where it is not there or damaged."""

    async def fetch(version: documents.DocumentVersion) -> IO[bytes]:
        return await house.shelves.read(version.sha256)

    key = key_of(id, documents.Document)
    asking.take_time()
    version, file = await _made(reading.file_give(asking.viewer, document=key, fetch=fetch))
    return Given(file, version.name, TYPES[version.media], version.size)


async def still_open(asking: Asking, id: str) -> None:
    """Whether an opening may go on now. Raises NotThere, Refused or Conflict as `page_of` does."""
    await reading.still(asking.viewer, key_of(id, reading.ReadingSession))


async def refuse(asking: Asking, id: str) -> None:
    """Someone wants to open what they may not: it is on record. Raises Refused or NotThere; nothing where they may."""
    await reading.refused_try(asking.viewer, document=key_of(id, documents.Document))


async def _give(asking: Asking, id: str, n: int, make: Callable[[Leaf], Awaitable[T]], what: str) -> T:
    key = key_of(id, reading.ReadingSession)
    asking.take_time()  # the first page of a large file takes a while to be fetched and checked
    look = await asking.read(reading.LOOK, key)
    return await _made(reading.page_give(asking.viewer, look, n=n, make=make, what=what))


async def _made(making: Awaitable[T]) -> T:
    try:
        return await making
    except Unfit as error:
        raise Invalid(Problem(error.code, error.why)) from error
    except (Gone, Damaged) as error:
        message = say("The file is not where it was put, or not as it was. Tell the general office.")
        raise Invalid(Problem("FILE_LOST", message)) from error
    except Busy as error:
        words = say("Many are reading just now. Try again in a moment.")
        raise Limited(BUSY_S, Problem("BUSY", words)) from error
