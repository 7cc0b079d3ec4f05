"""Bodies through the API: every verb answers with the thing changed, or with problems."""

from typing import Any

from server.models.bodies import Body, BodyMembership
from server.schema.ids import id_of
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks

PROBLEMS = "... on Problems { kind problems { code field } }"


async def test_a_body_is_made_with_what_it_belongs_to(ask: Asks, everyone: Cast) -> None:
    made = await ask(
        "secretary",
        "mutation($body: BodyChange!) { bodyCreate(body: $body) {"
        f" ... on BodyPayload {{ body {{ name term {{ code }} parent {{ name }} manageable }} }} {PROBLEMS} }} }}",
        body={"kind": "UNIT", "nameEn": "Quay", "term": id_of(everyone.term), "parent": id_of(everyone.bureau)},
    )

    assert _body(made, "bodyCreate") == {
        "name": "Quay",
        "term": {"code": "14"},
        "parent": {"name": "Education Bureau"},
        "manageable": True,
    }


async def test_a_null_clears_what_can_be_empty_and_says_nothing_else(ask: Asks, everyone: Cast) -> None:
    changed = await ask(
        "secretary",
        "mutation($id: ID!, $change: BodyChange!) { bodyChange(id: $id, change: $change) {"
        f" ... on BodyPayload {{ body {{ kind nameZh nameEn classification startsOn }} }} {PROBLEMS} }} }}",
        id=id_of(everyone.sector),
        change={"kind": None, "nameZh": None, "classification": None, "startsOn": None, "sensitive": None},
    )

    assert _body(changed, "bodyChange") == {
        "kind": "SECTOR",
        "nameZh": "",
        "nameEn": "Arts",
        "classification": "",
        "startsOn": None,
    }


SECTOR = """query($id: ID!) { body(id: $id) {
  memberCount members { person { nameEn } roles titles places { id } post { membership { person { nameEn } } } }
  posts { membership { person { nameEn } } }
} }"""


async def test_a_sector_has_its_conveners_first_and_all_whose_seat_stands_for_it(ask: Asks, everyone: Cast) -> None:
    found = (await ask("member", SECTOR, id=id_of(everyone.sector)))["data"]["body"]

    names = ["Kang Convener", "Lin Leader", "Mei Member", "Wen Chair"]
    assert found["memberCount"] == 4
    assert [(m["person"]["nameEn"], m["roles"], len(m["places"])) for m in found["members"]] == [
        (name, ["MEMBER" if n else "CONVENER"], 0 if n else 1) for n, name in enumerate(names)
    ]
    assert [m["post"]["membership"]["person"]["nameEn"] for m in found["members"]] == names
    assert [post["membership"]["person"]["nameEn"] for post in found["posts"]] == names


async def test_a_sensitive_sector_lists_nobody_for_others(ask: Asks, everyone: Cast) -> None:
    await Body.filter(id=everyone.sector.id).update(sensitive=True)

    assert (await ask("auditor", SECTOR, id=id_of(everyone.sector)))["data"]["body"] is None
    assert (await ask("member", SECTOR, id=id_of(everyone.sector)))["data"]["body"]["memberCount"] == 4


async def test_someone_stands_in_a_body_for_another(ask: Asks, everyone: Cast) -> None:
    added = await ask(
        "secretary",
        "mutation($body: ID!, $person: ID!, $place: PlaceChange) {"
        " bodyMembershipAdd(body: $body, person: $person, place: $place) {"
        f" ... on BodyMembershipPayload {{ bodyMembership {{ role onBehalfOf {{ name }} }} }} {PROBLEMS} }} }}",
        body=id_of(everyone.bureau),
        person=id_of(everyone.people["member"]),
        place={"onBehalfOf": id_of(everyone.sector)},
    )

    assert added["data"]["bodyMembershipAdd"]["bodyMembership"] == {"role": "MEMBER", "onBehalfOf": {"name": "Arts"}}


async def test_a_void_place_is_gone_but_told_to_who_manages_its_body(ask: Asks, everyone: Cast) -> None:
    row = await BodyMembership.get(body=everyone.bureau)
    told = "query($id: ID!) { body(id: $id) { corrections { kind reason correctedBy wasPlace { role } } } }"

    void = await ask(
        "secretary",
        'mutation($id: ID!) { bodyMembershipVoid(id: $id, reason: "never there") {'
        f" ... on BodyMembershipPayload {{ bodyMembership {{ id }} body {{ memberCount }} }} {PROBLEMS} }} }}",
        id=id_of(row),
    )

    assert void["data"]["bodyMembershipVoid"] == {"bodyMembership": None, "body": {"memberCount": 0}}
    bureau = id_of(everyone.bureau)
    assert (await ask("secretary", told, id=bureau))["data"]["body"]["corrections"] == [
        {"kind": "PLACE", "reason": "never there", "correctedBy": "secretary", "wasPlace": {"role": "CONTACT"}}
    ]
    assert (await ask("member", told, id=bureau))["data"]["body"]["corrections"] == []


async def test_a_place_is_asked_by_its_id_and_a_tie_that_is_not_there_is_null(ask: Asks, everyone: Cast) -> None:
    row = await BodyMembership.get(body=everyone.bureau)
    text = "query($id: ID!, $tie: ID!) { bodyMembership(id: $id) { role } bodyRelation(id: $tie) { kind } }"

    answer = await ask("member", text, id=id_of(row), tie=f"rel_{make.some_id()}")

    assert answer == {"data": {"bodyMembership": {"role": "CONTACT"}, "bodyRelation": None}}


async def test_members_change_no_body(ask: Asks, everyone: Cast) -> None:
    text = (
        'mutation($id: ID!) { bodyEnd(id: $id, on: "2026-05-01") '
        f"{{ ... on BodyPayload {{ body {{ id }} }} {PROBLEMS} }} }}"
    )

    answer = await ask("member", text, id=id_of(everyone.bureau))

    assert answer["data"]["bodyEnd"] == {"kind": "REFUSED", "problems": [{"code": "ROLE", "field": None}]}


def _body(answer: dict[str, Any], mutation: str) -> Any:
    assert "errors" not in answer
    return answer["data"][mutation]["body"]
