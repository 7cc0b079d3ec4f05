"""The guarded fields of a file: who sees them, and that each reading of another's file is written down."""

import datetime as dt
import json
from typing import Any

import pytest

from server.models.audit import AuditEntry
from server.models.members import Person
from tests.cast import NAMES, Cast
from tests.web.visitors import Asks

FILE = "query ($id: ID!) { person(id: $id) { nameEn birthDate politicalAffiliation email phone } }"
CARD = "query ($id: ID!) { person(id: $id) { nameEn sex education fileReadable } }"
BORN = dt.date(1970, 5, 1)
WHOLE = {"birthDate": "1970-05-01", "politicalAffiliation": "none", "email": "mei@example.org", "phone": "1"}
READERS = {"admin", "secretary", "chair", "member"}


@pytest.fixture
async def mei(everyone: Cast) -> str:
    """The member's ID; the whole file is filled in."""
    facts = {"birth_date": BORN, "political_affiliation": "none", "email": "mei@example.org", "phone": "1"}
    key = everyone.people["member"].id
    await Person.filter(id=key).update(**facts)
    return f"per_{key}"


async def readings() -> list[tuple[str, str, dict[str, Any]]]:
    entries = await AuditEntry.filter(action="members.read_file").order_by("serial")
    return [(entry.actor, entry.object, json.loads(entry.payload)) for entry in entries]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "visitor"])
async def test_a_file_is_open_to_its_owner_and_to_whom_the_table_says(ask: Asks, mei: str, name: str) -> None:
    person = (await ask(name, FILE, id=mei))["data"]["person"]

    assert person.pop("nameEn") == "Mei Member"
    assert person == (WHOLE if name in READERS else dict.fromkeys(WHOLE))


async def test_reading_anothers_file_is_logged_with_its_fields(ask: Asks, everyone: Cast, mei: str) -> None:
    await ask("secretary", FILE, id=mei)
    await ask("secretary", FILE, id=mei)

    (first, second) = await readings()
    assert first == second
    assert (first[0], first[1]) == (f"acc_{everyone.accounts['secretary'].id}", mei)
    assert first[2] == {mei: ["birth_date", "email", "phone", "political_affiliation"]}


async def test_neither_ones_own_file_nor_a_card_nor_a_refusal_is_logged(ask: Asks, mei: str) -> None:
    await ask("member", FILE, id=mei)
    await ask("secretary", CARD, id=mei)
    await ask("leader", FILE, id=mei)

    assert await readings() == []


async def test_a_list_of_files_is_one_entry_that_names_each(ask: Asks, everyone: Cast, mei: str) -> None:
    await ask("secretary", "{ people { edges { node { id phone } } } }")

    ((actor, about, opened),) = await readings()
    assert (actor, about) == (f"acc_{everyone.accounts['secretary'].id}", "")
    assert opened == {f"per_{person.id}": ["phone"] for person in everyone.people.values()}
    assert mei in opened


async def test_a_visitor_is_refused_before_anything_is_read(ask: Asks, mei: str) -> None:
    answer = await ask("visitor", FILE, id=mei)

    assert answer["data"] == {"person": None}
    assert answer["errors"][0]["extensions"]["code"] == "SIGNED_OUT"
