"""The few files that browsers fetch from elsewhere, as copies of our own: each is the file whose hash we know."""

import base64
import hashlib
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from server.settings import HTMX_INTEGRITY, HTMX_URL
from server.settings.known import GRAPHIQL_URL, HTMX_FILE

MOST_BYTES = 16_000_000
"""Of a file that may be one of them."""


def wanted() -> dict[str, str]:
    """Each file by its name below the folder, with its hash."""
    from web.exploring import SCRIPTS, STYLES

    return {HTMX_FILE: HTMX_INTEGRITY, **SCRIPTS, **STYLES}


def addresses() -> dict[str, str]:
    """Where each is fetched from."""
    return {name: HTMX_URL if name == HTMX_FILE else f"{GRAPHIQL_URL}/{name}" for name in wanted()}


def hash_of(content: bytes) -> str:
    """As a browser writes it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def missing(folder: Path) -> list[str]:
    """The files that are not there, or are others than those we know."""
    return [name for name, known in wanted().items() if not _is(folder / name, known)]


def _is(file: Path, known: str) -> bool:
    return file.is_file() and hash_of(file.read_bytes()) == known


def keep(folder: Path, name: str, content: bytes) -> None:
    """Puts a file where it belongs. Raises ValueError where it is another one."""
    if hash_of(content) != wanted()[name]:
        raise ValueError(name)
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def found_in(place: Path, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Of the wanted files those that are anywhere in that folder, by their hash, whatever they are called.

    Archives of npm (.tgz) are looked into. hashes: name -> hash.
    """
    names = {known: name for name, known in hashes.items()}
    return {names[mark]: content for content in _contents(place) if (mark := hash_of(content)) in names}


def _contents(place: Path) -> Iterator[bytes]:
    for file in [place] if place.is_file() else sorted(place.rglob("*")):
        if file.suffix == ".tgz" and file.is_file():
            yield from _archived(file)
        elif file.is_file() and file.stat().st_size <= MOST_BYTES:
            yield file.read_bytes()


def _archived(file: Path) -> Iterator[bytes]:
    with tarfile.open(file, "r:gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() and member.size <= MOST_BYTES else None
            if content:
                yield content.read()
