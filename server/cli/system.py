"""The command line as one who asks, and the database as long as a command needs it."""

import contextlib
import datetime as dt
import os
from collections.abc import AsyncIterator

import click

from server.models import database
from server.models.health import unready
from server.settings import Settings
from server.viewer import Viewer, system_viewer


@contextlib.asynccontextmanager
async def at_work(name: str = "command line") -> AsyncIterator[Viewer]:
    """A connected database, and the system viewer: `async with at_work() as viewer:`."""
    settings = Settings.from_environment(os.environ)
    await database.connect(settings.database_url)
    try:
        _stop_for(await unready())
        yield operator(settings, name)
    finally:
        await database.close()


def operator(settings: Settings, name: str = "command line") -> Viewer:
    """Who works on the machine itself, now. name: stands in the audit trail."""
    return system_viewer(settings.timezone, name, dt.datetime.now(dt.UTC))


def _stop_for(problem: str) -> None:
    if problem:
        raise click.ClickException(problem)
