"""What was found to be wrong, compiled and ordinary, for those who may correct it and for others."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from server.models.bodies import BodyMembership
from server.models.members import MembershipPost, MembershipStatus, Status
from server.rules.permissions import HeldRole, Role
from server.schema.ids import id_of
from server.schema.reading import Asking
from tests import make
from tests.cast import Cast
from tests.compiling.test_roads import answers, compiler
from tests.web.test_statements import Statements

CORRECTIONS = """corrections { kind startsOn endsOn correctedAt correctedBy reason __typename
  membership { id no person { nameEn } } wasStatus wasPost { unit sector { nameEn } }
  wasPlace { title role body { nameEn } person { nameEn } } }"""
PEOPLE = f"{{ people {{ edges {{ node {{ nameEn {CORRECTIONS} }} }} }} }}"
BODIES = f"{{ bodies {{ edges {{ node {{ nameEn {CORRECTIONS} }} }} }} }}"
ONE = f"query($id: ID!) {{ person(id: $id) {{ {CORRECTIONS} }} }}"
LATER = make.NOW + dt.timedelta(hours=1, microseconds=5)


@pytest.fixture
async def wrong(everyone: Cast) -> Cast:
    """Of Mei a status, a post and places were wrong, some at once; one by the word of another register."""
    seat, by = everyone.seats["member"], everyone.accounts["secretary"]
    voided = {"voided_at": make.NOW, "voided_reason": "typed wrong", "voided_by": by}
    await MembershipStatus.create(membership=seat, status=Status.SUSPENDED, starts_on=dt.date(2026, 1, 1), **voided)
    await MembershipStatus.create(membership=seat, status=Status.ENDED, **voided)
    await MembershipPost.create(membership=seat, unit="塔", sector=everyone.sector, **(voided | {"voided_at": LATER}))
    mei = everyone.people["member"]
    for body in (everyone.group, everyone.bureau):
        facts = {"voided_at": LATER, "voided_reason": "", "voided_elsewhere": "old register"}
        await BodyMembership.create(body=body, person=mei, title="客", ends_on=dt.date(2026, 2, 2), **facts)
    return everyone


async def test_both_roads_tell_the_same_corrections(wrong: Cast) -> None:
    local = (HeldRole(Role.SECRETARY, wrong.bureau.id, "Bureau"),)
    askers = {name: wrong[name] for name in ("secretary", "admin", "member", "auditor")}
    askers["of a bureau"] = replace(wrong["secretary"], roles=local)
    askers["a program"] = replace(wrong["admin"], client=make.some_id(), scopes=frozenset({"members:read"}))
    askers["in Chinese"] = replace(wrong["secretary"], locale="zh")
    told = {}
    for name, viewer in askers.items():
        ordinary, compiled = await answers(PEOPLE, Asking(viewer))
        assert compiled == ordinary, name
        people = sum(len(edge["node"]["corrections"]) for edge in compiled["people"]["edges"])
        ordinary, compiled = await answers(BODIES, Asking(viewer))
        assert compiled == ordinary, name
        told[name] = people, sum(len(edge["node"]["corrections"]) for edge in compiled["bodies"]["edges"])

    assert told == {
        "secretary": (5, 2),
        "admin": (5, 2),
        "member": (0, 0),
        "auditor": (0, 0),
        "of a bureau": (0, 1),
        "a program": (0, 0),
        "in Chinese": (5, 2),
    }


async def test_the_last_correction_comes_first_in_one_statement(wrong: Cast, statements: Statements) -> None:
    with statements() as asked:
        text = await compiler.read(ONE, None, {"id": id_of(wrong.people["member"])}, Asking(wrong["secretary"]))

    told = json.loads(text)["person"]["corrections"]
    assert len(asked) == 1
    assert [(one["kind"], one["startsOn"], one["correctedBy"]) for one in told[3:]] == [
        ("STATUS", None, "secretary"),
        ("STATUS", "2026-01-01", "secretary"),
    ]
    assert sorted((one["kind"], one["correctedBy"]) for one in told[:3]) == [
        ("PLACE", "old register (in another register)"),
        ("PLACE", "old register (in another register)"),
        ("POST", "secretary"),
    ]
    assert {one["correctedAt"] for one in told} == {LATER.isoformat(), make.NOW.isoformat()}
