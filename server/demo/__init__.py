"""The demo assembly: made up, the same in every database, with gaps on purpose; nobody in it is a real person."""

import datetime as dt
from collections.abc import Mapping

from server.demo.accounts import SIGN_INS, add_accounts
from server.demo.bodies import add_bodies, add_names, add_relations, add_terms
from server.demo.groups import add_groups
from server.demo.meetings import add_meetings
from server.demo.messages import add_messages
from server.demo.news import add_news
from server.demo.places import add_branches, add_committees, add_leading_bodies, add_others, add_sectors
from server.demo.reading import add_reading, bring
from server.demo.requests import add_requests
from server.demo.rows import Rows, key
from server.demo.seats import add_last_term, add_members
from server.errors import Conflict, Problem
from server.models import audit
from server.models.accounts import Account
from server.models.assembly import Assembly
from server.models.bodies import Body
from server.models.database import BATCH, append_lock, transaction
from server.models.documents import Filed
from server.models.imports import ImportRun
from server.models.members import Person, Term
from server.passwords import COST, Cost, hashed
from server.rules.accounts import DEMO_PASSWORD
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say

__all__ = ["SIGN_INS", "assembly", "bring", "holds_anything", "install"]

INSTALL = "demo.install"
"""What the trail of a database begins with that began with the demo."""


async def install(viewer: Viewer, *, filed: Mapping[str, Filed], cost: Cost = COST) -> None:
    """Write the demo into an empty database, in one transaction with one audit entry.

    filed: what `bring` gives.

    The newest members joined in the month before `viewer.today`; all else is fixed. Raises Conflict where the
    database holds anything.
    """
    viewer.must(Action.MANAGE_ACCOUNTS)
    password_hash = await hashed(DEMO_PASSWORD, cost)
    async with transaction():
        await append_lock()
        await _must_be_empty()
        rows = assembly(viewer.now, viewer.today, password_hash, filed)
        for table in rows.tables():
            await type(table[0]).bulk_create(table, batch_size=BATCH)
        counts = {type(table[0])._meta.db_table: len(table) for table in rows.tables()}
        await audit.record(viewer, INSTALL, "", counts)


async def holds_anything() -> bool:
    """Is there any person, body, term, account, import or audit entry, or a name of the assembly?"""
    tables = (Person, Body, Term, Account, ImportRun, audit.AuditEntry, Assembly)
    return any([await table.exists() for table in tables])


def assembly(now: dt.datetime, today: dt.date, password_hash: str, filed: Mapping[str, Filed]) -> Rows:
    """All rows of the demo as they stand on the day of its installation."""
    rows = Rows(now, today)
    add_names(rows)
    add_terms(rows)
    add_bodies(rows)
    add_relations(rows)
    members = add_members(rows)
    add_last_term(rows, members)
    add_leading_bodies(rows, members)
    add_sectors(rows, members)
    add_committees(rows, members)
    add_branches(rows, members)
    add_groups(rows, members)
    add_others(rows)
    add_accounts(rows, members, password_hash)
    add_messages(rows, members)
    add_requests(rows)
    add_reading(rows, members, filed)
    add_meetings(rows, members)
    add_news(rows, members)
    return rows


async def _must_be_empty() -> None:
    if await Term.exists(id=key("term", "15")):
        raise Conflict(Problem("DEMO_ALREADY", say("The demo assembly is in this database already.")))
    if await holds_anything():
        said = say(
            "This database is not empty, and the demo assembly goes only into an empty one. "
            "Name another by LUZHI_DATABASE_URL or LUZHI_DATA_DIR."
        )
        raise Conflict(Problem("NOT_EMPTY", said))
