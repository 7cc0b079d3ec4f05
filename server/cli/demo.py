"""`luzhi demo`: a made-up assembly to look at and to try things on, and how it goes again."""

import asyncio
import os
import sys
from dataclasses import replace

import click

from server import backup
from server.cli.system import at_work
from server.demo import SIGN_INS, bring, holds_anything, install
from server.demo.removing import Leaving, leaving
from server.demo.removing import remove as remove_all
from server.files import Shelves
from server.leaf import Leaves
from server.models import database
from server.models.health import UNREACHABLE
from server.rules.accounts import DEMO_PASSWORD
from server.schema.readings.giving import House
from server.settings import Settings


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing, quietly, where the database holds anything already.")
@click.option("--remove", is_flag=True, help="Take it out again, with all that was tried on top of it.")
@click.option("--name", help="With --remove, where there is no terminal: the assembly's name, in either language.")
def demo(if_empty: bool, remove: bool, name: str | None) -> None:
    """Write the demo assembly into an empty database: 300 members, and nine people to sign in as.

    --remove empties a database that began with it. It says what goes, and asks for the name of the assembly.
    """
    if (if_empty and remove) or (name is not None and not remove):
        raise click.UsageError("--name belongs to --remove, and --remove does not go with --if-empty.")
    if remove:
        _remove(Settings.from_environment(os.environ), name)
    elif asyncio.run(_install(if_empty)):
        click.echo("The demo assembly is in place. Sign in as one of these, all with the same password:", err=True)
        click.echo(f"  {', '.join(SIGN_INS)}\n  {DEMO_PASSWORD}", err=True)


async def _install(if_empty: bool) -> bool:
    """False where nothing was to be done."""
    async with at_work() as viewer:
        if if_empty and await holds_anything():
            return False
        settings = Settings.from_environment(os.environ)
        house = House(Shelves.at(settings.files_url), Leaves())
        await install(viewer, filed=await bring(house))
        return True


def _remove(settings: Settings, name: str | None) -> None:
    found = asyncio.run(_leaving(settings))
    click.echo(_told(found, settings), err=True)
    typed = name if name is not None else _asked(found)
    try:
        asyncio.run(_gone(settings, typed))
    except UNREACHABLE as error:
        told = f"It came to nothing ({error}), and nothing was changed. Stop luzhi serve, then try again."
        raise click.ClickException(told) from error
    click.echo("The demo assembly is gone: the database is empty, as on the first day.", err=True)
    click.echo("If luzhi serve runs, start it anew. What comes next:", err=True)
    click.echo("  luzhi account add NAME --role administrator", err=True)


def _asked(found: Leaving) -> str:
    asked = f"the name of the assembly ({' or '.join(found.names)})"
    if not sys.stdin.isatty():
        raise click.UsageError(f"There is no terminal to ask on. If all of this is to go, add: --name and {asked}.")
    return str(click.prompt(f"If all of this is to go, type {asked}", err=True))


async def _leaving(settings: Settings) -> Leaving:
    async with at_work():
        return await leaving(_files(settings), otherwise=backup.name_of(settings.database_url))


async def _gone(settings: Settings, name: str) -> None:
    async with at_work() as viewer:
        otherwise = backup.name_of(settings.database_url)
        await remove_all(viewer, files=_files(settings), name=name, otherwise=otherwise)


def _files(settings: Settings) -> backup.Place:
    """What a backup takes along, but what the operator put there."""
    place = backup.place(settings.data_dir, database.file_of(), settings.backup_dir)
    own = tuple(path.absolute() for path in (settings.assets_dir, settings.operations_dir) if path)
    return replace(place, apart=(*place.apart, *own))


def _told(found: Leaving, settings: Settings) -> str:
    begun = found.since.astimezone(settings.timezone)
    count, size = found.files
    lines = [
        f"This database began with the demo assembly, on {begun:%Y-%m-%d %H:%M}. All of it goes, and all that was "
        "tried on top of it:",
        *(f"  {rows:>9,}  {table}{_beside(rows, found.brought.get(table))}" for table, rows in found.rows.items()),
        f"  {sum(found.rows.values()):>9,}  rows in all",
        f"  {count:>9,}  files of {settings.data_dir}, {size:,} bytes",
        f"Backups stay where they are ({settings.backup_dir}). To keep what is there now, take one first: "
        "luzhi backup FILE",
    ]
    return "\n".join(lines)


def _beside(rows: int, brought: int | None) -> str:
    return "" if brought in (None, rows) else f" (the demo brought {brought:,})"
