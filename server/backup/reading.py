"""A backup as it is read: nothing of it is believed before every byte of the file was looked at."""

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from server.backup.faults import Unfit
from server.backup.manifest import LONGEST, Manifest, Part, Rows, manifest_of
from server.backup.writing import BLOCK, MANIFEST, SEAL, SEALED, hashed

Progress = Callable[[int, int], object]
"""Hears how much is done of how much."""
DAMAGED = "This backup is damaged: {what}. Take another one."
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    RuntimeError,  # encrypted, or a compression or version that zipfile does not know
    KeyError,  # a part that is not there
)
"""What is raised where a zip file is not as it should be."""


def nobody(done: int, whole: int) -> None:
    """Hears nothing."""


class Backup:
    """A backup file that is open. The manifest is what the file says; `check` holds the file against it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file)
        info = self._zip.getinfo(MANIFEST)
        if info.file_size > LONGEST:
            raise Unfit(DAMAGED.format(what="its manifest is too long"))
        self.manifest: Manifest = manifest_of(self._zip.read(info))

    def check(self, progress: Progress = nobody) -> None:
        """Raises Unfit where one of the parts, or its number of rows, is not as the manifest says."""
        parts = [*(table.part for table in self.manifest.tables), *self.manifest.files]
        if sorted([MANIFEST, *(part.name for part in parts)]) != sorted(self._zip.namelist()):
            raise Unfit(DAMAGED.format(what="it holds other parts than it says"))
        lines = {table.part.name: table.rows for table in self.manifest.tables}
        whole, done = sum(part.bytes for part in parts) or 1, 0
        for part in parts:
            self._check(part, lines.get(part.name))
            done += part.bytes
            progress(done, whole)

    def rows(self, table: Rows) -> Iterator[list[Any]]:
        """The rows of a table, one after the other."""
        with self._zip.open(table.part.name) as lines:
            for line in lines:
                yield json.loads(line)

    def open(self, part: Part) -> IO[bytes]:
        """The bytes of a file."""
        return self._zip.open(part.name)

    def _check(self, part: Part, rows: int | None) -> None:
        found, size, lines = hashlib.sha256(), 0, 0
        with self._zip.open(part.name) as file:
            while block := file.read(BLOCK):
                found.update(block)
                size += len(block)
                lines += block.count(b"\n")
        if (size, found.hexdigest()) != (part.bytes, part.sha256) or rows not in (None, lines):
            raise Unfit(DAMAGED.format(what=f"{part.name} is not what it says"))


@contextmanager
def opened(path: Path, *, progress: Progress = nobody) -> Iterator[Backup]:
    """A backup, read only. Raises Unfit where one byte of it is not as it was written."""
    with path.open("rb") as file:
        try:
            _must_be_sealed(file)
            backup = Backup(file)
            backup.check(progress)
        except BROKEN as error:
            raise Unfit(DAMAGED.format(what=str(error).strip(".") or "its end is missing")) from error
        yield backup


def is_sealed(path: Path) -> bool:
    """Whether the file looks like a backup at its end."""
    with path.open("rb") as file:
        return _seal(file) is not None


def _seal(file: BinaryIO) -> bytes | None:
    """The hash in its last bytes; None where they are something else."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - SEALED))
    last = file.read()
    return last[len(SEAL) :] if len(last) == SEALED and last.startswith(SEAL) else None


def _must_be_sealed(file: BinaryIO) -> None:
    """Its last bytes are the hash of all before them."""
    digits = _seal(file)
    if digits is None:
        raise Unfit("This file is not a backup of Luzhi, or its end is missing.")
    if hashed(file, file.tell() - 64).hexdigest().encode() != digits:
        raise Unfit(DAMAGED.format(what="its checksum is another"))


def safe(name: str) -> PurePosixPath:
    """The path of a file within the data directory. Raises Unfit for one that would lead out of it."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or "\0" in name:
        raise Unfit(f"This backup has a file that would lie outside of the data directory: {name}.")
    return path
