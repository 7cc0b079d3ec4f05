"""`luzhi migrate`: the database, brought up to this program."""

import asyncio
import os

import click

from server.models import database
from server.models.health import UNREACHABLE
from server.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the tables of the database up to date. Safe to run at any time, by several at once."""
    try:
        names = asyncio.run(_migrate(Settings.from_environment(os.environ).database_url))
    except database.Broken as error:
        raise click.ClickException(str(error)) from error
    except UNREACHABLE as error:
        raise click.ClickException(f"The database does not answer ({error}). Run: luzhi check") from error
    for name in names:
        click.echo(f"Applied {name}.", err=True)
    click.echo("The database is up to date.", err=True)


async def _migrate(url: str) -> list[str]:
    await database.connect(url)
    try:
        return await database.migrate()
    finally:
        await database.close()
