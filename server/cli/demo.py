"""`luzhi demo`: a made-up assembly to look at and to try things on."""

import asyncio

import click

from server.cli.system import at_work
from server.demo import SIGN_INS, holds_anything, install
from server.rules.accounts import DEMO_PASSWORD


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing, quietly, where the database holds anything already.")
def demo(if_empty: bool) -> None:
    """Write the demo assembly into an empty database: 300 members, and nine people to sign in as."""
    if asyncio.run(_install(if_empty)):
        click.echo("The demo assembly is in place. Sign in as one of these, all with the same password:", err=True)
        click.echo(f"  {', '.join(SIGN_INS)}\n  {DEMO_PASSWORD}", err=True)


async def _install(if_empty: bool) -> bool:
    """False where nothing was to be done."""
    async with at_work() as viewer:
        if if_empty and await holds_anything():
            return False
        await install(viewer)
        return True
