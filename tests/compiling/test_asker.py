"""Who asks is part of the statement that reads: what ended has ended at the next request, whoever ended it."""

import asyncio
import datetime as dt
import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from server.models import viewing
from server.models.accounts import token_issue
from server.models.accounts.standing import TOKEN
from server.models.audit import AuditEntry
from server.models.database import settle
from server.models.viewing import BearerToken, Coming, Memory, Supposed
from server.rules.permissions import Role
from server.schema import ask
from server.schema.asking import Asking, Unsettled
from tests import make
from tests.cast import Cast
from tests.web.test_statements import Statements
from tests.web.visitors import Visitors

PEOPLE = "{ people { totalCount } }"
FILES = "{ people { edges { node { birthDate } } } }"
ENDED = "ends_on = '2020-01-01'"
SEVERAL = 20
Enter = Callable[[str, str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
def enter(visitors: Visitors, everyone: Cast) -> Enter:
    """`await enter("chair", "token")`: one of the cast by session or by token, who has asked once before."""

    async def as_one(name: str, way: str) -> httpx.AsyncClient:
        if way == "session":
            program = await visitors.signed_in(everyone.accounts[name])
        else:
            program = await visitors.browser(headers={"Authorization": f"Bearer {await token(everyone, name)}"})
        assert "errors" not in await asks(program)
        await settle()
        return program

    return as_one


async def token(everyone: Cast, name: str, scope: str = "all:read") -> str:
    viewer = replace(everyone["admin"], now=dt.datetime.now(dt.UTC))
    return (await token_issue(viewer, name="mirror", scopes=[scope], days=1, owner=everyone.accounts[name].id)).token


async def asks(program: httpx.AsyncClient, query: str = PEOPLE) -> dict[str, Any]:
    return (await program.post("/graphql", json={"query": query})).json()


async def behind(db: str, sql: str) -> None:
    """Changes the database as another process does: this one does not hear of it."""
    if db.startswith("sqlite:"):
        with sqlite3.connect(db.removeprefix("sqlite:///").partition("?")[0]) as other:
            assert other.execute(sql).rowcount > 0
        other.close()
        return
    connection = await asyncpg.connect(db)
    assert not (await connection.execute(sql)).endswith(" 0")
    await connection.close()


@pytest.mark.parametrize("way", ["session", "token"])
async def test_a_compiled_read_is_one_statement_who_asks_included(enter: Enter, way: str, statements: Statements):
    program = await enter("member", way)

    with statements() as asked:
        answer = await asks(program)

    assert (answer["data"], len(asked)) == ({"people": {"totalCount": 5}}, 1)


async def test_a_page_that_is_compiled_is_one_statement(enter: Enter, statements: Statements):
    browser = await enter("member", "session")
    await browser.get("/terms")  # what the assembly is called is known for some seconds

    with statements() as asked:
        page = await browser.get("/terms")

    assert (page.status_code, len(asked)) == (200, 1)


async def test_a_visitor_with_nothing_costs_no_statement(client: httpx.AsyncClient, statements: Statements):
    with statements() as asked:
        answer = await asks(client, "{ __typename }")

    assert (answer["data"], len(asked)) == ({"__typename": "Query"}, 1)


CHANGES = [
    ("session", "chair", "UPDATE session SET ended_at = '2026-01-01 00:00:00+00:00'", "SIGNED_OUT"),
    ("session", "chair", "UPDATE session SET expires_at = '2026-01-01 00:00:00+00:00'", "SIGNED_OUT"),
    ("session", "chair", "DELETE FROM session", "SIGNED_OUT"),
    ("session", "chair", "UPDATE account SET active = FALSE", "SIGNED_OUT"),
    ("token", "chair", "UPDATE api_client SET revoked_at = '2026-01-01 00:00:00+00:00'", "TOKEN_REVOKED"),
    ("token", "chair", "UPDATE api_client SET expires_at = '2026-01-01 00:00:00+00:00'", "TOKEN_EXPIRED"),
    ("token", "chair", "DELETE FROM api_client", "TOKEN_UNKNOWN"),
    ("token", "chair", "UPDATE api_client SET scopes = '[\"audit:read\"]'", "SCOPE"),
    ("token", "chair", "UPDATE account SET active = FALSE", "TOKEN_OWNER"),
    ("session", "custodian", f"UPDATE role_assignment SET {ENDED}", "ROLE"),
    ("token", "custodian", "UPDATE role_assignment SET voided_at = '2026-01-01 00:00:00+00:00'", "ROLE"),
    ("session", "member", f"UPDATE membership_status SET {ENDED}", "ROLE"),
    ("session", "member", "UPDATE membership_status SET status = 'paused'", "ROLE"),
    ("token", "member", "UPDATE term SET status = 'closed'", "ROLE"),
    ("session", "department", "UPDATE body_membership SET role = 'member'", "ROLE"),
    ("token", "department", f"UPDATE body SET {ENDED}", "ROLE"),
    ("session", "department", "UPDATE account SET person_id = NULL", "ROLE"),
]


async def refused_after(program: httpx.AsyncClient, db: str, sql: str, code: str) -> None:
    await behind(db, sql)
    answer = await asks(program)
    assert "people" not in (answer.get("data") or {})
    assert answer["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize(("way", "name", "sql", "code"), CHANGES)
async def test_what_another_process_ended_has_ended(enter: Enter, db: str, way: str, name: str, sql: str, code: str):
    await refused_after(await enter(name, way), db, sql, code)


@pytest.mark.parametrize(("way", "name", "sql", "code"), [CHANGES[0], CHANGES[4], CHANGES[-1]])
async def test_to_compare_wrongly_would_be_found(
    enter: Enter, db: str, monkeypatch: pytest.MonkeyPatch, way: str, name: str, sql: str, code: str
):
    program = await enter(name, way)
    monkeypatch.setattr(Supposed, "confirmed", lambda supposed, _: supposed.guess)

    with pytest.raises(AssertionError):
        await refused_after(program, db, sql, code)


async def test_what_another_process_gave_is_given(enter: Enter, db: str, everyone: Cast):
    program = await enter("custodian", "token")
    assert (await asks(program, "{ audit { totalCount } }"))["errors"]

    await behind(db, "UPDATE role_assignment SET role = 'auditor' WHERE role = 'custodian'")

    assert (await asks(program, "{ audit { totalCount } }"))["data"]["audit"]["totalCount"] > 0


async def test_the_language_chosen_elsewhere_is_spoken(enter: Enter, db: str):
    browser = await enter("member", "session")
    assert 'lang="en"' in (await browser.get("/terms")).text

    await behind(db, "UPDATE account SET locale = 'zh'")

    assert 'lang="zh' in (await browser.get("/terms")).text


async def test_an_answer_that_was_not_for_who_asks_is_never_logged_as_read(enter: Enter, db: str):
    program = await enter("chair", "token")
    await behind(db, f"UPDATE role_assignment SET {ENDED} WHERE role = 'chair'")

    answer = await asks(program, FILES)

    assert [edge["node"]["birthDate"] for edge in answer["data"]["people"]["edges"]] == [None] * 5
    assert await AuditEntry.filter(action="members.read_file", actor="chair").count() == 0


async def test_what_is_wrong_with_a_request_is_told_after_what_is_wrong_with_its_token(enter: Enter, db: str):
    program = await enter("chair", "token")
    await behind(db, "UPDATE api_client SET revoked_at = created_at")

    for body in (b"no JSON", b'{"query": "{ a } { b }"}', b'{"query": "query A { a } query B { b }"}'):
        answer = await program.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "TOKEN_REVOKED")


async def test_a_session_of_a_strange_page_gets_nothing_however_well_it_is_known(enter: Enter):
    browser = await enter("chair", "session")

    answer = await browser.post("/graphql", json={"query": PEOPLE}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "CROSS_SITE")


async def test_many_requests_at_once_while_a_role_ends(enter: Enter, db: str):
    """Each is answered as before or as after; whoever comes after the change, as after."""
    program, other = await enter("custodian", "token"), await enter("chair", "session")
    before = [asyncio.create_task(asks(who)) for who in (program, other) * SEVERAL]
    await asyncio.sleep(0)
    await behind(db, f"UPDATE role_assignment SET {ENDED} WHERE role = 'custodian'")
    after = await asyncio.gather(*(asks(who) for who in (program, other) * SEVERAL))

    counted = {"people": {"totalCount": 5}}
    assert [answer.get("data") == counted for answer in after] == [False, True] * SEVERAL
    for answer in await asyncio.gather(*before):
        assert answer.get("data") == counted or answer["errors"][0]["extensions"]["code"] == "ROLE"


async def test_who_was_seen_is_supposed_until_the_credential_ends(everyone: Cast):
    coming = Coming(BearerToken(await token(everyone, "member")), now=dt.datetime.now(dt.UTC), zone=make.ZONE)
    assert coming.supposed() is None

    viewer = await coming.viewer()
    supposed = coming.supposed()

    assert supposed
    assert replace(supposed.guess, request_id=viewer.request_id) == viewer
    assert replace(coming, now=coming.now + dt.timedelta(days=1)).supposed() is None


async def test_what_holds_from_a_day_on_holds_on_that_day(everyone: Cast):
    """The text of yesterday is compared with that of today."""
    issued, account = await token(everyone, "member"), everyone.accounts["member"]
    today = dt.datetime.now(dt.UTC).replace(hour=2)
    await make.role(account, Role.AUDITOR, starts_on=today.date() + dt.timedelta(days=1))
    roles = []
    for now in (today, today + dt.timedelta(hours=20)):
        asking = Asking(None, coming=Coming(BearerToken(issued), now=now, zone=make.ZONE))
        await ask(PEOPLE, None, asking, None)
        roles.append([held.role for held in asking.viewer.roles])

    assert roles == [[Role.MEMBER], [Role.AUDITOR, Role.MEMBER]]


async def test_only_so_many_are_remembered(everyone: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(viewing, "MOST", 2)
    monkeypatch.setitem(viewing.SEEN, TOKEN, Memory())
    coming = [
        Coming(BearerToken(await token(everyone, name)), now=dt.datetime.now(dt.UTC), zone=make.ZONE)
        for name in ("chair", "member", "leader")
    ]

    for one in (*coming[:2], coming[0], coming[2]):
        await one.viewer()

    assert [one.supposed() is not None for one in coming] == [True, False, True]


def test_nobody_is_asked_before_it_is_known_who_asks():
    with pytest.raises(Unsettled):
        _ = Asking(None).viewer


def test_a_guess_is_used_where_it_is_verified_and_nowhere_else():
    root = Path(viewing.__file__).parents[2]
    found = {
        str(path.relative_to(root))
        for folder in ("server", "web")
        for path in (root / folder).rglob("*.py")
        if re.search(r"\.guess\b", path.read_text("utf-8"))
    }

    assert found == {
        *("server/models/viewing.py", "server/models/prepared.py"),
        *("server/schema/asking.py", "server/schema/compiling/plans.py"),
    }
