"""The backups that lie on this machine, for those who answer for them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import strawberry

from server.backup.shelf import BackupState, lying_in
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
    """As the file says of itself."""

    name: str = strawberry.field(description="What the file is called, in the folder of the nightly backups.")
    taken_at: dt.datetime = strawberry.field(description="The moment of which it is.")
    state: BackupState = strawberry.field(description="Whether it can be restored.")
    checked_at: dt.datetime = strawberry.field(description="When every byte of it was last read and held against it.")
    kilobytes: int = strawberry.field(description="How large the file is, in units of 1024 bytes, rounded up.")
    rows: int = strawberry.field(description="Rows of all tables together; 0 of a damaged one.")
    product: str = strawberry.field(description="The version of Luzhi that took it; empty of a damaged one.")
    database: str = strawberry.field(description="sqlite or postgres: what it was taken of; it goes into either.")


@strawberry.type
class BackupQuery:
    """Root fields of this room."""

    @computed(
        "The nightly backups that lie on the machine that answers, the newest first.",
        extensions=needs(Action.KEEP_BACKUPS),
    )
    def backups(self, info: Answer) -> list[Backup]:
        """Read from the folder each time: what is not there is not told."""
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
    """When the last one was taken, and when the first thing was done that could be lost. The trail knows both."""
    if not viewer.may(Action.KEEP_BACKUPS):
        return {}
    taken = AuditEntry.filter(action=TAKE).order_by("-serial").limit(1)
    return {"backup": Columns(taken, ("at",)), "begun": Columns(AuditEntry.filter(serial=1), ("at",))}


def backup_missing(viewer: Viewer, found: Mapping[str, Any]) -> Iterator[tuple[Words, Words, Words]]:
    """What is said where the last one is too old: title, text, what to do."""
    if "backup" not in found:
        return
    last, begun = (next((at for (at,) in found[name]), None) for name in ("backup", "begun"))
    if is_late(last, begun, viewer.now):
        text = say("The last one is of {day}.", day=_day(viewer, last)) if last else say("None was ever taken.")
        title = say("There is no backup of the last {hours} hours", hours=LATE // dt.timedelta(hours=1))
        yield title, text, say("See the backups")


def _day(viewer: Viewer, at: dt.datetime) -> dt.date:
    return at.astimezone(viewer.zone).date()
