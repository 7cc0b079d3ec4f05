"""A role for one body: what it may there it may nowhere else, and each mutation says so with the word REACH."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from server.models.audit import AuditEntry
from server.models.bodies.tables import Body, BodyKind, BodyRelation, RelationKind
from server.models.learning import apply_assignment
from server.rules.permissions import ALLOWED, Reach, Role, may
from server.schema.ids import ASSIGNMENT, id_of
from server.viewer import Viewer
from tests import make
from tests.cast import Cast
from tests.schema.questions import BY_NAME, FIELDS, Field, codes, operation
from tests.web.visitors import Asks

DAY = f'on: "{make.TODAY}"'
ARGUMENTS = {
    "bodyCreate": 'body: {{kind: SPECIAL_COMMITTEE, nameEn: "Within", parent: "{body}"}}',
    "bodiesCreate": 'kind: SPECIAL_COMMITTEE, names: ["Within"]',
    "bodyChange": 'id: "{body}", change: {{nameEn: "Renamed"}}',
    "bodyEnd": f'id: "{{body}}", {DAY}',
    "bodyRelate": 'id: "{body}", target: "{sector}", kind: COUNTERPART',
    "bodyRelationEnd": f'id: "{{tie}}", {DAY}',
    "bodyMembershipAdd": 'body: "{body}", person: "{loose}"',
    "bodyMembershipsAdd": 'places: [{{body: "{body}", person: "{loose}"}}]',
    "bodyMembershipEnd": f'id: "{{place}}", {DAY}',
    "bodyMembershipsEnd": f'ids: ["{{place}}"], {DAY}',
    "bodyMembershipChangeRole": f'id: "{{place}}", role: CO_HEAD, {DAY}',
    "bodyMembershipCorrect": 'id: "{place}", reason: "misread", place: {{title: "guest"}}',
    "bodyMembershipVoid": 'id: "{place}", reason: "another Mei"',
    "learningGroupRename": 'id: "{body}", nameEn: "Renamed"',
    "learningGroupSetStem": f'id: "{{body}}", derivedFrom: "{{committee}}", {DAY}',
    "learningGroupEnd": f'id: "{{body}}", {DAY}',
    "learningGroupSetLeaders": f'id: "{{body}}", head: "{{sits}}", {DAY}',
    "learningGroupAddMembers": f'id: "{{body}}", people: ["{{loose}}"], {DAY}',
    "learningGroupMoveMember": f'toGroup: "{{body}}", person: "{{elsewhere}}", reason: "nearer", {DAY}',
    "learningGroupRemoveMember": f'id: "{{body}}", person: "{{sits}}", reason: "moved away", {DAY}',
    "learningGroupCreate": 'nameEn: "New", derivedFrom: "{sector}"',
    "coverageAssign": f'plan: [{{{{person: "{{loose}}", group: "{{body}}"}}}}], {DAY}',
    "coverageAssignUndo": 'id: "{assignment}"',
}
"""What names the body that is meant, or something in it."""
BEYOND_ONE = {"bodiesCreate", "learningGroupCreate", "learningGroupMoveMember", "coverageAssign", "coverageAssignUndo"}
"""They make a body, take someone out of another one, or are about all of them: no role for one body is enough."""
OWN = {action for action, roles in ALLOWED.items() if Reach.OWN_BODY in roles.values()}


def _changes() -> Iterator[tuple[Field, Role]]:
    """Each mutation of an action that some roles have for one body, with each of these roles."""
    for field in FIELDS:
        if field.root == "mutation" and field.action in OWN:
            yield from ((field, role) for role, reach in ALLOWED[field.action].items() if reach is Reach.OWN_BODY)


CHANGES = list(_changes())


def test_every_mutation_of_such_an_action_is_tried_here() -> None:
    assert {field.name for field, _ in CHANGES} == set(ARGUMENTS)


@dataclass(frozen=True)
class Ground:
    """A learning group, by what names it or is in it; names: of ARGUMENTS."""

    body: Body
    names: dict[str, str]


@pytest.mark.parametrize(("field", "role"), CHANGES, ids=[f"{field.name}-{role.value}" for field, role in CHANGES])
async def test_what_one_may_in_ones_body_is_refused_elsewhere(
    ask: Asks, everyone: Cast, field: Field, role: Role
) -> None:
    here, there = await ground(everyone, everyone.group, "here"), await ground(everyone, await group(), "there")
    viewer = await of_one(everyone, role, here.body)
    assert decided(viewer, field, there.body.id) == "REACH"
    assert decided(viewer, field, here.body.id) == "ALLOWED"
    entries = await AuditEntry.all().count()

    refused = await ask(viewer, asked(field, there, here))

    assert codes(refused) == {"REACH"}
    assert await AuditEntry.all().count() == entries
    done = await ask(viewer, asked(field, here, there))
    assert codes(done) == ({"REACH"} if field.name in BEYOND_ONE else set()), done
    assert (await AuditEntry.all().count() > entries) is (field.name not in BEYOND_ONE)


@pytest.mark.parametrize("name", sorted(BEYOND_ONE))
async def test_who_may_in_all_bodies_does_what_is_about_several(ask: Asks, everyone: Cast, name: str) -> None:
    here, there = await ground(everyone, everyone.group, "here"), await ground(everyone, await group(), "there")

    assert codes(await ask("secretary", asked(BY_NAME[name], here, there))) == set()


def decided(viewer: Viewer, field: Field, body: UUID) -> str:
    """The word of the permission table."""
    assert field.action
    return may(viewer.roles, field.action, body=body).code


def asked(field: Field, where: Ground, other: Ground) -> str:
    """The mutation about that body. other: where somebody comes from."""
    return operation(field, ARGUMENTS[field.name].format(**where.names, elsewhere=other.names["sits"]))


async def group() -> Body:
    """Where nobody of the cast has a role."""
    return await make.body(BodyKind.LEARNING_GROUP, "Autumn", "秋")


async def ground(cast: Cast, body: Body, name: str) -> Ground:
    """The body with a tie, someone who sits in it and counts there, someone in no group, and a plan that was done."""
    sits, loose, planned = [await make.person(name_en=f"{who} {name}") for who in ("Sits", "Loose", "Planned")]
    for person in (sits, loose, planned):
        await make.seat(person, cast.term, sector=cast.sector)
    tie = await BodyRelation.create(kind=RelationKind.DERIVED_FROM, source=body, target=cast.sector)
    place = await make.place(body, sits)
    plan = await apply_assignment(cast["secretary"], plan=[(planned.id, body.id)], on=make.TODAY)
    rows: dict[str, Any] = {"body": body, "tie": tie, "place": place, "sits": sits, "loose": loose}
    rows |= {"sector": cast.sector, "committee": await make.body(BodyKind.SPECIAL_COMMITTEE, f"Committee {name}")}
    return Ground(body, {key: id_of(row) for key, row in rows.items()} | {"assignment": f"{ASSIGNMENT}_{plan}"})


async def of_one(cast: Cast, role: Role, body: Body) -> Viewer:
    """Who has that role for that body: as the register says, or given."""
    if role is Role.GROUP_LEADER:
        assert body.id == cast.group.id
        return cast["leader"]
    return make.viewer(role, body=body, account=cast.accounts["department"].id)


SEEN = {
    "learningGroupChoices": "{ it: learningGroupChoices { id } }",
    "coverage": """{ it: coverage { part members lists {
        duplicate { edges { node { person { id } places { id } } } } uncovered { edges { node { person { id } } } }
    } sectors { name members } } }""",
}
"""Queries of such actions: they show the part that is one's own."""
FOR_ALL = {
    "coverageAssignPreview": "{{ it: coverageAssignPreview {{ count }} }}",
    "coverageAssignCheck": '{{ it: coverageAssignCheck(plan: [{{person: "{loose}", group: "{body}"}}]) {{ on }} }}',
    "coverageAssignment": '{{ it: coverageAssignment(id: "{assignment}") {{ on }} }}',
}
"""Queries of such actions that are about all bodies."""
FOR_CHOOSING = {"learningStems", "learningCandidates"}
"""They read the register, which whoever leads a group may see anyway."""


def test_every_query_of_such_an_action_is_tried_here() -> None:
    found = {field.name for field in FIELDS if field.root == "query" and field.action in OWN}

    assert found == {*SEEN, *FOR_ALL, *FOR_CHOOSING}


async def test_a_leader_is_shown_the_own_group_and_told_why_not_more(ask: Asks, everyone: Cast) -> None:
    here, there = await ground(everyone, everyone.group, "here"), await ground(everyone, await group(), "there")
    leader = everyone["leader"]

    for text in SEEN.values():
        own, whole = await ask(leader, text), await ask("secretary", text)
        assert "errors" not in own
        told = [key for key in ("body", "sits", "loose") if there.names[key] in str(whole)]
        assert told
        assert [key for key in told if there.names[key] in str(own)] == []
    for text in FOR_ALL.values():
        for where in (here, there):
            asked_for = text.format(**where.names)
            assert codes(await ask(leader, asked_for)) == {"REACH"}
            assert codes(await ask("secretary", asked_for)) == set()
