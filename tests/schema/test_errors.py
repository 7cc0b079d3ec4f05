"""What an error says of itself: a stable code, and the name that the schema gives to what is wrong."""

import logging
from typing import Any

import pytest
from graphql import FieldNode, GraphQLError, NameNode

from server.schema import Asking, problems
from tests import make
from tests.cast import Cast
from tests.web.visitors import Asks

NOBODY = "00000000-0000-0000-0000-000000000001"


async def code(ask: Asks, text: str, **variables: Any) -> str:
    """The code of the one error of this operation."""
    (error,) = (await ask("admin", text, **variables))["errors"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ('{ people(activeOn: "never") { totalCount } }', {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($on: Date!) { people(activeOn: $on) { totalCount } }", {"on": "never"}, "BAD_USER_INPUT"),
        ("query ($on: Date!) { people(activeOn: $on) { totalCount } }", {}, "BAD_USER_INPUT"),
        ("query ($by: Order) { people(orderBy: $by) { totalCount } }", {"by": None}, "BAD_USER_INPUT"),
        ("{ people(first: 101) { totalCount } }", {}, "PAGE_SIZE"),
    ],
)
async def test_every_error_has_its_code(ask: Asks, text: str, variables: dict[str, Any], expected: str) -> None:
    assert await code(ask, text, **variables) == expected


async def test_a_refused_query_names_the_argument_as_the_schema_does(ask: Asks) -> None:
    answer = await ask("admin", '{ people(term: "none") { totalCount } }')

    extensions = answer["errors"][0]["extensions"]
    assert extensions == {"code": "NO_SUCH_TERM", "kind": "INVALID", "field": "term", "rule": None}


def test_what_only_a_bug_of_ours_can_do_is_logged_with_a_number(caplog: pytest.LogCaptureFixture) -> None:
    asking = Asking(make.viewer())
    field = FieldNode(name=NameNode(value="name"))
    bugs = [GraphQLError("No", original_error=TypeError("null")), GraphQLError("No", nodes=[field])]
    with caplog.at_level(logging.ERROR):
        shown = [problems.error(bug, asking, ran=True) for bug in bugs]

    assert [error["extensions"] for error in shown] == [
        {"code": "INTERNAL", "requestId": asking.viewer.request_id},
        {"code": "INTERNAL", "requestId": asking.viewer.request_id},
    ]
    assert len(caplog.records) == 2


NAMED = {
    f'bodyEnd(id: "bod_{NOBODY}", on: "2026-01-01")': "id",
    f'bodyRelationEnd(id: "rel_{NOBODY}", on: "2026-01-01")': "id",
    f'bodyMembershipVoid(id: "bdm_{NOBODY}", reason: "wrong")': "id",
    f'accountDisable(id: "acc_{NOBODY}")': "id",
    f'roleEnd(id: "rol_{NOBODY}")': "id",
    f'tokenRevoke(id: "tok_{NOBODY}")': "id",
    f'personChange(id: "per_{NOBODY}", change: {{nameEn: "Li"}})': "id",
    f'roleGrant(account: "acc_{NOBODY}", role: AUDITOR)': "account",
    'personCreate(person: {email: "none"})': "nameZh",
    'bodyCreate(body: {kind: SECTOR, nameEn: "A", startsOn: "2026-02-02", endsOn: "2026-01-01"})': "endsOn",
}


@pytest.mark.parametrize("asked", NAMED)
async def test_a_problem_names_an_argument_of_the_mutation(ask: Asks, everyone: Cast, asked: str) -> None:
    answer = await ask("admin", f"mutation {{ change: {asked} {{ ... on Problems {{ problems {{ field }} }} }} }}")

    assert answer["data"]["change"]["problems"][0] == {"field": NAMED[asked]}


async def test_a_problem_with_what_is_no_argument_names_none(ask: Asks) -> None:
    asked = 'tokenIssue(name: "mirror", scopes: ["all:read"]) { ... on Problems { problems { code field } } }'

    answer = await ask(make.viewer(roles=ask.cast["admin"].roles), f"mutation {{ {asked} }}")

    assert answer["data"]["tokenIssue"]["problems"] == [{"code": "OWNER_MISSING", "field": None}]
