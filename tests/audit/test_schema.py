"""The audit trail through the API: what a file guards is guarded there too."""

import json

from server.models.audit import AuditEntry
from server.models.members import change_person
from server.schema.ids import id_of
from tests.cast import Cast
from tests.web.visitors import Asks

TRAIL = '{ audit(action: "members.change_person") { edges { node { payload } } } }'


async def _payload(ask: Asks, who: str) -> dict[str, object]:
    answer = await ask(who, TRAIL)
    return json.loads(answer["data"]["audit"]["edges"][0]["node"]["payload"])


async def test_an_auditor_sees_that_a_guarded_field_changed_and_not_what_it_says(ask: Asks, everyone: Cast) -> None:
    person = everyone.people["member"]
    await change_person(everyone["secretary"], person.id, phone="555", education="college")

    assert await _payload(ask, "auditor") == {"phone": None, "education": ["", "college"]}
    assert await AuditEntry.filter(action="members.read_file").count() == 0

    assert (await _payload(ask, "admin"))["phone"] == ["", "555"]
    (read,) = await AuditEntry.filter(action="members.read_file")
    assert (read.object, read.facts) == (id_of(person), {id_of(person): ["phone"]})
