"""Who read a file, compiled and ordinary: one's own, everyone's for the auditor, refused to others."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from server import schema
from server.models.audit import purge, record
from server.models.database import transaction
from server.models.members import Person
from server.schema.compiling.marks import NotCompiled
from server.schema.ids import id_of
from server.schema.reading import Asking
from tests import make
from tests.cast import Cast
from tests.compiling.test_roads import answers, compiler
from tests.web.test_statements import Statements

READINGS = """query($id: ID!, $first: Int, $after: String, $last: Int) { person(id: $id) { nameEn
  readings(first: $first, after: $after, last: $last) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { at by program exported fields them: reader { id nameEn memberships { no } } __typename } }
  } } }"""
EVERYONE = "{ people { edges { node { readings { totalCount edges { node { by fields } } } } } } }"


@pytest.fixture
async def read(everyone: Cast) -> Cast:
    """Mei's file was read alone, among others, in an export, by a token, by the system; of some nobody knows more."""
    mei, lin = everyone.people["member"], everyone.people["leader"]
    await Person.all().update(created_at=make.NOW)
    later = make.NOW + dt.timedelta(hours=1)
    token = make.viewer(account=everyone.accounts["secretary"].id, name="secretary", client=make.some_id())
    system = make.viewer(name="command line")
    async with transaction():
        await record(everyone["chair"], "members.read_file", id_of(mei), {id_of(mei): ["email", "birth_date"]})
        await record(everyone["admin"], "members.read_file", id_of(lin), {id_of(lin): ["phone"]})
    await purge(replace(everyone["admin"], now=later), later)
    async with transaction():
        await record(everyone["chair"], "members.read_file", id_of(mei), {id_of(mei): ["email", "birth_date"]})
        await record(token, "members.read_file", "", {id_of(lin): ["phone"], id_of(mei): ["email"]})
        await record(system, "members.export", "", {"people": 5})
        await record(system, "members.add", id_of(mei), {})
    return everyone


@pytest.mark.parametrize("part", [{}, {"first": 2}, {"last": 2}])
async def test_both_roads_tell_the_same_readings(read: Cast, part: dict[str, Any]) -> None:
    for name, whose in (("member", "member"), ("auditor", "member"), ("admin", "leader"), ("leader", "leader")):
        asking, wanted = Asking(read[name]), {"id": id_of(read.people[whose]), **part}
        ordinary, compiled = await answers(READINGS, asking, wanted)
        assert compiled == ordinary
        after = compiled["person"]["readings"]["pageInfo"]["endCursor"]
        ordinary, compiled = await answers(READINGS, asking, wanted | {"first": 2, "last": None, "after": after})
        assert compiled == ordinary


async def test_ones_own_readings_are_one_statement(read: Cast, statements: Statements) -> None:
    with statements() as asked:
        text = await compiler.read(READINGS, None, {"id": id_of(read.people["member"])}, Asking(read["member"]))

    told = [edge["node"] for edge in json.loads(text)["person"]["readings"]["edges"]]
    assert len(asked) == 1
    assert [(one["by"], one["program"], one["exported"], one["fields"]) for one in told] == [
        ("command line", False, True, ["birthDate", "email", "phone", "politicalAffiliation", "statusReason"]),
        ("secretary", True, False, ["email"]),
        ("chair", False, False, ["email", "birthDate"]),
        ("chair", False, False, None),
    ]
    assert [one["them"] and one["them"]["nameEn"] for one in told] == [None, None, "Wen Chair", "Wen Chair"]


async def test_readings_of_all_people_are_told_alike(read: Cast) -> None:
    for name in ("auditor", "admin"):
        ordinary, compiled = await answers(EVERYONE, Asking(read[name]))
        assert compiled == ordinary


@pytest.mark.parametrize("name", ["member", "secretary"])
async def test_readings_of_anothers_file_take_the_ordinary_road(read: Cast, name: str) -> None:
    for text, variables in ((READINGS, {"id": id_of(read.people["leader"])}), (EVERYONE, {})):
        asking = Asking(read[name])
        with pytest.raises(NotCompiled):
            await compiler.read(text, None, variables, asking)
        result = schema.formatted(await schema.ask(text, variables, asking, None), asking)
        assert {error["extensions"]["kind"] for error in result["errors"]} == {"REFUSED"}
        assert asking.files_read == {}


async def test_a_reader_who_left_is_told_by_the_name_of_the_trail(read: Cast) -> None:
    gone = f"acc_{make.some_id()}"
    async with transaction():
        await record(make.viewer(name=gone), "members.read_file", id_of(read.people["member"]), {})

    ordinary, compiled = await answers(
        READINGS, Asking(read["member"]), {"id": id_of(read.people["member"]), "first": 1}
    )

    assert compiled == ordinary
    assert compiled["person"]["readings"]["edges"][0]["node"]["by"] == gone
