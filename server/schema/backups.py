"""The backups that lie on this machine, for those who answer for them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import strawberry

from server.backup.shelf import BackupState, Kept, damaged_of, last_good, lying_in
from server.backup.taking import TAKE
from server.models.audit import AuditEntry
from server.models.reads import Columns, Read
from server.rules.permissions import Action
from server.rules.retention import LATE, is_late
from server.schema.guard import needs
from server.schema.reading import Answer, computed
from server.viewer import Viewer
from server.words import Words, say

KILOBYTE = 1024


@strawberry.type(description="A file from which everything can be restored as it was at one moment.")
class Backup:
    """As the last night found it."""

    name: str = strawberry.field(description="What the file is called, in the folder of the nightly backups.")
    taken_at: dt.datetime = strawberry.field(description="The moment of which it is.")
    state: BackupState = strawberry.field(description="Whether it can be restored.")
    checked_at: dt.datetime | None = strawberry.field(
        description="When every byte of it was last read, or it was found damaged; null for one that was not read yet."
    )
    kilobytes: int = strawberry.field(description="How large the file is, in units of 1024 bytes, rounded up.")
    rows: int = strawberry.field(description="Rows of all tables together; 0 unless it is whole.")
    product: str = strawberry.field(description="The version of Luzhi that took it; empty unless it is whole.")
    database: str = strawberry.field(description="sqlite or postgres: what it was taken of; it goes into either.")


@strawberry.type
class BackupQuery:
    """Root fields of this room."""

    @computed(
        "The nightly backups that lie on the machine that answers, the newest first.",
        extensions=needs(Action.KEEP_BACKUPS),
    )
    def backups(self, info: Answer) -> list[Backup]:
        """Looked at each time, so what is not there is not told; but none is read."""
        return [
            Backup(
                name=kept.path.name,
                taken_at=kept.taken_at,
                state=kept.state,
                checked_at=kept.checked_at,
                kilobytes=-(-kept.bytes // KILOBYTE),
                rows=kept.rows,
                product=kept.product,
                database=kept.database,
            )
            for kept in lying_in(info.context.backup_dir)
        ]


def backup_reads(viewer: Viewer) -> dict[str, Read]:
    """When the last one was taken, wherever it lies, and when the first thing was done that could be lost."""
    if not viewer.may(Action.KEEP_BACKUPS):
        return {}
    taken = AuditEntry.filter(action=TAKE).order_by("-serial").limit(1)
    return {"backup": Columns(taken, ("at",)), "begun": Columns(AuditEntry.filter(serial=1), ("at",))}


def backup_troubles(
    viewer: Viewer, folder: Path, found: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[Words, Words, Words]]]:
    """What is wrong with the backups of the folder: a code, and title, text, what to do."""
    if "backup" not in found:
        return
    lying, see = lying_in(folder), say("See the backups")
    taken, begun = (next((at for (at,) in found[name]), None) for name in ("backup", "begun"))
    good = last_good(lying)
    if is_late(good, begun, viewer.now):
        title = say("There is no good backup of the last {hours} hours", hours=LATE // dt.timedelta(hours=1))
        yield "BACKUP", (title, _last(viewer, good, taken), see)
    if damaged := damaged_of(lying):
        yield "BACKUP_DAMAGED", (say("{count} backups are damaged", count=len(damaged)), _which(viewer, damaged), see)


def _last(viewer: Viewer, good: dt.datetime | None, taken: dt.datetime | None) -> Words:
    if good:
        return say("The last good one is of {day}.", day=_day(viewer, good))
    if taken:
        return say("The one of {day} is not in the folder any more, changed or damaged.", day=_day(viewer, taken))
    return say("None was ever taken.")


def _which(viewer: Viewer, damaged: list[Kept]) -> Words:
    """The one that was found last by name; the others stand on the page of backups."""
    last = max(damaged, key=lambda kept: (kept.checked_at or kept.taken_at, kept.taken_at))
    return say(
        "{name}, found on {day}, cannot be restored. Look at the disk, and put a copy from elsewhere in its place, or "
        "remove it.",
        name=last.path.name,
        day=_day(viewer, last.checked_at or last.taken_at),
    )


def _day(viewer: Viewer, at: dt.datetime) -> dt.date:
    return at.astimezone(viewer.zone).date()
