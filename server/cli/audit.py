"""`luzhi audit`: is the audit trail whole, and does it still go through what was kept elsewhere?"""

import asyncio
import datetime as dt
import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from server.checkpoints import Checkpoint, NoCheckpoint, opened
from server.cli.system import at_work
from server.models.audit import Verification, end
from server.models.audit import verify as walk
from server.settings import Settings


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept elsewhere: the trail must go through it. Can be given several times.",
)
@click.pass_context
def verify(context: click.Context, as_json: bool, files: tuple[Path, ...]) -> None:
    """Check every entry of the audit trail. Exit code 1 where it was tampered with."""
    through = {point.serial: point.hash for point in map(_opened, files)}
    found = asyncio.run(_verify(through))
    if as_json:
        click.echo(json.dumps(asdict(found)))
    elif found.ok:
        click.echo(f"The audit trail is whole: {found.entries} entries, {found.purged} of them purged.")
    if not found.ok:
        click.echo(
            f"Entry {found.first_bad} does not fit: someone changed the database by hand. Keep a copy of it, compare "
            "with the last backup, and find out who has access to the database.",
            err=True,
        )
        context.exit(1)


@audit.command("checkpoint")
def checkpoint() -> None:
    """Print where the audit trail stands now, sealed, to be kept elsewhere: > 2026-11-30.json"""
    click.echo(asyncio.run(_checkpoint()), nl=False)


async def _checkpoint() -> str:
    async with at_work():
        return Checkpoint.now(*await end(), dt.datetime.now(dt.UTC)).sealed(_secret())


async def _verify(through: dict[int, str]) -> Verification:
    async with at_work():
        return await walk(through)


def _opened(file: Path) -> Checkpoint:
    try:
        return opened(file.read_text("utf-8"), _secret())
    except (NoCheckpoint, UnicodeDecodeError) as error:
        raise click.ClickException(
            f"{file} is no checkpoint of this house: it was changed, or it was sealed with another LUZHI_SECRET_KEY. "
            "What it says can still be compared by hand: the entry of that number must have that hash."
        ) from error


def _secret() -> str:
    return Settings.from_environment(os.environ).secret_key
