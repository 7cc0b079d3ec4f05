"""What an app may in someone's name: what they may and what they allowed it, as it is at each request."""

import asyncio
import json
from typing import Any

import pytest

from server.models import database
from server.models.accounts import (
    Account,
    App,
    Consent,
    RoleAssignment,
    account_disable,
    account_enable,
    role_end,
)
from server.models.accounts.apps import app_change, app_disable, app_enable
from server.models.accounts.consents import app_disconnect
from server.models.accounts.standing import APP
from server.models.audit import AuditEntry
from server.models.members import MembershipStatus, Status
from server.models.viewing import SEEN
from server.rules.permissions import Role
from tests import make
from tests.apps.coming import House, code, error
from tests.web.test_statements import ASIDE, Statements

ADMIN = make.viewer(Role.ADMINISTRATOR, name="command line")
PEOPLE = "{ people { totalCount } }"
COVERAGE = "{ coverage { members } }"
ADD = """mutation { personCreate(person: {nameEn: "Xu"}) {
  __typename ... on Problems { problems { code message } } ... on PersonPayload { person { id } } } }"""


async def wide(house: House, who: str) -> dict[str, Any]:
    """Tokens of an app that asks for everything and is allowed it."""
    app = await house.register(scopes=["all:write"])
    return await house.tokens(who, app, scope="all:write")


async def changed(answer: Any) -> dict[str, Any]:
    return answer.json()["data"]["personCreate"]


async def test_it_may_no_more_than_the_person(house: House) -> None:
    member, secretary = await wide(house, "member"), await wide(house, "secretary")

    assert code(await house.query(member["access_token"], COVERAGE)) == "ROLE"
    assert code(await house.query(secretary["access_token"], COVERAGE)) == ""
    assert code(await house.query(secretary["access_token"], "{ audit { totalCount } }")) == "ROLE"


async def test_it_may_no_more_than_it_was_allowed(house: House) -> None:
    given = await house.tokens("secretary", scope="members:read")

    assert code(await house.query(given["access_token"], COVERAGE)) == "SCOPE"
    refused = (await changed(await house.query(given["access_token"], ADD)))["problems"]
    assert refused == [{"code": "SCOPE", "message": "This token lacks the scope members:write."}]


async def test_the_trail_names_the_app_and_the_person(house: House) -> None:
    app = await house.register(scopes=["members:write"])
    given = await house.tokens("secretary", app, scope="members:write")

    person = (await changed(await house.query(given["access_token"], ADD)))["person"]["id"]

    entry = await AuditEntry.get(action="members.create_person")
    secretary = f"acc_{house.cast.accounts['secretary'].id}"
    assert (entry.actor, entry.on_behalf_of, entry.object) == (app.id, secretary, person)
    text = "{ audit(first: 1) { edges { node { actor who { __typename ... on App { name } } forWhom { id } } } } }"
    (edge,) = (await house.ask("auditor", text))["data"]["audit"]["edges"]
    assert edge["node"] == {
        "actor": app.id,
        "who": {"__typename": "App", "name": "Office platform"},
        "forWhom": {"id": secretary},
    }


async def test_reading_a_file_is_logged_with_both_names(house: House) -> None:
    given = await house.tokens("chair")

    await house.query(given["access_token"], "{ people { edges { node { phone } } } }")

    entry = await AuditEntry.get(action="members.read_file")
    chair = f"acc_{house.cast.accounts['chair'].id}"
    assert (entry.actor, entry.on_behalf_of) == (house.app.id, chair)


async def _consent() -> Consent:
    return await Consent.get(ended_at=None)


async def _disconnect(house: House) -> None:
    consent = await _consent()
    await app_disconnect(house.cast["member"], consent=consent.id)


async def _disable_account(house: House) -> None:
    await account_disable(ADMIN, account=house.cast.accounts["member"].id)


async def _disable_app(house: House) -> None:
    await app_disable(ADMIN, app=(await _consent()).app_id)


async def _narrow_app(house: House) -> None:
    await app_change(ADMIN, app=(await _consent()).app_id, scopes=["learning:write"])


async def _narrow_consent(house: House) -> None:
    await Consent.all().update(scopes=["audit:read"])


async def _end_seat(house: House) -> None:
    await MembershipStatus.filter(membership=house.cast.seats["member"]).update(status=Status.SUSPENDED)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (_disconnect, "TOKEN_REVOKED"),
        (_disable_account, "TOKEN_OWNER"),
        (_disable_app, "TOKEN_REVOKED"),
        (_narrow_app, "SCOPE"),
        (_narrow_consent, "SCOPE"),
        (_end_seat, "ROLE"),
    ],
)
async def test_what_ended_has_ended_at_the_next_request(house: House, change: Any, refusal: str) -> None:
    given = await house.tokens("member")
    for _ in range(2):
        assert (await house.query(given["access_token"])).json()["data"] == {"people": {"totalCount": 5}}

    await change(house)

    assert code(await house.query(given["access_token"])) == refusal


