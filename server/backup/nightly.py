"""What is done each night: a backup is taken, the earlier ones are read again, and those that are too many go."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from server.backup.files import Place, place
from server.backup.shelf import BackupState, Kept, check, lying_in, name_for, sweep
from server.backup.taking import take
from server.models.database import file_of
from server.rules.retention import kept as staying
from server.settings import Settings
from server.viewer import Viewer
from server.words import Words, say


@dataclass(frozen=True)
class Night:
    """What came of it: what the new one is called; how many are kept, are gone, and were found damaged now."""

    name: str
    kept: int
    gone: int
    damaged: int

    @property
    def words(self) -> Words:
        """One or two sentences."""
        said = say("{name} was taken; {kept} backups are kept, {gone} old ones are gone.", **vars(self))
        if not self.damaged:
            return said
        return say(
            "{said} Found damaged among the earlier ones: {damaged}. Look at the disk.", said=said, damaged=self.damaged
        )


async def nightly(viewer: Viewer, settings: Settings) -> Words:
    """Take the backup of this night where the settings say; what was done, in a sentence. A job calls it."""
    files = place(settings.data_dir, file_of(), settings.backup_dir)
    return (await night(viewer, settings.backup_dir, files)).words


async def night(viewer: Viewer, folder: Path, files: Place) -> Night:
    """Raises BackupError where none can be taken; then no earlier one goes, either."""
    await asyncio.to_thread(sweep, folder)
    taken = await take(viewer, folder / name_for(viewer.now), files)
    return await asyncio.to_thread(_tidied, viewer, folder, taken.path.name)


def _tidied(viewer: Viewer, folder: Path, name: str) -> Night:
    """Only backups that were read whole count: a damaged one takes the place of none, and stays to be looked at."""
    trusted = [kept for kept in lying_in(folder) if kept.state is BackupState.WHOLE]
    checked = [kept for kept in (check(one) for one in trusted) if kept]
    whole = {kept.taken_at.astimezone(viewer.zone): kept for kept in checked if kept.state is BackupState.WHOLE}
    stay = staying(whole)
    gone: list[Kept] = [kept for at, kept in whole.items() if at not in stay]
    for kept in gone:
        kept.path.unlink(missing_ok=True)
    return Night(name, len(stay), len(gone), len(checked) - len(whole))
