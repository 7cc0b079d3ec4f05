"""The audit trail through the API: what a file guards is guarded there too."""

import json

from server.models.accounts.tables import ApiClient
from server.models.audit import AuditEntry, record
from server.models.database import transaction
from server.models.members import change_person
from server.schema.ids import id_of
from tests import make
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


NAMED = "{ audit(first: 3) { edges { node { action who { ...N } forWhom { ...N } about { ...N } } } } } "
NAMED += "fragment N on Node { ... on Account { name } ... on Token { name } ... on Person { nameEn } }"


async def test_who_acted_and_on_what_are_things_with_names(ask: Asks, everyone: Cast) -> None:
    span = {"created_at": make.NOW, "expires_at": make.NOW.replace(year=2040)}
    token = await ApiClient.create(
        owner=everyone.accounts["secretary"], name="mirror", scopes=[], token_hash="", **span
    )
    await change_person(everyone["secretary"], everyone.people["member"].id, education="college")
    async with transaction():
        acts = make.viewer(account=everyone.accounts["secretary"].id, client=token.id)
        await record(acts, "account.enable", id_of(everyone.accounts["member"]), {})
        await record(make.viewer(name="the machine"), "members.export", "all_people", {})

    edges = (await ask("admin", NAMED))["data"]["audit"]["edges"]

    assert [edge["node"] for edge in edges] == [
        {"action": "members.export", "who": None, "forWhom": None, "about": None},
        {
            "action": "account.enable",
            "who": {"name": "mirror"},
            "forWhom": {"name": "secretary"},
            "about": {"name": "member"},
        },
        {
            "action": "members.change_person",
            "who": {"name": "secretary"},
            "forWhom": None,
            "about": {"nameEn": everyone.people["member"].name_en},
        },
    ]
