"""A new secret in the place of an old one, and the addresses from which a token may be used."""

import datetime as dt
from dataclasses import replace

import pytest

from server.errors import Conflict, Invalid, NotThere, Refused
from server.models.accounts import Account, ApiClient, account_disable, token_issue, token_revoke
from server.models.accounts.tokens import token_addresses, token_rotate
from server.models.audit import AuditEntry
from server.rules.permissions import Role
from tests import make
from tests.accounts.door import ADMIN
from tests.accounts.test_tokens import READ, code, no, of

DAY = dt.timedelta(days=1)


@pytest.fixture
async def old(wang: Account) -> ApiClient:
    """Wang's token for 100 days, for one network."""
    issued = await token_issue(of(wang), name="Sync", scopes=READ, days=100, addresses=["192.0.2.7"])
    return await ApiClient.get(id=issued.id)


async def test_a_new_token_takes_the_place_of_the_old_one_which_lasts_a_week_more(wang: Account, old: ApiClient):
    issued = await token_rotate(of(wang, Role.MEMBER), token=old.id)

    new, was = await ApiClient.get(id=issued.id), await ApiClient.get(id=old.id)
    assert new.token_hash != was.token_hash == old.token_hash
    assert (new.name, new.scopes, new.addresses, new.owner_id) == ("Sync", READ, ["192.0.2.7/32"], wang.id)
    assert (new.expires_at, new.created_at, new.replaced_by_id) == (old.expires_at, make.NOW, None)
    assert (was.expires_at, was.replaced_by_id) == (make.NOW + 7 * DAY, new.id)
    entry = await AuditEntry.get(action="token.rotate")
    assert (entry.actor, entry.object, entry.facts["new"]) == (f"acc_{wang.id}", f"tok_{old.id}", f"tok_{new.id}")


@pytest.mark.parametrize(
    ("until", "kept"),
    [(make.NOW, make.NOW), (make.NOW + 30 * DAY, make.NOW + 30 * DAY), (make.NOW + 900 * DAY, make.NOW + 100 * DAY)],
)
async def test_the_old_one_ends_when_it_is_said_and_never_later_than_before(
    wang: Account, old: ApiClient, until: dt.datetime, kept: dt.datetime
):
    await token_rotate(of(wang), token=old.id, until=until)

    assert (await ApiClient.get(id=old.id)).expires_at == kept


async def test_only_who_may_issue_tokens_makes_one_last_longer(wang: Account, old: ApiClient):
    member, secretary = of(wang, Role.MEMBER), of(wang, Role.SECRETARY)

    assert isinstance(await no(token_rotate(member, token=old.id, days=365)), Refused)
    assert code(await no(token_rotate(secretary, token=old.id, days=731))) == (Invalid, "TOKEN_DAYS", "days")
    assert (await token_rotate(secretary, token=old.id, days=365)).expires_at == make.NOW + 365 * DAY


async def test_what_cannot_be_replaced_is_left_as_it_is(wang: Account, li: Account, old: ApiClient):
    stranger = of(li, Role.SECRETARY)
    gone = await token_issue(of(wang), name="Gone", scopes=READ, days=1)
    revoked = await token_issue(of(wang), name="Revoked", scopes=READ)
    await token_revoke(of(wang), token=revoked.id)
    program = replace(of(wang), client=old.id, scopes=frozenset({"all:write"}))
    before = await ApiClient.all().order_by("id").values()

    tries = [
        (token_rotate(of(wang), token=old.id, until=make.NOW - DAY), (Invalid, "UNTIL_PAST", "until")),
        (token_rotate(stranger, token=old.id), (NotThere, "NOT_THERE", "token")),
        (token_rotate(replace(of(wang), now=make.NOW + DAY), token=gone.id), (Conflict, "TOKEN_ENDED", "token")),
        (token_rotate(of(wang), token=revoked.id), (Conflict, "TOKEN_ENDED", "token")),
        (token_rotate(program, token=old.id), (Refused, "TOKEN_BY_TOKEN", None)),
    ]
    for attempt, expected in tries:
        assert code(await no(attempt)) == expected
    assert await ApiClient.all().order_by("id").values() == before


async def test_one_is_replaced_once(wang: Account, old: ApiClient):
    await token_rotate(of(wang), token=old.id)

    assert code(await no(token_rotate(of(wang), token=old.id))) == (Conflict, "ROTATED_ALREADY", "token")


async def test_the_token_of_a_closed_account_is_not_replaced(wang: Account, old: ApiClient):
    await account_disable(ADMIN, account=wang.id)

    assert code(await no(token_rotate(ADMIN, token=old.id))) == (Invalid, "OWNER_DISABLED", "owner")


async def test_an_administrator_replaces_those_of_others(li: Account, old: ApiClient):
    issued = await token_rotate(of(li, Role.ADMINISTRATOR), token=old.id, days=10)

    assert (await ApiClient.get(id=issued.id)).owner_id == old.owner_id


async def test_addresses_are_said_anew_and_written_down_once(wang: Account, old: ApiClient):
    for _ in range(2):
        await token_addresses(of(wang), token=old.id, addresses=["10.0.0.0/8", "2001:db8::/32"])

    assert (await ApiClient.get(id=old.id)).addresses == ["10.0.0.0/8", "2001:db8::/32"]
    entry = await AuditEntry.get(action="token.addresses")
    assert entry.facts == {"name": "Sync", "addresses": [["192.0.2.7/32"], ["10.0.0.0/8", "2001:db8::/32"]]}


async def test_who_may_issue_no_tokens_says_no_addresses(wang: Account, li: Account, old: ApiClient):
    program = replace(of(wang), client=old.id, scopes=frozenset({"all:write"}))

    assert isinstance(await no(token_addresses(of(wang, Role.MEMBER), token=old.id, addresses=[])), Refused)
    assert isinstance(await no(token_addresses(of(li), token=old.id, addresses=[])), NotThere)
    assert isinstance(await no(token_addresses(program, token=old.id, addresses=[])), Refused)
    assert code(await no(token_addresses(of(wang), token=old.id, addresses=["x"]))) == (Invalid, "ADDRESS", "addresses")
    assert (await ApiClient.get(id=old.id)).addresses == old.addresses


async def test_the_old_one_can_still_be_restricted_while_it_lasts(wang: Account, old: ApiClient):
    await token_rotate(of(wang), token=old.id)

    await token_addresses(of(wang), token=old.id, addresses=[])

    assert (await ApiClient.get(id=old.id)).addresses == []


async def test_an_ended_one_cannot(wang: Account, old: ApiClient):
    await token_revoke(of(wang), token=old.id)

    attempt = token_addresses(of(wang), token=old.id, addresses=[])
    assert code(await no(attempt)) == (Conflict, "TOKEN_ENDED", "token")