async def test_a_role_that_ends_is_lost_to_the_app_too(house: House) -> None:
    given = await wide(house, "secretary")
    assert code(await house.query(given["access_token"], COVERAGE)) == ""

    held = await RoleAssignment.get(account=house.cast.accounts["secretary"])
    await role_end(make.viewer(Role.ADMINISTRATOR), assignment=held.id)

    assert code(await house.query(given["access_token"], COVERAGE)) == "ROLE"


async def test_what_is_given_back_holds_again(house: House) -> None:
    given = await house.tokens("member")
    app = (await _consent()).app_id
    member = house.cast.accounts["member"].id

    for end, again in (
        (app_disable(ADMIN, app=app), app_enable(ADMIN, app=app)),
        (account_disable(ADMIN, account=member), account_enable(ADMIN, account=member)),
    ):
        await end
        assert (await house.query(given["access_token"])).status_code == 401
        await again
        assert (await house.query(given["access_token"])).status_code == 200


async def test_who_connects_an_app_again_has_the_old_tokens_ended_for_good(house: House) -> None:
    old = await house.tokens("member")
    await _disconnect(house)

    new = await house.tokens("member")

    assert code(await house.query(old["access_token"])) == "TOKEN_REVOKED"
    assert error(await house.refresh(old["refresh_token"])) == (400, "invalid_grant")
    assert (await house.query(new["access_token"])).status_code == 200


async def test_an_app_may_more_only_after_the_person_allowed_it(house: House) -> None:
    given = await house.tokens("secretary", scope="members:read")

    await app_change(ADMIN, app=(await _consent()).app_id, scopes=["all:write"])

    assert code(await house.query(given["access_token"], COVERAGE)) == "SCOPE"


async def test_its_last_use_is_noted_with_the_consent(house: House) -> None:
    given = await house.tokens("member")
    assert (await _consent()).last_used_at is None

    await house.query(given["access_token"])
    await database.settle()

    assert (await _consent()).last_used_at is not None


async def test_a_read_by_an_app_is_one_statement_who_asks_included(house: House, statements: Statements) -> None:
    given = await house.tokens("member")
    await house.query(given["access_token"])
    await database.settle()

    with statements() as asked:
        await house.query(given["access_token"])

    assert len([sql for sql in asked if not sql.startswith(ASIDE)]) == 1


async def test_it_makes_no_tokens_signs_no_papers_and_changes_no_password(house: House) -> None:
    given = await wide(house, "admin")
    tried = {
        'tokenIssue(name: "a", scopes: ["all:read"])': "TOKEN_BY_TOKEN",
        'accountLocale(locale: "zh")': "NOT_IN_BROWSER",
    }
    for mutation, refusal in tried.items():
        text = f"mutation {{ it: {mutation} {{ ... on Problems {{ problems {{ code }} }} }} }}"
        answer = await house.query(given["access_token"], text)
        assert answer.json()["data"]["it"]["problems"] == [{"code": refusal}]
    own = 'mutation { it: accountPassword(new: "a new long password") { ... on AccountPayload { account { id } } } }'
    before = await Account.get(id=house.cast.accounts["member"].id)
    member = await wide(house, "member")
    assert "account" not in str((await house.query(member["access_token"], own)).json()["data"])
    assert (await Account.get(id=before.id)).password_hash == before.password_hash


async def test_it_asks_by_get_as_programs_do(house: House) -> None:
    given = await house.tokens("member")
    held = {"Authorization": f"Bearer {given['access_token']}"}

    answer = await house.visitor.get("/graphql", params={"query": PEOPLE}, headers=held)

    assert json.loads(answer.text)["data"] == {"people": {"totalCount": 5}}


async def test_of_two_at_once_with_one_code_none_keeps_what_it_got(house: House) -> None:
    secret, verifier = await house.code()

    answers = await asyncio.gather(*(house.redeem(secret, verifier) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 400]
    (given,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert code(await house.query(given["access_token"])) == "TOKEN_REVOKED"


async def test_of_two_at_once_with_one_refresh_token_none_keeps_what_it_got(house: House) -> None:
    given = await house.tokens()

    answers = await asyncio.gather(*(house.refresh(given["refresh_token"]) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 400]
    (new,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert code(await house.query(new["access_token"])) == "TOKEN_REVOKED"


async def test_what_is_remembered_of_it_decides_nothing(house: House) -> None:
    given = await house.tokens("member")
    await house.query(given["access_token"])
    assert len(SEEN[APP].last) >= 1

    await App.all().update(disabled_at=make.NOW)

    assert code(await house.query(given["access_token"])) == "TOKEN_REVOKED"
