"""The command line as one who asks, and the database as long as a command needs it."""

import contextlib
import datetime as dt
import os
from collections.abc import AsyncIterator

import click

from server.models import database
from server.models.health import unready
from server.rules.permissions import HeldRole, Role
from server.settings import Settings
from server.viewer import Viewer
from server.words import say


def system_viewer(settings: Settings, name: str = "command line") -> Viewer:
    """The system itself, administrator for all. name: stands in the audit trail, such as "command line"."""
    held = HeldRole(Role.ADMINISTRATOR, source=say("works on the machine itself"))
    return Viewer(now=dt.datetime.now(dt.UTC), zone=settings.timezone, name=name, roles=(held,), locale="en")


@contextlib.asynccontextmanager
async def at_work(name: str = "command line") -> AsyncIterator[Viewer]:
    """A connected database, and the system viewer: `async with at_work() as viewer:`."""
    settings = Settings.from_environment(os.environ)
    await database.connect(settings.database_url)
    try:
        _stop_for(await unready())
        yield system_viewer(settings, name)
    finally:
        await database.close()


def _stop_for(problem: str) -> None:
    if problem:
        raise click.ClickException(problem)
