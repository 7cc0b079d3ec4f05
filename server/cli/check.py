"""`luzhi check`: whether the settings make sense and the database is ready, and what to do where not."""

import asyncio
import os
from urllib.parse import urlsplit

import click

from server.models import database
from server.models.accounts import Account
from server.models.health import unready
from server.settings import Settings, is_loopback


@click.command()
def check() -> None:
    """Say whether the configuration and the database are healthy; exit code 1 with what to do."""
    settings = Settings.from_environment(os.environ)
    operations_run(settings)
    click.echo(f"Settings: good. Data directory {settings.data_dir}, time zone {settings.timezone}.")
    if problem := asyncio.run(_problem(settings)):
        raise click.ClickException(problem)
    click.echo("Database: good.")


async def _problem(settings: Settings) -> str:
    await database.connect(settings.database_url)
    try:
        host = urlsplit(settings.base_url).hostname or ""
        return await unready() or ("" if is_loopback(host) or not await demo_names() else demo_refusal(host))
    finally:
        await database.close()


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
