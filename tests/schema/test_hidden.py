"""Where an ID is given: what the viewer may not see is answered exactly like what does not exist."""

import pytest

from server.models.bodies import Body, BodyKind, BodyRelation, BodyRole, RelationKind
from server.rules.permissions import Role
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks

NOBODY = "00000000-0000-0000-0000-000000000001"
LISTED = "{ totalCount edges { cursor } }"
ASKED = {
    "body": "body(id: $id) { id }",
    "node": "node(id: $id) { id }",
    "parts": f"bodies(parent: $id) {LISTED}",
    "people of a sector": f"people(sector: $id) {LISTED}",
    "people of a body": f"people(body: $id) {LISTED}",
    "seats of a sector": f"members(sector: $id) {LISTED}",
    "seats of a body": f"members(body: $id) {LISTED}",
    "learning group": "learningGroup(id: $id) { id }",
}


@pytest.fixture
async def hidden(everyone: Cast) -> Body:
    """A sensitive sector with an open part and people in it."""
    body = await make.body(BodyKind.SECTOR, "Hidden", sensitive=True)
    await make.body(name_en="Part", parent=body)
    await make.place(body, everyone.people["convener"])
    await make.seat(everyone.people["convener"], await make.term("13"), sector=body)
    return body


@pytest.mark.parametrize("asked", ASKED)
async def test_a_hidden_body_is_asked_for_in_vain(ask: Asks, hidden: Body, asked: str) -> None:
    text = f"query ($id: ID!) {{ {ASKED[asked]} }}"

    answer = await ask("member", text, id=f"bod_{hidden.id}")

    assert answer == await ask("member", text, id=f"bod_{NOBODY}")
    if asked != "learning group":
        assert answer != await ask("admin", text, id=f"bod_{hidden.id}")


async def test_the_places_and_ties_of_a_hidden_body_are_asked_for_in_vain(ask: Asks, hidden: Body) -> None:
    place = await make.place(hidden, ask.cast.people["convener"], BodyRole.HEAD)
    tie = await BodyRelation.create(kind=RelationKind.COUNTERPART, source=ask.cast.group, target=hidden)
    text = "query ($id: ID!, $tie: ID!) { bodyMembership(id: $id) { id } bodyRelation(id: $tie) { id } }"
    facts = {"id": f"bdm_{place.id}", "tie": f"rel_{tie.id}"}

    assert (await ask("member", text, **facts))["data"] == {"bodyMembership": None, "bodyRelation": None}
    assert (await ask("admin", text, **facts))["data"]["bodyRelation"] == {"id": facts["tie"]}


CHANGED = {
    "a tie": 'bodyRelate(id: "{own}", target: "{other}", kind: COUNTERPART)',
    "a place": 'bodyMembershipAdd(body: "{own}", person: "{person}", place: {{onBehalfOf: "{other}"}})',
    "a part": 'bodyCreate(body: {{kind: OTHER, nameEn: "A", parent: "{other}"}})',
    "itself": 'bodyChange(id: "{other}", change: {{nameEn: "A"}})',
    "its end": 'bodyEnd(id: "{other}", on: "2026-01-01")',
    "its people": 'bodyMembershipAdd(body: "{other}", person: "{person}")',
}


@pytest.mark.parametrize("change", CHANGED)
async def test_who_manages_one_body_learns_nothing_of_a_hidden_one(
    ask: Asks, everyone: Cast, hidden: Body, change: str
) -> None:
    own = await make.body(name_en="Own")
    viewer = make.viewer(Role.SECRETARY, body=own)
    answers = []
    for other in (hidden.id, NOBODY):
        facts = {"own": f"bod_{own.id}", "other": f"bod_{other}", "person": f"per_{everyone.people['member'].id}"}
        asked = CHANGED[change].format(**facts)
        problems = "... on Problems { kind problems { code message field rule } }"
        answers.append(await ask(viewer, f"mutation {{ {asked} {{ __typename {problems} }} }}"))

    assert answers[0] == answers[1]
    assert next(iter(answers[0]["data"].values()))["__typename"] == "Problems"


async def test_who_leads_a_group_learns_nothing_of_a_hidden_sector(ask: Asks, everyone: Cast, hidden: Body) -> None:
    text = """mutation ($id: ID!, $stem: ID!) { learningGroupSetStem(id: $id, on: "2026-11-22", derivedFrom: $stem) {
      ... on Problems { kind problems { code field } } } }"""
    answers = [
        await ask("leader", text, id=f"bod_{everyone.group.id}", stem=f"bod_{key}") for key in (NOBODY, hidden.id)
    ]

    problems = [{"code": "NOT_THERE", "field": "derivedFrom"}]
    assert answers == [{"data": {"learningGroupSetStem": {"kind": "NOT_THERE", "problems": problems}}}] * 2
