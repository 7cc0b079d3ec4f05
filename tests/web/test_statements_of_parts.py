"""How many SQL statements the lists within a thing cost: pinned, and the same for 3 rows and for 300."""

import datetime as dt

import pytest

from server.models.audit import record
from server.models.bodies import BodyKind
from server.models.database import transaction
from server.models.imports import ImportRow, ImportRun
from server.models.members import Person
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.web.test_statements import Statements, _cost
from tests.web.visitors import Asks

PART = "(first: 100) { totalCount pageInfo { hasNextPage } edges { node { %s } } }"
ENTRY = PART % "code reason person { id name } places { id name }"
ASKED = {
    "readings": f"query($id: ID!) {{ person(id: $id) {{ readings {PART % 'at by reader { name } fields'} }} }}",
    "rows": f"query($id: ID!) {{ importRun(id: $id) {{ rows {PART % 'row label outcome messages { message }'} }} }}",
    "lists": f"{{ coverage {{ lists {{ uncovered {ENTRY} pending {ENTRY} duplicate {ENTRY} endedGroup {ENTRY} }} }} }}",
}
COSTS = {"readings": 1, "rows": 1, "lists": 1}


@pytest.mark.parametrize("name", ASKED)
async def test_a_list_within_a_thing_costs_no_statement_per_row(
    ask: Asks, everyone: Cast, statements: Statements, name: str
) -> None:
    seen = everyone.people["member"]
    run = await ImportRun.create(file_name="people.csv", sha256="0" * 64, started_at=make.NOW)
    variables = {"readings": {"id": id_of(seen)}, "rows": {"id": id_of(run)}}.get(name, {})
    counts, sizes = [], []
    for start, stop in ((0, 3), (3, 300)):
        async with transaction():
            for number in range(start, stop):
                await _add(everyone, seen, run, number)
        with statements() as asked:
            answer = await ask("member" if name == "readings" else "admin", ASKED[name], **variables)
        assert "errors" not in answer
        counts.append(_cost(asked))
        sizes.append(str(answer).count("'node'"))

    assert counts == [COSTS[name]] * 2
    assert sizes[0] < sizes[1] // 10


async def _add(cast: Cast, seen: Person, run: ImportRun, number: int) -> None:
    """One reading of a file, one row of a file, one member in each list of coverage."""
    await record(cast["chair"], "members.read_file", "", {id_of(seen): ["email"]})
    await ImportRow.create(run=run, kind="people", list_name="rows", row=number, label="Row", outcome="new", changes=[])
    ended = await make.body(BodyKind.LEARNING_GROUP, f"Ended {number}", ends_on=make.TODAY - dt.timedelta(days=1))
    other = await make.body(BodyKind.LEARNING_GROUP, f"Other {number}")
    for bodies, days in (((), 999), ((), 1), ((cast.group, other), 999), ((ended,), 999)):
        person, since = await make.person(), make.TODAY - dt.timedelta(days=days)
        await make.seat(person, cast.term, sector=cast.sector, starts_on=since)
        for body in bodies:
            await make.place(body, person)
