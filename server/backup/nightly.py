"""What is done each night: a backup is taken, the earlier ones are read again, and those that are too many go."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from server.backup.files import Place, place
from server.backup.shelf import BackupState, Kept, as_read, check, damaged_of, lying_in, name_for, sweep, write_down
from server.backup.taking import Taken, take
from server.models.accounts.roles import administrators
from server.models.database import file_of, transaction
from server.models.messages import telling
from server.rules.messages import Topic
from server.rules.retention import kept as staying
from server.settings import Settings
from server.viewer import Viewer
from server.words import Words, say


@dataclass(frozen=True)
class Night:
    """What came of it: what the new one is called; how many are kept and gone; those that were found damaged now."""

    name: str
    kept: int
    gone: int
    damaged: tuple[str, ...]

    @property
    def words(self) -> Words:
        """One or two sentences."""
        facts = {"name": self.name, "kept": self.kept, "gone": self.gone}
        if not self.damaged:
            return say("{name} was taken; {kept} backups are kept, {gone} old ones are gone.", **facts)
        return say(
            "{name} was taken; {kept} backups are kept, {gone} old ones are gone. Found damaged: {names}. Look at the "
            "disk, and put copies from elsewhere in their places, or remove them.",
            names=", ".join(self.damaged),
            **facts,
        )


async def nightly(viewer: Viewer, settings: Settings) -> Night:
    """Take the backup of this night where the settings say. A job calls it."""
    return await night(viewer, settings.backup_dir, place(settings.data_dir, file_of(), settings.backup_dir))


async def night(viewer: Viewer, folder: Path, files: Place) -> Night:
    """Raises BackupError where none can be taken; then no earlier one goes, either."""
    await asyncio.to_thread(sweep, folder)
    taken = await take(viewer, folder / name_for(viewer.now), files)
    done = await asyncio.to_thread(_tidied, viewer, folder, taken)
    await _tell_damaged(viewer, damaged_of(await asyncio.to_thread(lying_in, folder)))
    return done


def _tidied(viewer: Viewer, folder: Path, taken: Taken) -> Night:
    """Only backups that were read whole count: a damaged one takes the place of none, and stays to be looked at."""
    found = lying_in(folder)
    checked = [read for kept in found if (read := _read(viewer, kept, taken))]
    whole = {kept.taken_at.astimezone(viewer.zone): kept for kept in checked if kept.state is BackupState.WHOLE}
    stay = staying(whole)
    for at, kept in whole.items():
        if at not in stay:
            kept.path.unlink(missing_ok=True)
    damaged = damaged_of(checked)
    write_down(folder, [*damaged, *(whole[at] for at in stay)])
    new = tuple(kept.path.name for kept in damaged if kept not in found)
    return Night(taken.path.name, len(stay), len(whole) - len(stay), new)


def _read(viewer: Viewer, kept: Kept, taken: Taken) -> Kept | None:
    """That of this night was read back before it got its name."""
    return as_read(kept, taken.manifest, viewer.now) if kept.path == taken.path else check(kept, viewer.now)


async def _tell_damaged(viewer: Viewer, damaged: list[Kept]) -> None:
    """Each finding once, also where the process was killed between finding and telling."""
    async with transaction():
        for kept in damaged:
            await telling.tell(
                viewer,
                topic=Topic.ACCOUNT,
                words=say("The backup {name} is damaged", name=kept.path.name),
                more=say(
                    "It cannot be restored. Look at the disk that it lies on, and put a copy from elsewhere in its "
                    "place, or remove it. The backup of this night was taken, and read back."
                ),
                accounts=await administrators(viewer.today),
                link="/backups",
                key=f"backup.damaged:{kept.path.name}:{kept.checked_at}",
            )
