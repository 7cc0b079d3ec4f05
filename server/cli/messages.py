"""`luzhi messages`: deliver what is due, remind of what ends soon, and try the mail server; for a timer, or by hand."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from uuid import uuid4

import click

from server.cli.system import at_work
from server.models.accounts.ending import remind
from server.models.messages.delivering import Rejected, Unavailable
from server.models.messages.letters import Letter, Reader
from server.posting import PostOffice, run
from server.rules.messages import EMAIL
from server.settings import Settings
from server.viewer import Viewer
from server.words import Words, say


@click.group()
def messages() -> None:
    """What people are told, on its way out of the house."""


@messages.command("deliver")
def deliver() -> None:
    """Send all messages that are due. Run it each minute; two at once do not send anything twice."""
    click.echo(asyncio.run(_as_system("delivery of messages", _deliver)))


@messages.command("remind")
def reminding() -> None:
    """Tell people whose API tokens end soon, once for each. Run it each day."""
    click.echo(asyncio.run(_as_system("reminders", remind)))


@messages.command("try")
@click.argument("address")
def trying(address: str) -> None:
    """Send a message to an address, to see whether the mail server takes it."""
    click.echo(asyncio.run(_try(address)))


async def _as_system(name: str, work: Callable[[Viewer], Awaitable[Words]]) -> str:
    async with at_work(name) as viewer:
        return str(await work(viewer))


async def _deliver(viewer: Viewer) -> Words:
    return await run(viewer, Settings.from_environment(os.environ))


async def _try(address: str) -> str:
    settings = Settings.from_environment(os.environ)
    if settings.mail is None:
        raise click.ClickException("No mail server is set up. Set LUZHI_SMTP_URL and LUZHI_SMTP_SENDER.")
    title = say("A message to see whether messages arrive")
    text = "\n\n".join(title.into(locale) for locale in ("zh", "en"))
    letter = Letter(uuid4(), EMAIL, Reader(email=address), title.into("zh"), text, choices=settings.base_url)
    try:
        async with PostOffice(settings) as post:
            await post.send(letter)
    except (Rejected, Unavailable) as refused:
        raise click.ClickException(f"{settings.mail.host} did not take it: {refused}") from refused
    return f"{settings.mail.host} took it. See whether it arrives at {address}."
