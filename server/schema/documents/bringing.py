"""A file that comes in: looked at in a process of its own, kept, and put into a document, or refused and not kept."""

from collections.abc import AsyncIterator
from os import SEEK_END
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

from server.errors import Invalid, Limited, Problem
from server.files import TooLarge
from server.leaf import Busy, Unfit
from server.models import asking as asked
from server.models import documents
from server.models.documents import Filed
from server.rules.documents import Media, declaration_problems, marked_secret
from server.schema.asking import Asking
from server.schema.ids import id_of, key_of
from server.schema.readings.giving import BUSY_S, House
from server.words import say

PIECE = 1 << 20
MOST_BYTES = 200_000_000
"""Of one file."""
MOST_TOGETHER = 500_000_000
"""Of several files that are sent at once."""
LONGEST = 200
"""Characters of its name."""


async def bring(asking: Asking, house: House, id: str, file: IO[bytes], name: str, *, declared: bool = False) -> str:
    """Puts a file into a document that the viewer keeps; the ID of its version. file: on the disk of this machine.

    declared: the viewer says that it bears no marking of a state secret, as they must of a scan.

    Raises NotThere, Refused; Invalid or Conflict, by field, where the document takes none or the file is not fit.
    """
    asking.take_time()
    viewer, key = asking.viewer, key_of(id, documents.Document, field="document")
    await documents.version_may(viewer, document=key)
    filed = await filed_of(house, file, name, declared=declared)
    return str(id_of(await documents.version_add(viewer, document=key, file=filed)))


async def may_deliver(asking: Asking, id: str) -> None:
    """Whether the viewer may deliver to this request for materials now, asked before anything is sent.

    Raises NotThere, Refused, Conflict.
    """
    await asked.material_may(asking.viewer, request=key_of(id, documents.MaterialRequest))


async def deliver(asking: Asking, house: House, id: str, file: IO[bytes], name: str, *, declared: bool = False) -> str:
    """Delivers a file to a request for materials; the ID of the draft that it became. As `bring` has it."""
    asking.take_time()
    key = key_of(id, documents.MaterialRequest)
    filed = await filed_of(house, file, name, declared=declared)
    return str(id_of(await asked.material_deliver(asking.viewer, request=key, file=filed)))


async def filed_of(house: House, file: IO[bytes], name: str, *, declared: bool = False) -> Filed:
    """Looks at a file, and keeps it and the PDF of its pages. Raises Invalid, and then nothing is kept."""
    called = plain(name)
    if file.seek(0, SEEK_END) > MOST_BYTES:
        raise _too_large()
    file.seek(0)
    try:
        look = await house.leaves.look(file, called)
    except Unfit as error:
        raise Invalid(Problem(error.code, error.why, "file")) from error
    except Busy as error:
        raise Limited(
            BUSY_S, Problem("BUSY", say("Many files are coming in just now. Try again in a moment."))
        ) from error
    if marked_secret("\n".join(look.texts)) or marked_secret(called):
        message = say(
            "It bears the marking of a state secret. Such a paper has no place here: only an entry in the catalogue of "
            "a physical room may exist of it."
        )
        raise Invalid(Problem("STATE_SECRET", message, "file", "RD-2"))
    if problems := declaration_problems(look.texts, declared):
        raise Invalid(*problems)
    file.seek(0)
    try:
        kept = await house.shelves.keep(_pieces(file), MOST_BYTES)
    except TooLarge as error:
        raise _too_large() from error
    pages = await house.shelves.keep(_one(look.pdf), MOST_BYTES) if look.pdf is not None else kept
    return Filed(called, Media(look.media), kept.sha256, kept.size, pages.sha256, look.pages, declared)


def _too_large() -> Invalid:
    return Invalid(Problem("TOO_LARGE", say("A file may have 200 MB."), "file"))


def plain(name: str) -> str:
    """What a file is called, without a path, and without what no name has: what was typed never names a file here."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[: LONGEST - len(ending) - 1]}{dot}{ending}"[:LONGEST]


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data
