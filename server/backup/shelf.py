"""The folder of the nightly backups: what lies there, and what the last full reading of each came to.

Reading everything is for the night. It writes down what it found beside the files, with the size and the time that each
had then; whoever asks by day looks at these alone.
"""

import datetime as dt
import enum
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from server.backup.faults import Unfit
from server.backup.manifest import Manifest
from server.backup.reading import opened
from server.backup.writing import UNFINISHED, locked

NAME = re.compile(r"luzhi-\d{8}T\d{6}Z\.zip")
NOTES = "checked.json"
"""The file of the folder in which is written what each backup came to when it was last read."""


class BackupState(enum.Enum):
    """Whether a backup can be restored: as far as it was read, and has not been changed since."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Kept:
    """A backup in the folder. bytes, touched: its size and its own time, in nanoseconds.

    checked_at: when every byte was read, or it was found damaged; None for one that was not read as it is now, of which
    nothing more is known.
    """

    path: Path
    bytes: int
    touched: int
    state: BackupState = BackupState.UNCHECKED
    checked_at: dt.datetime | None = None
    rows: int = 0
    product: str = ""
    database: str = ""

    @property
    def taken_at(self) -> dt.datetime:
        """As its name has it."""
        return dt.datetime.strptime(self.path.name, "luzhi-%Y%m%dT%H%M%SZ.zip").replace(tzinfo=dt.UTC)


def name_for(at: dt.datetime) -> str:
    """What a backup of that moment is called."""
    return f"luzhi-{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}.zip"


def lying_in(folder: Path) -> list[Kept]:
    """All backups of the folder, the newest first. None is opened; what the disk does not give is not there."""
    try:
        names = [name for name in os.listdir(folder) if NAME.fullmatch(name)]
    except OSError:
        return []
    notes = _notes(folder)
    return [kept for name in sorted(names, reverse=True) if (kept := _looked_at(folder / name, notes.get(name)))]


def last_good(found: Iterable[Kept]) -> dt.datetime | None:
    """Of when the newest is that is there now as it was when it was last read whole; None for none."""
    return max((kept.taken_at for kept in found if kept.state is BackupState.WHOLE), default=None)


def damaged_of(found: Iterable[Kept]) -> list[Kept]:
    """Those that cannot be restored."""
    return [kept for kept in found if kept.state is BackupState.DAMAGED]


def check(kept: Kept, at: dt.datetime) -> Kept | None:
    """Reads every byte, and says what it came to at that time. None where the file is gone.

    One that is damaged still is so since it was found; one that only could not be read then may be whole.
    """
    try:
        with opened(kept.path) as backup:
            return as_read(kept, backup.manifest, at)
    except FileNotFoundError:
        return None
    except (Unfit, OSError):  # a disk that fails gives no bytes at all
        return kept if kept.state is BackupState.DAMAGED else replace(kept, state=BackupState.DAMAGED, checked_at=at)


def as_read(kept: Kept, said: Manifest, at: dt.datetime) -> Kept:
    """It, once every byte was found as its manifest says."""
    whole = replace(kept, state=BackupState.WHOLE, checked_at=at)
    return replace(whole, rows=said.rows, product=said.product, database=said.database)


def write_down(folder: Path, found: Iterable[Kept]) -> None:
    """What was read of the folder, as a whole or not at all. What it said before goes."""
    draft = folder / f"{NOTES}{UNFINISHED}"
    draft.write_text(json.dumps({kept.path.name: _note(kept) for kept in found}, indent=1), "utf-8")
    draft.replace(folder / NOTES)


def sweep(folder: Path) -> None:
    """Makes the folder where it is missing, and removes what killed processes left unfinished in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in folder.glob(f"luzhi-*{UNFINISHED}"):
        with path.open("r+b") as file:
            if locked(file):
                path.unlink()


def _note(kept: Kept) -> dict[str, Any]:
    facts = vars(kept) | {"state": kept.state.value, "checked_at": str(kept.checked_at)}
    return {name: fact for name, fact in facts.items() if name != "path"}


def _notes(folder: Path) -> dict[str, Any]:
    """By name. Where they are lost or cut off, nothing is known until the next night, and that is what is told."""
    try:
        found = json.loads((folder / NOTES).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _looked_at(path: Path, note: Any) -> Kept | None:
    """What is noted of a file counts as long as its size and its own time are those of then.

    A note that we did not write, or do not understand, is none.
    """
    try:
        stat = path.stat()
    except OSError:
        return None
    now = Kept(path, stat.st_size, stat.st_mtime_ns)
    try:
        return _as_noted(now, note) if note else now
    except (LookupError, TypeError, ValueError, OverflowError):
        return now


def _as_noted(now: Kept, note: dict[str, Any]) -> Kept:
    if (note["bytes"], note["touched"]) != (now.bytes, now.touched):
        return now
    read = replace(now, state=BackupState(note["state"]), checked_at=dt.datetime.fromisoformat(note["checked_at"]))
    return replace(read, rows=int(note["rows"]), product=str(note["product"]), database=str(note["database"]))
