"""`luzhi migrate`: the database brought up to the tables of this version."""

import asyncio
import os

import click

from server.models import database
from server.models.health import UNREACHABLE
from server.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database up to this version's tables: all of it, or nothing where a step fails."""
    names = asyncio.run(_migrated(Settings.from_environment(os.environ)))
    click.echo(f"Migrated: {', '.join(names)}." if names else "The database has today's tables already.")


async def _migrated(settings: Settings) -> list[str]:
    await database.connect(settings.database_url)
    try:
        return await database.migrate()
    except (*UNREACHABLE, database.Broken) as error:
        raise click.ClickException(str(error)) from error
    finally:
        await database.close()
