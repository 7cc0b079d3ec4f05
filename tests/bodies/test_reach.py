"""A role for one body reaches no further than that body, whatever is done with it."""

import pytest

from server.errors import Refused
from server.models.bodies import (
    Body,
    BodyKind,
    BodyMembership,
    BodyRole,
    RelationKind,
    add_body_member,
    change_body,
    change_role,
    correct_body_membership,
    create_body,
    relate_bodies,
    visible_relations,
)
from server.models.bodies.tables import BodyRelation
from server.rules.permissions import Role
from tests import make
from tests.cast import Cast

FAR = [{"kind": BodyKind.CHAIRS_MEETING}, {"sensitive": True}, {"parent": None}]


@pytest.mark.parametrize("facts", FAR, ids=lambda facts: next(iter(facts)))
async def test_what_decides_over_others_is_not_for_a_secretary_of_one_body(db: str, facts: dict[str, object]) -> None:
    above = await make.body()
    body = await make.body(parent=above)
    secretary = make.viewer(Role.SECRETARY, body=body)

    with pytest.raises(Refused):
        await change_body(secretary, body.id, **facts)
    assert (await Body.get(id=body.id)).kind is BodyKind.SPECIAL_COMMITTEE

    assert (await change_body(secretary, body.id, name_en="Renamed")).name_en == "Renamed"
    await change_body(make.viewer(Role.SECRETARY), body.id, **facts)


async def test_nobody_makes_a_chairs_meeting_of_their_own(db: str) -> None:
    body = await make.body()

    with pytest.raises(Refused):
        await create_body(
            make.viewer(Role.SECRETARY, body=body), kind=BodyKind.CHAIRS_MEETING, name_en="Mine", parent=body.id
        )

    assert await Body.filter(kind=BodyKind.CHAIRS_MEETING).count() == 0


async def test_who_names_the_head_of_the_chairs_meeting_needs_a_role_for_all(db: str) -> None:
    meeting, someone = await make.body(BodyKind.CHAIRS_MEETING), await make.person()
    near, far = make.viewer(Role.SECRETARY, body=meeting), make.viewer(Role.SECRETARY)

    row = await add_body_member(near, meeting.id, someone.id)
    with pytest.raises(Refused):
        await add_body_member(near, meeting.id, someone.id, role=BodyRole.HEAD)
    with pytest.raises(Refused):
        await change_role(near, row.id, on=make.TODAY, role=BodyRole.HEAD)
    with pytest.raises(Refused):
        await correct_body_membership(near, row.id, reason="wrong", role=BodyRole.HEAD)
    assert await BodyMembership.filter(role=BodyRole.HEAD).count() == 0

    assert (await add_body_member(far, meeting.id, someone.id, role=BodyRole.HEAD)).role is BodyRole.HEAD


async def test_a_tie_to_a_hidden_body_is_hidden(everyone: Cast) -> None:
    hidden = await make.body(sensitive=True)
    await relate_bodies(everyone["admin"], source=everyone.sector.id, target=hidden.id, kind=RelationKind.COUNTERPART)

    assert await BodyRelation.filter(visible_relations(everyone["member"])).count() == 0
    assert await BodyRelation.filter(visible_relations(everyone["admin"])).count() == 1
