"""The register through the API: corrections, readings of a file, single seats, and what hides in filters."""

from typing import Any

import pytest

from server.models.audit import AuditEntry
from server.models.bodies import BodyKind
from server.models.members import MembershipPost, MembershipStatus, Person, correct_post, correct_status
from server.models.members.tables import Status
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks

READINGS = """query($id: ID!) { person(id: $id) { readings {
  totalCount edges { node { by program exported fields reader { name } } } } } }"""
CORRECTIONS = """query($id: ID!) { person(id: $id) { corrections {
  kind reason correctedBy wasStatus wasPost { unit } membership { id } } } }"""
WHY = "query($id: ID!) { person(id: $id) { memberships { statuses { reason } } } }"
SUSPEND = """mutation($id: ID!) {
  membershipStatusChange(id: $id, status: SUSPENDED, on: "2026-11-01", reason: "inquiry") {
  ... on MembershipPayload { membership { statuses { reason } } } } }"""
FILE = "query($id: ID!) { person(id: $id) { email phone } }"


async def test_corrections_of_a_seat_are_told_to_the_office_alone(ask: Asks, everyone: Cast) -> None:
    seat, mei = everyone.seats["member"], id_of(everyone.people["member"])
    status, post = await MembershipStatus.get(membership=seat), await MembershipPost.get(membership=seat)
    await correct_status(everyone["secretary"], status.id, reason="first", status=Status.NOMINATED)
    await correct_post(make.viewer(roles=everyone["admin"].roles), post.id, reason="second", unit="Mill")

    told = (await ask("secretary", CORRECTIONS, id=mei))["data"]["person"]["corrections"]

    about = {"membership": {"id": id_of(seat)}}
    by_status = {
        "kind": "STATUS",
        "reason": "first",
        "correctedBy": "secretary",
        "wasStatus": "ACTIVE",
        "wasPost": None,
    }
    by_post = {"kind": "POST", "reason": "second", "correctedBy": "", "wasStatus": None, "wasPost": {"unit": ""}}
    assert sorted(told, key=lambda entry: entry["reason"]) == [by_status | about, by_post | about]
    assert (await ask("member", CORRECTIONS, id=mei))["data"]["person"]["corrections"] == []


async def test_a_file_tells_its_owner_who_read_which_fields(ask: Asks, everyone: Cast) -> None:
    mei = id_of(everyone.people["member"])
    await ask("chair", FILE, id=mei)
    await ask("secretary", "{ people { edges { node { birthDate } } } }")
    await ask("member", FILE, id=mei)

    found = (await ask("member", READINGS, id=mei))["data"]["person"]["readings"]

    read = {"program": False, "exported": False}
    assert found == {
        "totalCount": 2,
        "edges": [
            {"node": read | {"by": "secretary", "fields": ["birthDate"], "reader": None}},
            {"node": read | {"by": "chair", "fields": ["email", "phone"], "reader": {"name": "Wen Chair"}}},
        ],
    }


@pytest.mark.parametrize("more", ["", "reason"])
async def test_what_holds_since_ever_comes_first_in_a_history_on_either_road(
    ask: Asks, everyone: Cast, more: str
) -> None:
    await ask("secretary", SUSPEND, id=id_of(everyone.seats["member"]))
    asked = f"query($id: ID!) {{ person(id: $id) {{ memberships {{ statuses {{ startsOn {more} }} }} }} }}"

    found = (await ask("chair", asked, id=id_of(everyone.people["member"])))["data"]["person"]["memberships"][0]

    assert [row["startsOn"] for row in found["statuses"]] == [None, "2026-11-01"]


async def test_why_a_seat_has_its_status_is_for_its_holder_and_the_office_and_reading_is_logged(
    ask: Asks, everyone: Cast
) -> None:
    seat, mei = everyone.seats["member"], id_of(everyone.people["member"])
    changed = await ask("secretary", SUSPEND, id=id_of(seat))
    assert changed["data"]["membershipStatusChange"]["membership"]["statuses"][-1] == {"reason": "inquiry"}

    def reasons(answer: dict[str, Any]) -> list[str]:
        return [row["reason"] for row in answer["data"]["person"]["memberships"][0]["statuses"]]

    assert reasons(await ask("leader", WHY, id=mei)) == ["", ""]
    assert reasons(await ask("member", WHY, id=mei)) == ["", "inquiry"]
    assert reasons(await ask("chair", WHY, id=mei)) == ["", "inquiry"]
    found = (await ask("member", READINGS, id=mei))["data"]["person"]["readings"]["edges"]
    assert [(edge["node"]["by"], edge["node"]["fields"]) for edge in found] == [
        ("chair", ["statusReason"]),
        ("secretary", ["statusReason"]),
    ]


async def test_what_the_trail_no_longer_says_is_null_and_programs_are_told_apart(ask: Asks, everyone: Cast) -> None:
    mei = everyone.people["member"]
    program = make.viewer(
        roles=everyone["secretary"].roles, account=everyone.accounts["secretary"].id, client=make.some_id()
    )
    await ask(program, FILE, id=id_of(mei))
    await ask(make.viewer(roles=everyone["secretary"].roles, name="command line"), FILE, id=id_of(mei))
    await AuditEntry.filter(serial=1).update(payload=None, salt="")

    edges = (await ask("auditor", READINGS, id=id_of(mei)))["data"]["person"]["readings"]["edges"]

    assert [(edge["node"]["by"], edge["node"]["program"], edge["node"]["fields"]) for edge in edges] == [
        ("command line", False, ["email", "phone"]),
        ("secretary", True, None),
    ]


async def test_readings_of_others_are_refused(ask: Asks, everyone: Cast) -> None:
    answer = await ask("leader", READINGS, id=id_of(everyone.people["member"]))

    assert answer["data"]["person"]["readings"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["ROLE"]


async def test_a_sector_that_may_not_be_seen_filters_nobody(ask: Asks, everyone: Cast) -> None:
    hidden = await make.body(BodyKind.SECTOR, "Hidden", sensitive=True)
    text = "query($sector: ID!) { people(sector: $sector) { totalCount } }"

    seen, refused = await ask("secretary", text, sector=id_of(hidden)), await ask("member", text, sector=id_of(hidden))

    assert seen == {"data": {"people": {"totalCount": 0}}}
    assert refused["errors"][0]["extensions"]["code"] == "NOT_THERE"


async def test_a_null_clears_a_text_and_a_list_and_leaves_what_cannot_be_empty(ask: Asks, everyone: Cast) -> None:
    someone = await make.person("张三", "Zhang San", expertise=["law"])
    text = """mutation($id: ID!) { personChange(id: $id, change: {nameEn: null, expertise: null, sex: null}) {
      ... on PersonPayload { person { nameZh nameEn expertise } } } }"""

    answer = await ask("secretary", text, id=id_of(someone))

    assert answer["data"]["personChange"]["person"] == {"nameZh": "张三", "nameEn": "", "expertise": []}
    assert (await Person.get(id=someone.id)).search != someone.search


async def test_a_wrong_entry_of_a_history_has_no_page(ask: Asks, everyone: Cast) -> None:
    seat = everyone.seats["member"]
    row = await MembershipStatus.get(membership=seat)
    await correct_status(everyone["secretary"], row.id, reason="wrong", status=Status.NOMINATED)
    text = "query($id: ID!, $seat: ID!) { membershipStatus(id: $id) { id } member(id: $seat) { status } }"

    assert await ask("secretary", text, id=id_of(row), seat=id_of(seat)) == {
        "data": {"membershipStatus": None, "member": {"status": "NOMINATED"}}
    }
