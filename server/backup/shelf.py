"""The folder of the nightly backups: what lies there, and whether it is whole."""

import datetime as dt
import enum
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from server.backup.faults import Unfit
from server.backup.manifest import Manifest
from server.backup.reading import opened
from server.backup.writing import UNFINISHED, locked

NAME = re.compile(r"luzhi-\d{8}T\d{6}Z\.zip")
DAMAGED = ".damaged"
"""What the name of a file ends with once it was found damaged."""


class BackupState(enum.Enum):
    """Whether a backup can be restored."""

    WHOLE = "whole"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Kept:
    """A backup in the folder. checked_at: when every byte was last read: the file's own time.

    Of a damaged one nothing is believed: it is of the time in its name.
    """

    path: Path
    taken_at: dt.datetime
    bytes: int
    checked_at: dt.datetime
    state: BackupState
    rows: int = 0
    product: str = ""
    database: str = ""


def name_for(at: dt.datetime) -> str:
    """What a backup of that moment is called."""
    return f"luzhi-{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}.zip"


def lying_in(folder: Path) -> list[Kept]:
    """All backups of the folder, the newest first. Only manifests are read."""
    found = [kept for path in _paths(folder) if (kept := _looked_at(path))]
    return sorted(found, key=lambda kept: kept.taken_at, reverse=True)


def check(kept: Kept) -> Kept | None:
    """Reads every byte, and notes when on the file, or in its name that it is damaged. None where it is gone."""
    try:
        with opened(kept.path):
            os.utime(kept.path)
    except FileNotFoundError:
        return None
    except Unfit:
        damaged = kept.path.rename(kept.path.with_name(kept.path.name + DAMAGED))
        return _looked_at(damaged)
    return _looked_at(kept.path)


def sweep(folder: Path) -> None:
    """Makes the folder where it is missing, and removes what killed processes left unfinished in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in folder.glob(f"luzhi-*{UNFINISHED}"):
        with path.open("r+b") as file:
            if locked(file):
                path.unlink()


def _paths(folder: Path) -> Iterator[Path]:
    for path in folder.glob("luzhi-*"):
        if NAME.fullmatch(path.name.removesuffix(DAMAGED)):
            yield path


def _looked_at(path: Path) -> Kept | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    checked_at = dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC)
    named = dt.datetime.strptime(path.name[:22], "luzhi-%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    said = None if path.name.endswith(DAMAGED) else _manifest(path)
    if said is None:
        return Kept(path, named, stat.st_size, checked_at, BackupState.DAMAGED)
    facts = (said.rows, said.product, said.database)
    return Kept(path, said.taken_at, stat.st_size, checked_at, BackupState.WHOLE, *facts)


def _manifest(path: Path) -> Manifest | None:
    """What it says of itself; None where it says nothing that can be read."""
    try:
        with opened(path, checked=False) as backup:
            return backup.manifest
    except (Unfit, FileNotFoundError):
        return None
