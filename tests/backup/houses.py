"""Databases of either kind, several in one test, and what stands in them."""

import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from server import backup
from server.backup.reading import opened
from server.models import database
from server.settings import Settings
from tests import make
from tests.migrations import catalog

SYSTEM = "command line"
TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")


def system(now: dt.datetime = make.NOW) -> Any:
    """The one who takes and restores."""
    from server.rules.permissions import Role

    return make.viewer(Role.ADMINISTRATOR, name=SYSTEM, now=now)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[None]:
    """Within, that database is the one."""
    await database.connect(url)
    try:
        yield
    finally:
        await database.close()


def files(folder: Path) -> backup.Place:
    """The files of a data directory, of the connected database."""
    settings = Settings.from_environment({"LUZHI_DATA_DIR": str(folder), "LUZHI_SECRET_KEY": "k" * 40})
    folder.mkdir(parents=True, exist_ok=True)
    return backup.place(settings.data_dir, database.file_of(), settings.backup_dir)


async def take(path: Path, folder: Path, now: dt.datetime = make.NOW) -> backup.Taken:
    """A backup of the connected database."""
    return await backup.take(system(now), path, files(folder))


def spoil(path: Path) -> None:
    """Some bytes of it are others; its size stays."""
    with path.open("r+b") as file:
        file.seek(500)
        file.write(b"\0\0\0\0")


async def restore(path: Path, folder: Path, **wish: bool) -> backup.Restored:
    """Into the connected database."""
    with opened(path) as found:
        return await backup.restore(system(), found, files(folder), backup.Wish(**wish))


async def content() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table in one form for both databases."""
    return {
        table: sorted(({name: plain(value) for name, value in row.items()} for row in rows), key=str)
        for table, rows in (await catalog.content()).items()
    }


def plain(value: Any) -> Any:
    """What a value means, however the database keeps it."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str) and TIME.match(value):
        return dt.datetime.fromisoformat(value).astimezone(dt.UTC).isoformat()
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value
