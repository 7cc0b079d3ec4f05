"""`luzhi check`: whether the settings make sense and the database is ready, and what to do where not."""

import asyncio
import datetime as dt
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import click

from server.assets import missing
from server.backup import Kept, damaged_of, last_good, lying_in
from server.files import Shelves, Unreachable
from server.models import database
from server.models.accounts import Account
from server.models.audit import AuditEntry
from server.models.documents import pointed_to
from server.models.health import unready
from server.paper.press import fault
from server.rules.retention import LATE, is_late
from server.settings import Settings, is_loopback


@click.command()
def check() -> None:
    """Say whether the configuration and the database are healthy; exit code 1 with what to do."""
    settings = Settings.from_environment(os.environ)
    operations_run(settings)
    click.echo(f"Settings: good. Data directory {settings.data_dir}, time zone {settings.timezone}.")
    if settings.only_here:
        click.echo(
            f"Warning: letters lead to {settings.base_url}, which no other machine reaches. Set LUZHI_BASE_URL.",
            err=True,
        )
    problem, begun = asyncio.run(_found(settings))
    if problem:
        raise click.ClickException(problem)
    click.echo("Database: good.")
    say_backups(settings, begun)
    asyncio.run(say_files(settings))
    if settings.assets_dir and (lacking := missing(settings.assets_dir)):
        raise click.ClickException(f"{settings.assets_dir} lacks {', '.join(lacking)}. Run luzhi assets on it again.")
    if problem := asyncio.run(fault()):
        raise click.ClickException(f"Paper: {problem}")
    click.echo("Paper: good.")


async def _found(settings: Settings) -> tuple[str, dt.datetime | None]:
    """What is wrong, or empty; and when the first thing was recorded that could be lost."""
    await database.connect(settings.database_url)
    try:
        host = urlsplit(settings.base_url).hostname or ""
        problem = await unready() or ("" if is_loopback(host) or not await demo_names() else demo_refusal(host))
        first = None if problem else await AuditEntry.get_or_none(serial=1)
        return problem, first.at if first else None
    finally:
        await database.close()


def say_backups(settings: Settings, begun: dt.datetime | None) -> None:
    """Of when the last good one is, and what is wrong. The service works without any, so nothing here is an error."""
    found = lying_in(settings.backup_dir)
    good = last_good(found)
    if good:
        click.echo(f"Backup: the last good one is of {good.astimezone(settings.timezone):%Y-%m-%d %H:%M}.")
    for warning in _warnings(settings, found, is_late(good, begun, dt.datetime.now(dt.UTC))):
        click.echo(f"Warning: {warning}", err=True)


def _warnings(settings: Settings, found: list[Kept], late: bool) -> Iterator[str]:
    if late:
        hours = LATE // dt.timedelta(hours=1)
        yield f"{settings.backup_dir} has no good backup of the last {hours} hours. Run: luzhi jobs run backup"
    for kept in damaged_of(found):
        yield (
            f"{kept.path} is damaged. Look at the disk, and put a copy from elsewhere in its place, or remove it; "
            "then run: luzhi jobs run backup"
        )


async def say_files(settings: Settings) -> None:
    """That every file to which a version of a document points is there. Raises ClickException where some are not."""
    await database.connect(settings.database_url)
    try:
        files = await pointed_to()
    finally:
        await database.close()
    try:
        lacking = await Shelves.at(settings.files_url).lacking(files) if files else set()
    except Unreachable as error:
        raise click.ClickException(f"Files: LUZHI_FILES_URL cannot be read. {error}") from error
    if lacking:
        raise click.ClickException(
            f"Files: {len(lacking)} of {len(files)} files of documents are not there, such as {min(lacking)}. Copy "
            "them to LUZHI_FILES_URL from your copy of that place."
        )
    if files:
        click.echo(f"Files: all {len(files)} are there.")


def operations_run(settings: Settings) -> None:
    """Raises SettingsError where one of the deployment's own operations cannot be run."""
    if settings.operations_dir:
        from server.app import stored  # it takes a second to import

        stored(settings)


async def demo_names() -> list[str]:
    """The accounts with the published password, by name."""
    return [account.name for account in await Account.filter(demo=True, active=True).order_by("name")]


def demo_refusal(host: str) -> str:
    """Why others may not reach a server with demo accounts, and what to do."""
    return (
        f"Others can reach {host}, and this database has accounts whose password is public. Serve it on 127.0.0.1 "
        "only, or change their passwords (luzhi account password NAME --password-stdin), or disable them."
    )
