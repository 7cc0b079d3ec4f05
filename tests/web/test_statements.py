"""How many SQL statements a page and a list cost: pinned, and the same however many rows there are."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument
from graphql.type import GraphQLField, GraphQLOutputType

from server import schema
from tests.cast import Cast
from tests.crowd import grow
from tests.furnished import addresses, furnish
from tests.web.test_every_page import pages
from tests.web.visitors import Asks, SignIn

Statements = Callable[[], AbstractContextManager[list[str]]]
ASIDE = (
    'SELECT "id" "id","created_at" "created_at" FROM "session"',
    'UPDATE "session"',
    "SELECT pg_advisory_xact_lock",
)
"""Not counted: that a session was used, noted once a minute; the lock that only one of the databases needs."""
PAGES = {
    "home/today": 16,
    "home/me": 2,
    "members/list": 3,
    "members/new": 2,
    "members/recent": 4,
    "members/show": 20,
    "members/change": 5,
    "members/sorting": 3,
    "members/topics": 3,
    "members/identifier": 4,
    "members/readings": 6,
    "members/merge": 3,
    "members/compare": 5,
    "members/seat": 3,
    "members/status": 3,
    "members/post": 3,
    "members/correct_status": 6,
    "members/correct_post": 3,
    "members/terms": 3,
    "members/term_new": 2,
    "members/term": 3,
    "members/years": 4,
    "bodies/list": 7,
    "bodies/new": 3,
    "bodies/show": 15,
    "bodies/part": 4,
    "bodies/change": 5,
    "bodies/end": 6,
    "bodies/tie": 4,
    "bodies/untie": 4,
    "bodies/add": 5,
    "bodies/place_end": 5,
    "bodies/role": 5,
    "bodies/correct": 5,
    "bodies/void": 5,
    "learning/list": 10,
    "learning/new": 5,
    "learning/show": 13,
    "learning/rename": 3,
    "learning/stem": 6,
    "learning/leaders": 9,
    "learning/add": 7,
    "learning/end": 5,
    "learning/move": 8,
    "learning/remove": 5,
    "learning/coverage": 1,
    "learning/assign": 22,
    "learning/check": 19,
    "learning/assigned": 7,
    "accounts/permissions": 7,
    "accounts/list": 5,
    "accounts/new": 3,
    "accounts/show": 7,
    "accounts/grant": 4,
    "accounts/role": 5,
    "accounts/disable": 3,
    "accounts/password": 3,
    "accounts/own_password": 2,
    "accounts/tokens": 4,
    "accounts/token": 4,
    "accounts/audit": 9,
    "imports/list": 6,
    "imports/show": 9,
    "imports/undo": 3,
    "login": 2,
}
CONNECTIONS = {
    "people": 11,
    "members": 10,
    "bodies": 15,
    "learningGroups": 6,
    "learningCandidates": 7,
    "accounts": 9,
    "tokens": 3,
    "importRuns": 2,
    "audit": 7,
}
MEETING = 2
"""How many fewer it may be: two links to one table may or may not wait at the same moment, and so share a statement."""


def _connections() -> dict[str, GraphQLField]:
    """The root fields that are lists of any length."""
    fields = schema.api._schema.query_type.fields
    return {name: field for name, field in fields.items() if get_named_type(field.type).name.endswith("Connection")}


def _everything(kind: GraphQLOutputType, deep: int) -> str:
    """A selection of all fields that need no argument, and of theirs, so deep.

    Without lists in parts within the list: each of those is a statement of its own, as its reader asks for it.
    """
    found = get_named_type(kind)
    if is_leaf_type(found):
        return ""
    if not isinstance(found, GraphQLObjectType):
        return "{ __typename }"
    fields = {name: field for name, field in found.fields.items() if "Connection" not in str(field.type)}
    chosen = [
        f"{name} {_everything(field.type, deep - 1)}"
        for name, field in fields.items()
        if not any(map(is_required_argument, field.args.values()))
        and (deep or is_leaf_type(get_named_type(field.type)))
    ]
    return f"{{ {' '.join(chosen or ['__typename'])} }}"


def _node(field: GraphQLField) -> GraphQLOutputType:
    edge = get_named_type(get_named_type(field.type).fields["edges"].type)
    return edge.fields["node"].type


def _near(count: int, pinned: int) -> bool:
    return pinned - MEETING <= count <= pinned


def _cost(asked: list[str]) -> int:
    return sum(not statement.startswith(ASIDE) for statement in asked)


@pytest.mark.parametrize("name", _connections())
async def test_a_list_costs_no_statement_per_row(ask: Asks, everyone: Cast, statements: Statements, name: str) -> None:
    whole = f"{{ {name}(first: 100) {{ totalCount edges {{ node {_everything(_node(_connections()[name]), 1)} }} }} }}"
    counts = []
    for start, stop in ((0, 3), (3, 300)):
        await grow(everyone, start, stop)
        with statements() as asked:
            answer = await ask("admin", whole)
        assert "errors" not in answer
        counts.append(_cost(asked))

    assert all(_near(count, CONNECTIONS[name]) for count in counts), counts


async def test_a_page_costs_as_many_statements_for_300_rows_as_for_3(
    sign_in: SignIn, everyone: Cast, statements: Statements
) -> None:
    examples = await furnish(everyone)
    browser = await sign_in("admin")
    found: list[dict[str, int]] = []
    for start, stop in ((0, 3), (3, 300)):
        await grow(everyone, start, stop)
        found.append({})
        for route in pages():
            with statements() as asked:
                await browser.get(next(addresses(route.path, examples)))
            found[-1][route.name] = _cost(asked)

    assert list(found[0]) == list(PAGES)
    for counts in found:
        assert {name: count for name, count in counts.items() if not _near(count, PAGES[name])} == {}
