"""`luzhi check`: whether the settings make sense and the database is ready, and what to do where not."""

import asyncio
import datetime as dt
import os
from urllib.parse import urlsplit

import click

from server.assets import missing
from server.backup import last_taken
from server.models import database
from server.models.accounts import Account
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
    problem, backup = asyncio.run(_found(settings))
    if problem:
        raise click.ClickException(problem)
    click.echo("Database: good.")
    if backup:
        click.echo(f"Backup: the last one was taken on {backup:%Y-%m-%d %H:%M}.")
    if settings.assets_dir and (lacking := missing(settings.assets_dir)):
        raise click.ClickException(f"{settings.assets_dir} lacks {', '.join(lacking)}. Run luzhi assets on it again.")
    if problem := asyncio.run(fault()):
        raise click.ClickException(f"Paper: {problem}")
    click.echo("Paper: good.")


async def _found(settings: Settings) -> tuple[str, dt.datetime | None]:
    """What is wrong, or empty; and when the last backup was taken, where the assembly sits."""
    await database.connect(settings.database_url)
    try:
        host = urlsplit(settings.base_url).hostname or ""
        problem = await unready() or ("" if is_loopback(host) or not await demo_names() else demo_refusal(host))
        return problem, None if problem else await _backup(settings)
    finally:
        await database.close()


async def _backup(settings: Settings) -> dt.datetime | None:
    """It may be that another tool takes them, so that none of ours is a warning, not an error."""
    last, begun = await last_taken()
    if is_late(last, begun, dt.datetime.now(dt.UTC)):
        click.echo(
            f"Warning: no backup of the last {LATE // dt.timedelta(hours=1)} hours. Run: luzhi backup FILE", err=True
        )
    return last.astimezone(settings.timezone) if last else None


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
