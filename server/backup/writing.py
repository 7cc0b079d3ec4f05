"""A backup as it is written: a zip file under another name, which gets its own name once it was read back whole."""

import datetime as dt
import fcntl
import hashlib
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO

from server.backup.faults import BackupError
from server.backup.manifest import Manifest, Part

UNFINISHED = ".part"
MANIFEST = "manifest.json"
SEAL = b"luzhi-backup sha256 "
SEALED = len(SEAL) + 64
"""Bytes at the end of the file, the comment of a zip file: the hash of all bytes before its hexadecimal digits."""
BLOCK = 1024 * 1024


class Writing:
    """The file, open for parts one after the other."""

    def __init__(self, file: BinaryIO, at: dt.datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._zip.comment = SEAL + b"0" * 64
        self._at = at.timetuple()[:6]

    @contextmanager
    def part(self, name: str) -> Iterator["Writer"]:
        """One part; afterwards its `part` says what was written."""
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as out:
            yield Writer(name, out)

    def finish(self, manifest: Manifest) -> None:
        """Writes the manifest and the list of parts."""
        with self.part(MANIFEST) as out:
            out.write(manifest.text().encode())
        self._zip.close()

    def give_up(self) -> None:
        """Nothing more is written; the file is to be removed."""
        self._zip.fp = None  # or it would write its list when it is let go of


class Writer:
    """Takes the bytes of one part."""

    def __init__(self, name: str, out: IO[bytes]) -> None:
        self._name, self._out, self._bytes, self._sha = name, out, 0, hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Some more."""
        self._out.write(data)
        self._sha.update(data)
        self._bytes += len(data)

    @property
    def part(self) -> Part:
        """What was written so far."""
        return Part(self._name, self._bytes, self._sha.hexdigest())


@contextmanager
def unfinished(path: Path) -> Iterator[BinaryIO]:
    """The file under its other name, for its owner alone; gone afterwards, unless it got its own name by then.

    Raises BackupError where the file is there already, or someone else is writing it.
    """
    draft = path.with_name(path.name + UNFINISHED)
    if path.exists():
        raise BackupError(f"{path} is there already, and a backup never takes the place of another. Give a new name.")
    try:
        file = os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
    except OSError as error:
        raise BackupError(f"{draft} cannot be written ({error.strerror}).") from error
    with file:
        if not locked(file):
            raise BackupError(f"Another backup is being written to {path}.")
        file.truncate()
        try:
            yield file
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()


def locked(file: BinaryIO) -> bool:
    """Whether this process is now the only one that writes the file. What a killed one left is not locked."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def seal(file: BinaryIO) -> str:
    """Reads back what is on the disk, and writes its hash into the last bytes. Returns that of the whole file."""
    file.flush()
    end = file.seek(0, os.SEEK_END) - 64
    found = hashed(file, end)
    digits = found.hexdigest().encode()
    file.seek(end)
    file.write(digits)
    file.flush()
    os.fsync(file.fileno())
    found.update(digits)
    return found.hexdigest()


def hashed(file: BinaryIO, end: int) -> "hashlib._Hash":
    """SHA-256 of the first bytes."""
    found = hashlib.sha256()
    file.seek(0)
    while block := file.read(min(BLOCK, end - file.tell())):
        found.update(block)
    return found


def named(path: Path) -> None:
    """Gives the finished file its own name, for good."""
    path.with_name(path.name + UNFINISHED).rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
