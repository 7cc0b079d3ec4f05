import datetime as dt
import hashlib
import re
from dataclasses import replace

import pytest

from server.errors import Conflict, DomainError, Invalid, NotThere, Refused
from server.models.accounts import Account, ApiClient, account_disable, token_issue, token_revoke
from server.models.audit import AuditEntry
from server.rules.permissions import Role
from server.viewer import Viewer
from tests import make
from tests.accounts.door import ADMIN

READ = ["members:read"]


async def no(attempt) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.value


def code(refusal: DomainError) -> tuple[type, str, str | None]:
    return type(refusal), refusal.problems[0].code, refusal.problems[0].field


def of(account: Account, role: Role | None = Role.SECRETARY) -> Viewer:
    return make.viewer(role, account=account.id, name=account.name)


async def test_a_token_is_seen_once_and_kept_as_a_hash(wang: Account):
    issued = await token_issue(of(wang), name=" Sync ", scopes=["members:write", "all:read"])

    client = await ApiClient.get(id=issued.id)
    assert re.fullmatch(r"lz_[\w-]{43}", issued.token)
    assert client.token_hash == hashlib.sha256(issued.token.encode()).hexdigest()
    assert (client.name, client.scopes, client.owner_id) == ("Sync", ["all:read", "members:write"], wang.id)
    assert client.expires_at == issued.expires_at == make.NOW + dt.timedelta(days=365)
    assert (client.created_at, client.last_used_at, client.revoked_at) == (make.NOW, None, None)


async def test_issuing_is_written_down_without_the_token(wang: Account):
    issued = await token_issue(of(wang), name="Sync", scopes=READ, days=1)

    entry = await AuditEntry.get(action="token.issue")
    assert (entry.object, entry.actor) == (f"tok_{issued.id}", f"acc_{wang.id}")
    assert entry.facts == {
        "name": "Sync",
        "scopes": READ,
        "addresses": [],
        "owner": f"acc_{wang.id}",
        "expires_at": "2026-11-23T02:00:00.000000+00:00",
    }


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"name": "  "}, (Invalid, "TOKEN_NAME", "name")),
        ({"name": "x" * 101}, (Invalid, "TOO_LONG", "name")),
        ({"scopes": []}, (Invalid, "SCOPES_MISSING", "scopes")),
        ({"scopes": ["member:read"]}, (Invalid, "NO_SUCH_SCOPE", "scopes")),
        ({"days": 0}, (Invalid, "TOKEN_DAYS", "days")),
        ({"days": 731}, (Invalid, "TOKEN_DAYS", "days")),
        ({"owner": make.some_id()}, (NotThere, "NOT_THERE", "owner")),
        ({"owner": None}, (Invalid, "OWNER_MISSING", "owner")),
    ],
)
async def test_a_token_that_does_not_fit_is_not_made(wang: Account, facts: dict, expected: tuple):
    attempt = token_issue(ADMIN, **{"name": "Sync", "scopes": READ, "owner": wang.id} | facts)

    assert code(await no(attempt)) == expected
    assert await ApiClient.all().count() == 0


async def test_a_closed_account_gets_no_token(wang: Account):
    await account_disable(ADMIN, account=wang.id)

    refusal = await no(token_issue(ADMIN, name="Sync", scopes=READ, owner=wang.id))

    assert code(refusal) == (Invalid, "OWNER_DISABLED", "owner")


async def test_one_makes_tokens_for_oneself_and_an_administrator_for_all(wang: Account, li: Account):
    await token_issue(of(wang), name="Sync", scopes=READ, owner=wang.id)
    await token_issue(of(li, Role.ADMINISTRATOR), name="Sync", scopes=READ, owner=wang.id)

    for viewer, owner in ((of(wang), li.id), (of(wang, Role.CUSTODIAN), wang.id), (make.viewer(), None)):
        assert isinstance(await no(token_issue(viewer, name="Sync", scopes=READ, owner=owner)), Refused)


async def test_a_token_makes_no_tokens(li: Account):
    program = replace(of(li, Role.ADMINISTRATOR), client=make.some_id(), scopes=frozenset({"all:write"}))

    assert code(await no(token_issue(program, name="Sync", scopes=READ))) == (Refused, "TOKEN_BY_TOKEN", None)


async def test_a_token_is_revoked_by_its_owner_or_an_administrator(wang: Account):
    mine = await token_issue(of(wang), name="Mine", scopes=READ)
    other = await token_issue(of(wang), name="Other", scopes=READ)

    await token_revoke(of(wang), token=mine.id)
    await token_revoke(ADMIN, token=other.id)

    assert await ApiClient.filter(revoked_at=make.NOW).count() == 2
    entry = await AuditEntry.get(action="token.revoke", object=f"tok_{mine.id}")
    assert entry.facts == {"name": "Mine"}


async def test_revoking_twice_is_a_conflict(wang: Account):
    issued = await token_issue(of(wang), name="Sync", scopes=READ)
    await token_revoke(of(wang), token=issued.id)

    assert code(await no(token_revoke(of(wang), token=issued.id))) == (Conflict, "REVOKED_ALREADY", "token")


async def test_the_token_of_another_is_not_there(wang: Account, li: Account):
    issued = await token_issue(of(li, Role.ADMINISTRATOR), name="Sync", scopes=READ)

    refusals = [await no(token_revoke(of(wang), token=key)) for key in (issued.id, make.some_id())]

    assert {code(refusal) for refusal in refusals} == {(NotThere, "NOT_THERE", "token")}
    assert len({str(refusal) for refusal in refusals}) == 1
