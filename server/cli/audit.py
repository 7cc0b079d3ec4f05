"""`luzhi audit verify`: is the audit trail whole?"""

import asyncio
import json
from dataclasses import asdict

import click

from server.cli.system import at_work
from server.models.audit import Verification
from server.models.audit import verify as walk


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Check every entry of the audit trail. Exit code 1 where it was tampered with."""
    found = asyncio.run(_verify())
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


async def _verify() -> Verification:
    async with at_work():
        return await walk()
