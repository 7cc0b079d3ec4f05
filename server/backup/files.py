"""The files of the data directory that go into a backup, and back to their places."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from server.backup.faults import BackupError
from server.backup.manifest import Part
from server.backup.reading import Backup, is_sealed, safe
from server.backup.writing import BLOCK, UNFINISHED, Writing

FOLDER = "files/"
"""In the zip file."""
KEY = "secret.key"
SQLITE = b"SQLite format 3\0"
"""How a database of SQLite begins."""
PASSING = (UNFINISHED, "-wal", "-shm", "-journal")
"""How the names of files end that are there for a while only."""
STAGED = ".restoring-"
"""How the folder begins where files wait until the database has everything."""


@dataclass(frozen=True)
class Place:
    """Where files are. data: the data directory; apart: what of it does not go along, as no backup and no key does.

    The database has streams of its own; one of SQLite that was left behind is no part of it. The secret key must not
    lie beside what it protects.
    """

    data: Path
    apart: tuple[Path, ...]

    def __iter__(self) -> Iterator[Path]:
        """All files that go along, by their path. What is begun under a hidden name is not finished."""
        for folder, folders, names in os.walk(self.data):
            here = Path(folder)
            folders[:] = sorted(name for name in folders if not name.startswith(".") and here / name not in self.apart)
            yield from (here / name for name in sorted(names) if self._goes(here / name))

    def _goes(self, path: Path) -> bool:
        if path.name.startswith(".") or path.name == KEY or path.name.endswith(PASSING) or path in self.apart:
            return False
        with _read(path), suppress(FileNotFoundError):
            return path.is_file() and not path.is_symlink() and not is_sealed(path) and not _is_database(path)
        return False


def place(data: Path, database: str, backups: Path) -> Place:
    """database: its file on SQLite, or empty."""
    return Place(data, (data / KEY, backups, *([Path(database)] if database else [])))


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def keep(writing: Writing, files: Place) -> list[Part]:
    """Writes all files. One that goes away meanwhile is left out: what needs it no more is in the database."""
    return [part for path in files if (part := _keep(writing, files.data, path))]


def _keep(writing: Writing, data: Path, path: Path) -> Part | None:
    try:
        with _read(path):
            source = path.open("rb")
    except FileNotFoundError:
        return None
    with source, writing.part(FOLDER + path.relative_to(data).as_posix()) as out:
        while block := _block(path, source):
            out.write(block)
    return out.part


def _block(path: Path, source: BinaryIO) -> bytes:
    with _read(path):
        return source.read(BLOCK)


@contextmanager
def _read(path: Path) -> Iterator[None]:
    """Raises BackupError where the disk does not give a file that is there."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BackupError(f"{path} cannot be read ({error.strerror}).") from error


@contextmanager
def staged(backup: Backup, data: Path) -> Iterator[Path]:
    """All files of a backup in a folder of the data directory, for as long as the database is written."""
    for left in data.glob(STAGED + "*"):
        shutil.rmtree(left)
    folder = data / f"{STAGED}{uuid4().hex}"
    try:
        for part in backup.manifest.files:
            _unpack(backup, part, folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(backup: Backup, part: Part, folder: Path) -> None:
    target = folder / safe(part.name.removeprefix(FOLDER))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=0o600)
    with backup.open(part) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out, BLOCK)
        out.flush()
        os.fsync(out.fileno())


def must_fit(files: Iterable[Part], data: Path, forbidden: Place, *, replace: bool = False) -> None:
    """Raises BackupError where a file would take the place of what is kept apart, or, unless `replace`, of another."""
    for part in files:
        path = data / safe(part.name.removeprefix(FOLDER))
        if any(path == apart or apart in path.parents for apart in forbidden.apart):
            raise BackupError(
                f"This backup has a file in a place that is not for it: {path}. Not even --replace puts it there."
            )
        if not replace and path.exists() and digest(path) != part.sha256:
            raise BackupError(f"{path} is there already, with something else in it. Move it away, or give --replace.")


def settle(folder: Path, data: Path) -> None:
    """Moves the files to their places. Until the database is committed nothing speaks of them."""
    for path in sorted(folder.rglob("*")):
        target = data / path.relative_to(folder)
        if path.is_dir():
            target.mkdir(exist_ok=True, mode=0o700)
        else:
            path.replace(target)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""
