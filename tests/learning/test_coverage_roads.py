"""Coverage, compiled and ordinary: the same figures, lists and logged files for everyone, on both databases."""

import json
from typing import Any

import pytest

from server import schema
from server.models.bodies import BodyKind
from server.schema.compiling.marks import NotCompiled
from server.schema.reading import Asking
from tests import make
from tests.cast import NAMES, Cast
from tests.compiling.test_roads import compiler
from tests.web.test_statements import Statements

COVERAGE = """query(
  $kind: BodyKind! = LEARNING_GROUP, $term: String, $on: Date, $first: Int, $after: String, $last: Int,
  $before: String
) {
  coverage(kind: $kind, term: $term, on: $on) {
    kind on of part mayAssign members none one more pending __typename term { code }
    sectors { name members none one more pending sector { id name } }
    lists {
      uncovered(first: $first, after: $after, last: $last, before: $before) { ...Listed }
      pending(first: $first, after: $after, last: $last, before: $before) { ...Listed }
      duplicate(first: $first, after: $after, last: $last, before: $before) { ...Listed }
      endedGroup(first: $first, after: $after, last: $last, before: $before) { ...Listed }
      leadershipIncomplete { code reason rule group { id name manageable leaders { role } } }
    }
  }
}
fragment Listed on CoverageEntryConnection {
  totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  edges { cursor node { __typename code reason person { id nameEn } places { id name } } }
}"""


async def both(asking: Asking, text: str = COVERAGE, **variables: Any) -> tuple[Any, Any]:
    """The answers of both roads, with the files that each opened."""
    ordinary = await schema.api.execute(text, variables, asking)
    assert not ordinary.errors
    opened = dict(asking.files_read)
    asking.files_read.clear()
    compiled = json.loads(await compiler.read(text, None, variables, asking))
    return (ordinary.data, opened), (compiled, dict(asking.files_read))


@pytest.fixture
async def crowd(world: dict[str, Any], everyone: Cast) -> list[str]:
    """Members in no group, by pinyin, and a sensitive group in which one of them sits."""
    people = [await make.person(name_en=f"Un {letter}", political_affiliation="CPC") for letter in "abcde"]
    for who in people:
        await make.seat(who, everyone.term, sector=everyone.sector)
    await make.place(await make.body(BodyKind.LEARNING_GROUP, "Quiet", sensitive=True), people[4])
    branch = await make.body(BodyKind.PARTY_BRANCH, "Branch")
    await make.place(branch, people[0])
    return [str(who.id) for who in people]


@pytest.mark.parametrize("kind", ["LEARNING_GROUP", "PARTY_BRANCH", "SECTOR", "READING_GROUP"])
async def test_both_roads_tell_the_same_coverage(everyone: Cast, crowd: list[str], kind: str) -> None:
    compiled = 0
    for name in NAMES[:-1]:
        for more in ({}, {"term": "14"}, {"on": "2025-12-31"}, {"on": "9999-12-31"}, {"on": "0001-01-01"}):
            asking = Asking(everyone[name])
            result = await schema.api.execute(COVERAGE, {"kind": kind, **more}, asking)
            if result.errors:
                with pytest.raises(NotCompiled):
                    await compiler.read(COVERAGE, None, {"kind": kind, **more}, asking)
                continue
            ordinary, short = await both(Asking(everyone[name]), kind=kind, **more)
            assert short == ordinary, (name, more)
            compiled += 1
    assert compiled


async def test_a_list_goes_on_from_a_place_on_either_road(everyone: Cast, crowd: list[str]) -> None:
    asking, seen = Asking(everyone["secretary"]), []
    for part in ({"first": 2}, {"last": 2}):
        place: dict[str, Any] = {}
        for _ in range(3):
            ordinary, compiled = await both(asking, **part, **place)
            assert compiled == ordinary
            found = ordinary[0]["coverage"]["lists"]["uncovered"]
            seen.append([edge["node"]["person"]["nameEn"] for edge in found["edges"]])
            info = found["pageInfo"]
            place = {"after": info["endCursor"]} if "first" in part else {"before": info["startCursor"]}

    forward, backward = seen[:3], seen[3:]
    assert [name for names in forward for name in names] == [name for names in backward[::-1] for name in names]
    assert len(forward[0]) == len(forward[1]) == 2


async def test_coverage_is_one_statement(everyone: Cast, crowd: list[str], statements: Statements) -> None:
    with statements() as asked:
        await compiler.read(COVERAGE, None, {}, Asking(everyone["secretary"]))

    assert len(asked) == 1


async def test_an_unknown_place_or_term_takes_the_ordinary_road(everyone: Cast, crowd: list[str]) -> None:
    for variables in ({"after": "nowhere"}, {"term": "99"}):
        asking = Asking(everyone["secretary"])
        with pytest.raises(NotCompiled):
            await compiler.read(COVERAGE, None, variables, asking)
        result = await schema.api.execute(COVERAGE, variables, asking)
        assert result.errors
