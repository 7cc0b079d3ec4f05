"""The demo assembly out again, with all that was tried on top of it: the database is as on the first day."""

import datetime as dt
from dataclasses import dataclass

from server.backup import Place, emptying
from server.demo import INSTALL
from server.errors import Conflict, Invalid, Problem
from server.models import audit
from server.models.assembly import Assembly
from server.models.database import connection, migrate, references_aside, transaction
from server.rules.permissions import Action
from server.viewer import Viewer
from server.words import say


@dataclass(frozen=True)
class Leaving:
    """What goes. names: of the assembly, as it is called now. rows: of each table. brought: how many the demo had.

    files: their number, and bytes.
    """

    names: tuple[str, ...]
    since: dt.datetime
    rows: dict[str, int]
    brought: dict[str, int]
    files: tuple[int, int]


async def leaving(files: Place, *, otherwise: str) -> Leaving:
    """What would go. otherwise: the name to ask for where the assembly has none any more.

    Raises Conflict where the database did not begin with the demo.
    """
    begun = await _begun()
    sizes = [path.stat().st_size for path in files]
    rows = await emptying.held(connection())
    return Leaving(await _names() or (otherwise,), begun.at, rows, begun.facts or {}, (len(sizes), sum(sizes)))


async def remove(viewer: Viewer, *, files: Place, name: str, otherwise: str) -> None:
    """Empty a database that began with the demo, in one transaction, and then delete the files.

    name: of the assembly, as proof that this one is meant. otherwise: as for `leaving`. Raises Invalid for another
    name; then nothing was changed. Files go last: until the commit there are rows that speak of them.
    """
    viewer.must(Action.MANAGE_ACCOUNTS)
    async with references_aside(), transaction() as client:
        await emptying.alone(client)
        await _begun()
        _must_be_meant(name, await _names() or (otherwise,))
        await emptying.drop(client)
        await migrate()
    for path in files:
        path.unlink(missing_ok=True)


async def _begun() -> audit.AuditEntry:
    first = await audit.AuditEntry.filter(serial=1).first()
    if first is None or first.action != INSTALL:
        said = say("This database did not begin with the demo assembly, so nothing of it is removed.")
        raise Conflict(Problem("NO_DEMO", said))
    return first


async def _names() -> tuple[str, ...]:
    row = await Assembly.all().first()
    return tuple(filter(None, (row.name_zh, row.name_en))) if row else ()


def _must_be_meant(name: str, names: tuple[str, ...]) -> None:
    if name.strip() not in names:
        said = say("That is not the name of this assembly. Nothing was changed.")
        raise Invalid(Problem("OTHER_NAME", said, "name"))
