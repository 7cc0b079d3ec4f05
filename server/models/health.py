"""Whether the connected database is ready for work, and what to do where it is not."""

import logging
import sqlite3

import asyncpg
from tortoise.exceptions import BaseORMException

from server.models import database

log = logging.getLogger("luzhi.models")

UNREACHABLE = (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, BaseORMException)
"""What the drivers raise where the database does not answer."""


async def unready() -> str:
    """What keeps the database from work, for its operator; empty if nothing. Asks, changes nothing."""
    try:
        await database.health()
        applied = await database.migrations_applied()
    except UNREACHABLE:
        log.warning("the database does not answer", exc_info=True)
        return "The database does not answer. Start it, or mend LUZHI_DATABASE_URL. The log says more."
    return "" if applied else "The tables of the database are not those of this version. Run: luzhi migrate"
