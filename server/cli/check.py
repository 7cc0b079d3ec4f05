"""`luzhi check`: whether the settings make sense and the database is ready, and what to do where not."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import click
from tortoise.exceptions import BaseORMException

from server.models import database
from server.models.accounts import Account
from server.settings import Settings, is_loopback

UNREACHABLE = (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, BaseORMException)
"""What a driver raises where the database does not answer."""


@click.command()
def check() -> None:
    """Say whether the configuration and the database are healthy; exit code 1 with what to do."""
    settings = Settings.from_environment(os.environ)
    click.echo(f"Settings: good. Data directory {settings.data_dir}, time zone {settings.timezone}.")
    if wrong := asyncio.run(_looked_at(settings)):
        click.echo("\n".join(wrong), err=True)
        sys.exit(1)
    click.echo("Database: good.")


async def _looked_at(settings: Settings) -> list[str]:
    await database.connect(settings.database_url)
    try:
        return [line async for line in database_problems(settings)]
    finally:
        await database.close()


async def database_problems(settings: Settings) -> AsyncIterator[str]:
    """What is wrong with the connected database, and the remedy; the tables are read only if they are there."""
    try:
        await database.health()
    except UNREACHABLE as error:
        yield f"Database: no answer ({error}). Start it, or mend LUZHI_DATABASE_URL."
        return
    if not await database.migrations_applied():
        yield "Database: its tables are not today's. Run: luzhi migrate"
        return
    host = urlsplit(settings.base_url).hostname or ""
    if not is_loopback(host) and await demo_names():
        yield f"LUZHI_BASE_URL: {demo_refusal(host)}"


async def demo_names() -> list[str]:
    """The accounts with the published password, by name."""
    return [account.name for account in await Account.filter(demo=True, active=True).order_by("name")]


def demo_refusal(host: str) -> str:
    """Why others may not reach a server with demo accounts, and what to do."""
    return (
        f"others can reach {host}, and this database has accounts whose password is public. Serve it on 127.0.0.1 "
        "only, or change their passwords (luzhi account password NAME --password-stdin), or disable them."
    )
