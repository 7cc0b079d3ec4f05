"""Plans for many, compiled and ordinary: the same lines, reasons and hindrances, on both databases."""

import json
from typing import Any

import pytest

from server import schema
from server.models.bodies import BodyKind
from server.models.learning import apply_assignment, undo_assignment
from server.schema.compiling.marks import NotCompiled
from server.schema.reading import Asking
from tests import make
from tests.cast import NAMES, Cast
from tests.compiling.test_roads import compiler
from tests.learning.test_coverage_roads import both
from tests.web.test_statements import Statements

PREVIEW = """query($on: Date, $term: String, $people: [ID!] = [], $sector: ID, $sectorless: Boolean! = false,
  $plan: [Placing!] = [], $first: Int = 50) {
  coverageAssignPreview(
    on: $on, term: $term, people: $people, sector: $sector, sectorless: $sectorless, plan: $plan, first: $first
  ) { on count __typename sector { name }
    lines { why person { id nameEn } group { id name } chosen { id leaders { role } } } } }"""
CHECK = """query($plan: [Placing!] = [], $on: Date, $term: String, $people: [ID!] = [], $sector: ID) {
  coverageAssignCheck(plan: $plan, on: $on, term: $term, people: $people, sector: $sector) {
    on lines { why person { id nameEn } group { id name } chosen { id name } }
    groups { coming group { id name } } hindrances { code message field rule } } }"""
DONE = """query($id: ID!) { coverageAssignment(id: $id) {
  on at undone undoable lines { still person { id nameEn } group { id name } } } }"""


def per(person: Any) -> str:
    return f"per_{person.id}"


def bod(body: Any) -> str:
    return f"bod_{body.id}"


@pytest.fixture
async def lines(world: dict[str, Any], lone: Any, everyone: Cast) -> dict[str, Any]:
    """One who waits in each way, and places to go."""
    later = await make.person(name_en="Later")
    await make.seat(later, everyone.term)
    await make.place(world["autumn"], later, starts_on=make.TODAY.replace(year=2027))
    return {"lone": lone, "later": later, **world}


async def test_both_roads_propose_the_same_plan(everyone: Cast, lines: dict[str, Any]) -> None:
    new, old = lines["New"], lines["old"]
    asked: list[dict[str, Any]] = [
        {},
        {"term": "14", "first": 1},
        {"sector": bod(everyone.sector)},
        {"sectorless": True},
        {"people": [per(new), per(lines["Twice"])]},
        {"on": "2025-06-01"},
        {"plan": [{"person": per(new), "group": None}, {"person": per(lines["lone"]), "group": bod(old)}]},
        {"plan": [{"person": per(new)}]},
    ]
    for variables in asked:
        ordinary, compiled = await both(Asking(everyone["secretary"]), PREVIEW, **variables)
        assert compiled == ordinary, variables
    assert ordinary[0]["coverageAssignPreview"]["count"] == 5


async def test_both_roads_check_a_plan_alike(everyone: Cast, lines: dict[str, Any]) -> None:
    new, autumn = lines["New"], bod(lines["autumn"])
    plans = [
        [],
        [{"person": per(new), "group": autumn}, {"person": per(lines["Left"]), "group": bod(everyone.group)}],
        [{"person": per(new), "group": autumn}, {"person": per(new), "group": None}],
        [{"person": per(new), "group": autumn}, {"person": per(new), "group": autumn}],
        [{"person": per(lines["Twice"]), "group": autumn}],
        [{"person": per(lines["later"]), "group": autumn}, {"person": per(lines["Twice"]), "group": None}],
        [{"person": per(new), "group": bod(lines["old"])}],
        [{"person": per(new), "group": bod(everyone.sector)}],
    ]
    for plan in plans:
        ordinary, compiled = await both(Asking(everyone["secretary"]), CHECK, plan=plan)
        assert compiled == ordinary, plan


async def test_both_roads_tell_what_was_done(everyone: Cast, lines: dict[str, Any]) -> None:
    secretary, plan = (
        everyone["secretary"],
        [(lines["New"].id, lines["autumn"].id), (lines["lone"].id, everyone.group.id)],
    )
    key = await apply_assignment(secretary, plan=plan, on=make.TODAY)

    for undone in (False, True):
        if undone:
            await undo_assignment(secretary, key)
        ordinary, compiled = await both(Asking(secretary), DONE, id=f"asg_{key}")
        assert compiled == ordinary
        assert ordinary[0]["coverageAssignment"]["undone"] is undone
        assert len(ordinary[0]["coverageAssignment"]["lines"]) == 2


async def test_what_is_refused_is_refused_on_the_ordinary_road(everyone: Cast, lines: dict[str, Any]) -> None:
    nobody = {"person": per(lines["New"]), "group": f"bod_{make.some_id()}"}
    secret = await make.body(BodyKind.SECTOR, sensitive=True)
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("leader", PREVIEW, {}),
        ("leader", CHECK, {}),
        ("leader", DONE, {"id": f"asg_{make.some_id()}"}),
        ("secretary", DONE, {"id": f"asg_{make.some_id()}"}),
        ("secretary", DONE, {"id": f"per_{make.some_id()}"}),
        ("secretary", DONE, {"id": "asg_none"}),
        ("secretary", PREVIEW, {"sector": f"bod_{make.some_id()}"}),
        ("secretary", PREVIEW, {"term": "99"}),
        ("secretary", PREVIEW, {"first": 0}),
        ("secretary", PREVIEW, {"people": ["none"]}),
        ("secretary", CHECK, {"plan": [nobody]}),
        ("chair", PREVIEW, {"sector": bod(secret)}),
    ]
    for name, text, variables in asked:
        asking = Asking(everyone[name])
        with pytest.raises(NotCompiled):
            await compiler.read(text, None, variables, asking)
        assert (await schema.api.execute(text, variables, asking)).errors, (name, variables)


async def test_a_plan_is_one_statement_for_each_of_its_pages(
    everyone: Cast, lines: dict[str, Any], statements: Statements
) -> None:
    plan = [{"person": per(lines["New"]), "group": bod(lines["autumn"])}]
    key = await apply_assignment(everyone["secretary"], plan=[(lines["lone"].id, everyone.group.id)], on=make.TODAY)
    for text, variables in ((PREVIEW, {"plan": plan}), (CHECK, {"plan": plan}), (DONE, {"id": f"asg_{key}"})):
        with statements() as asked:
            assert json.loads(await compiler.read(text, None, variables, Asking(everyone["secretary"])))
        assert len(asked) == 1


async def test_who_makes_no_plans_gets_the_same_answer_on_both_roads(everyone: Cast, lines: dict[str, Any]) -> None:
    for name in NAMES:
        asking = Asking(everyone[name])
        result = await schema.api.execute(PREVIEW, {}, asking)
        if result.errors:
            with pytest.raises(NotCompiled):
                await compiler.read(PREVIEW, None, {}, asking)
        else:
            assert json.loads(await compiler.read(PREVIEW, None, {}, asking)) == result.data


async def test_a_plan_of_very_many_lines_takes_the_ordinary_road(everyone: Cast, lines: dict[str, Any]) -> None:
    plan = [{"person": per(lines["New"]), "group": bod(lines["autumn"])}] * 501

    with pytest.raises(NotCompiled):
        await compiler.read(CHECK, None, {"plan": plan}, Asking(everyone["secretary"]))
