"""The same questions at the door of the application: who asks is looked up, what it costs is counted and paid."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from server.rules.budgets import Budgets
from server.viewer import Viewer
from tests.apps.coming import House
from tests.cast import Cast
from tests.schema.questions import FIELDS, Field, codes, operation, refusals
from tests.sockets.test_subscriptions import ACK
from tests.sockets.wire import Wire
from tests.web.test_programs import bearer
from tests.web.visitors import Asks, SignIn, Visitors, open_session

STRICT = {"Accept": "application/graphql-response+json"}
BROWSERS = ("admin", "secretary", "custodian", "chair", "auditor", "leader", "convener", "member", "department")
BY_TOKEN = {"whole": "all:write", "narrow": "audit:read", "reading": "members:read"}
"""Tokens of the secretary's: their scopes."""
CALLERS = ("visitor", *BROWSERS, *BY_TOKEN, "app")


@dataclass(frozen=True)
class Caller:
    """Someone at the door, as whom they come, and who they are by the table."""

    http: httpx.AsyncClient
    viewer: Viewer
    limit: int


Comes = Callable[[str], Awaitable[Caller]]


@pytest.fixture
def comes(everyone: Cast, visitors: Visitors, sign_in: SignIn, ask: Asks, client: httpx.AsyncClient) -> Comes:
    """`await comes("leader")`: by cookie; by a token of the secretary's; as an app that acts for the member."""

    async def one(name: str) -> Caller:
        if name == "app":
            house = await House.with_an_app(everyone, visitors, sign_in, ask, client)
            token = (await house.tokens("member", scope="members:read"))["access_token"]
            app = await visitors.browser(headers={"Authorization": f"Bearer {token}"})
            return Caller(app, with_scopes(everyone["member"], "members:read"), Budgets.token)
        if name in BY_TOKEN:
            scope = BY_TOKEN[name]
            program = await bearer(visitors, everyone["secretary"], scope)
            return Caller(program, with_scopes(everyone["secretary"], scope), Budgets.token)
        limit = Budgets.visitor if name == "visitor" else Budgets.session
        return Caller(await sign_in(name), everyone[name], limit)

    return one


def with_scopes(viewer: Viewer, scope: str) -> Viewer:
    return replace(viewer, client=uuid4(), scopes=frozenset({scope}))


@pytest.mark.parametrize("name", CALLERS)
async def test_everyone_gets_the_answer_of_the_table(comes: Comes, name: str) -> None:
    caller = await comes(name)

    for field in FIELDS:
        if field.root == "subscription":
            continue
        answer = await caller.http.post("/graphql", json={"query": operation(field)}, headers=STRICT)
        fits(caller, field, answer)
        if field.root == "query" and name in (*BY_TOKEN, "app"):
            fits(caller, field, await caller.http.get("/graphql", params={"query": operation(field)}, headers=STRICT))


def fits(caller: Caller, field: Field, answer: httpx.Response) -> None:
    """Refused as the table says, or not; and paid."""
    said, decision = answer.json(), field.decision(caller.viewer)
    code = decision.code if decision is not None and not decision.allowed else ""
    if field.name == "renewal" and code == "SIGNED_OUT":
        assert "COST_LIMIT" in codes(said)  # it weighs more than a visitor may spend, which is said first
        return
    assert refusals(said) == ({code} if code else set()), (field, said)
    assert answer.status_code in (200, 400, 403, 409), (field, said)
    assert ("data" in said) is (answer.status_code == 200), (field, said)
    if answer.status_code == 200:
        cost = said["extensions"]["cost"]
        assert cost["limit"] == caller.limit
        assert 0 < cost["cost"] <= cost["limit"]
        assert cost["remaining"] > 0


@pytest.mark.parametrize("name", CALLERS)
async def test_what_is_subscribed_to_is_answered_by_the_table_too(
    app: Starlette, comes: Comes, everyone: Cast, name: str
) -> None:
    caller = await comes(name)
    token = caller.http.headers.get("Authorization", "")
    account = everyone.accounts.get(name)
    cookie = await open_session(account) if account else ""

    async with Wire(app, cookie=cookie) as wire:
        heard = await wire.begin(**({"Authorization": token} if token else {}))
        if name == "visitor":
            assert heard == 4401
            return
        assert heard == ACK
        for field in (field for field in FIELDS if field.root == "subscription"):
            text = operation(field, "collections: [PEOPLE]" if field.name == "changed" else "")
            wire.ask(text, field.name)
            decision = field.decision(caller.viewer)
            if decision is not None and not decision.allowed:
                message = await wire.hear()
                assert (message["id"], message["type"]) == (field.name, "error")
                assert {error["extensions"]["code"] for error in message["payload"]} == {decision.code}
            elif field.name == "viewer":
                assert (await wire.data())["it"] == {"__typename": "Me"}
