"""Restoring a backup: whole, in one transaction, or not at all."""

from dataclasses import dataclass
from pathlib import Path

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet

from server.backup import emptying
from server.backup.ending import end
from server.backup.faults import BackupError, NotEmpty, Unfit
from server.backup.files import Place, must_fit, settle, staged
from server.backup.loading import load
from server.backup.manifest import Manifest
from server.backup.reading import Backup, Progress, nobody
from server.models import audit
from server.models.audit import AuditEntry, Verification
from server.models.database import (
    is_postgres,
    known_migrations,
    migrate,
    references_aside,
    transaction,
)
from server.rules.permissions import Action
from server.viewer import Viewer

RESTORE = "backup.restore"


@dataclass(frozen=True)
class Restored:
    """What was restored. migrated: what brought it up to this program. ended: ways in, how many of each."""

    manifest: Manifest
    migrated: list[str]
    ended: dict[str, int]
    trail: Verification


@dataclass(frozen=True)
class Wish:
    """What the operator says. replace: what the database holds goes. keep_tokens: those of programs stay good."""

    replace: bool = False
    keep_tokens: bool = False


async def must_know(manifest: Manifest) -> None:
    """Raises Unfit for a backup of a newer program."""
    if unknown := sorted(set(manifest.migrations) - set(await known_migrations())):
        raise Unfit(
            f"This backup was made by a newer Luzhi ({manifest.product}, with {unknown[0]}). Install that one first."
        )


async def restore(viewer: Viewer, backup: Backup, files: Place, wish: Wish, progress: Progress = nobody) -> Restored:
    """Put a checked backup into the connected database, and bring it up to this program.

    Raises BackupError where the database holds something and `wish.replace` is not said, or where something does not
    fit; then nothing was changed. Ends sessions and what else `ending` names.
    """
    viewer.must(Action.KEEP_BACKUPS)
    await must_know(backup.manifest)
    must_fit(backup.manifest.files, files.data, files, replace=wish.replace)
    with staged(backup, files.data) as folder:
        async with references_aside(), transaction() as client:
            await _begin(client, wish)
            migrated = await _fill(client, backup, progress)
            ended = await end(viewer.now, keep_tokens=wish.keep_tokens)
            await _record(viewer, backup.manifest, wish)
            settle(folder, files.data)
    return Restored(backup.manifest, migrated, ended, await audit.verify())


def restored() -> QuerySet[AuditEntry]:
    """The entry of the last restore, if there was any: what was told after its backup was taken is told no more."""
    return AuditEntry.filter(action=RESTORE).order_by("-serial").limit(1)


async def _begin(client: BaseDBAsyncClient, wish: Wish) -> None:
    """No table of ours is there afterwards."""
    await emptying.alone(client)
    if not wish.replace and (found := await emptying.held(client)):
        told = ", ".join(f"{count} rows of {table}" for table, count in list(found.items())[:4])
        raise NotEmpty(f"This database is not empty: it has {told} ...")
    await emptying.drop(client)


async def _fill(client: BaseDBAsyncClient, backup: Backup, progress: Progress) -> list[str]:
    """The tables as they were, their rows, and what this program has beyond that. Indexes and triggers come last."""
    manifest = backup.manifest
    wanted = [name for name in await known_migrations() if name in manifest.migrations]
    if not wanted or await migrate(wanted[-1]) != wanted:
        raise Unfit("The migrations of this backup do not follow each other.")
    await load(client, backup, progress)
    migrated = await migrate()
    await _must_be_whole(manifest)
    if is_postgres():
        await client.execute_query("ANALYZE")
    return migrated


async def _must_be_whole(manifest: Manifest) -> None:
    last = await AuditEntry.all().order_by("-serial").first()
    if last and (last.serial, last.hash) != (manifest.trail.entries, manifest.trail.hash):
        raise BackupError("The audit trail does not end with the entry that the backup says.")


async def _record(viewer: Viewer, manifest: Manifest, wish: Wish) -> None:
    facts = {"taken_at": manifest.taken_at, "product": manifest.product, "database": manifest.database}
    facts |= {"entries": manifest.trail.entries, "hash": manifest.trail.hash, "tokens_kept": wish.keep_tokens}
    await audit.record(viewer, RESTORE, "", facts)


def name_of(url: str) -> str:
    """What the database of that address is called: the last part of it."""
    return Path(url.partition("?")[0]).name
