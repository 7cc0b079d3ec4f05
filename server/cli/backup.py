"""`luzhi backup` and `luzhi restore`: everything into one file while others work, and back."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from server import backup as backups
from server.backup.manifest import Manifest
from server.backup.reading import Progress, nobody
from server.cli.system import operator
from server.models import database
from server.models.health import UNREACHABLE
from server.settings import Settings

STEPS = 1000
NEW = click.Path(dir_okay=False, path_type=Path)
THERE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command()
@click.argument("file", type=NEW)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def backup(file: Path, as_json: bool) -> None:
    """Write everything that Luzhi keeps to FILE, while others work: the database and the files of the data directory.

    The secret key is not in it: keep a copy of secret.key elsewhere.
    """
    with _plainly():
        taken = asyncio.run(_take(file.absolute()))
    answer = {"file": str(taken.path), "bytes": taken.bytes, "sha256": taken.sha256} | _facts(taken.manifest)
    _say(as_json, answer, f"{taken.path}: {_sum(taken.manifest)}, {taken.bytes:,} bytes, read back and whole.")
    if taken.manifest.trail.first_bad is not None:
        click.echo("Warning: the audit trail does not fit. Run: luzhi audit verify", err=True)


@click.command()
@click.argument("file", type=THERE)
@click.option("--replace", metavar="NAME", help="The name of the database of which everything goes first.")
@click.option("--keep-tokens", is_flag=True, help="Leave API tokens good, also those that were revoked since.")
@click.option("--dry-run", is_flag=True, help="Only check FILE, and say what is in it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def restore(
    context: click.Context, file: Path, replace: str | None, keep_tokens: bool, dry_run: bool, as_json: bool
) -> None:
    """Put the backup in FILE into an empty database, of either kind, whole or not at all.

    Stop `luzhi serve` first. Everyone signs in again afterwards, and programs need new tokens.
    """
    settings = Settings.from_environment(os.environ)
    name = backups.name_of(settings.database_url)
    if replace not in (None, name):
        raise click.UsageError(f"This database is called {name}, not {replace}.")
    wish = backups.Wish(replace=replace is not None, keep_tokens=keep_tokens)
    with _plainly(name), _opened(file) as found:
        if dry_run:
            asyncio.run(_known(settings, found))
            _say(as_json, _facts(found.manifest) | {"dry_run": True}, f"{file}: {_sum(found.manifest)}, whole.")
            return
        restored = asyncio.run(_restore(settings, found, wish))
    _say_restored(restored, as_json)
    if not restored.trail.ok:
        context.exit(1)


async def _take(file: Path) -> backups.Taken:
    settings = Settings.from_environment(os.environ)
    async with _connected(settings):
        with _bar("Backup") as progress:
            return await backups.take(operator(settings), file, _files(settings), progress)


async def _restore(settings: Settings, found: backups.Backup, wish: backups.Wish) -> backups.Restored:
    async with _connected(settings):
        with _bar("Restoring") as progress:
            return await backups.restore(operator(settings), found, _files(settings), wish, progress)


async def _known(settings: Settings, found: backups.Backup) -> None:
    async with _connected(settings):
        await backups.must_know(found.manifest)


def _files(settings: Settings) -> backups.Place:
    return backups.place(settings.data_dir, database.file_of(), settings.backup_dir)


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[None]:
    """Whatever state its tables are in."""
    await database.connect(settings.database_url)
    try:
        try:
            await database.health()
        except UNREACHABLE as error:
            raise backups.BackupError(f"The database does not answer ({error}). Run: luzhi check") from error
        yield
    finally:
        await database.close()


@contextmanager
def _opened(file: Path) -> Iterator[backups.Backup]:
    """The backup, once every byte of it was looked at."""
    with ExitStack() as stack:
        with _bar("Checking") as progress:
            found = stack.enter_context(backups.opened(file, progress=progress))
        yield found


@contextmanager
def _plainly(name: str = "") -> Iterator[None]:
    """What goes wrong is one sentence; exit code 1. name: of the database, for who has to say it."""
    try:
        yield
    except backups.NotEmpty as error:
        told = f"{error} Restore into an empty one; or, if all of this is to go, add: --replace {name}"
        raise click.ClickException(told) from error
    except (backups.BackupError, database.Broken) as error:
        raise click.ClickException(str(error)) from error
    except UNREACHABLE as error:
        told = (
            f"It came to nothing ({error}), and nothing was changed. Where others use the database, stop luzhi serve."
        )
        raise click.ClickException(told) from error


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    """A progress bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield nobody
        return
    with click.progressbar(length=STEPS, label=label, file=sys.stderr) as bar:

        def progress(done: int, whole: int) -> None:
            bar.update(max(0, STEPS * done // max(whole, 1) - bar.pos))

        yield progress
        bar.update(STEPS - bar.pos)


def _facts(manifest: Manifest) -> dict[str, Any]:
    """What a backup says of itself, for scripts."""
    return {
        "product": manifest.product,
        "taken_at": manifest.taken_at.isoformat(),
        "database": manifest.database,
        "migration": manifest.migrations[-1],
        "rows": manifest.rows,
        "tables": {table.table: table.rows for table in manifest.tables},
        "files": len(manifest.files),
        "audit": {"entries": manifest.trail.entries, "hash": manifest.trail.hash},
    }


def _sum(manifest: Manifest) -> str:
    return (
        f"{manifest.rows:,} rows of {len(manifest.tables)} tables and {len(manifest.files):,} files, "
        f"of {manifest.taken_at:%Y-%m-%d %H:%M} UTC"
    )


def _say(as_json: bool, facts: dict[str, Any], words: str) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else words)


def _say_restored(restored: backups.Restored, as_json: bool) -> None:
    trail = restored.trail
    answer = _facts(restored.manifest) | {
        "dry_run": False,
        "migrated": restored.migrated,
        "ended": restored.ended,
        "references": {"ok": True},
        "audit": asdict(trail),
    }
    ended = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in restored.ended.items() if count)
    lines = [
        f"Restored: {_sum(restored.manifest)}.",
        *(f"Applied {name}." for name in restored.migrated),
        "Every row that points to another finds it.",
        *([f"The audit trail is whole: {trail.entries} entries, {trail.purged} of them purged."] if trail.ok else []),
        *([f"Ended, since nobody knows what was revoked in the meantime: {ended}."] if ended else []),
    ]
    _say(as_json, answer, "\n".join(lines))
    if not trail.ok:
        told = f"Entry {trail.first_bad} of the audit trail does not fit, as it did not when the backup was taken."
        click.echo(f"{told} All else is restored.", err=True)
