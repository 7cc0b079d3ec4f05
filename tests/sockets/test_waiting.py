"""What a subscription asks at each moment: its own document as a query, compiled, with what changed in its place."""

import pytest
from graphql import OperationType

from server import schema
from server.rules.permissions import HeldRole, Role
from server.schema.asking import Asking
from server.schema.waiting import Ended, kind_of, waiting
from tests import make
from tests.test_docs import blocks

EVERYTHING = make.viewer(roles=tuple(HeldRole(role) for role in Role))
DOCUMENTED = [text for _, text in blocks("graphql") if text.startswith("subscription")]
CASES = {
    "subscription A($a: [ID!], $b: Boolean!) { changed(ids: $a) { id @include(if: $b) } }": (
        "query A($b: Boolean!, $things: [ID!]) {\n  changed(ids: $things) {\n    id @include(if: $b)\n  }\n}"
    ),
    "subscription { it: changed(collections: [PEOPLE]) { id } }": (
        "query ($things: [ID!]) {\n  it: changed(ids: $things) {\n    id\n  }\n}"
    ),
    "subscription ($things: Boolean!) { changed { id @skip(if: $things) } }": (
        "query ($things: Boolean!, $things_: [ID!]) {\n  changed(ids: $things_) {\n    id @skip(if: $things)\n  }\n}"
    ),
    "subscription { ...F } fragment F on Subscription { changed(collections: [BODIES]) { id } }": (
        "query ($things: [ID!]) {\n  ...F\n}\n\nfragment F on Subscription {\n  changed(ids: $things) {\n    id\n  }\n}"
    ),
    "subscription { viewer { name } }": "{\n  viewer {\n    name\n  }\n}",
}


def asking() -> Asking:
    return Asking(EVERYTHING)


@pytest.mark.parametrize("text", CASES)
def test_the_document_becomes_a_query_about_what_changed(text: str) -> None:
    assert waiting(text, None, asking()).text == CASES[text]


def test_of_several_operations_the_named_one_alone_is_asked() -> None:
    text = "query A { viewer { name } } subscription B { viewer { ...F } } fragment F on Me { locale }"

    kinds = [None, OperationType.QUERY, OperationType.SUBSCRIPTION, None]
    assert [kind_of(text, name) for name in (None, "A", "B", "C")] == kinds
    assert "query A" not in waiting(text, "B", asking()).text


@pytest.mark.parametrize("text", ["subscription {", "{ viewer { name } }", ""])
def test_other_text_is_no_subscription(text: str) -> None:
    assert kind_of(text, None) is not OperationType.SUBSCRIPTION


def test_one_that_is_not_valid_says_why() -> None:
    with pytest.raises(Ended) as ended:
        waiting("subscription { nothing }", None, asking())

    assert [error["extensions"]["code"] for error in ended.value.errors] == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize("text", [*DOCUMENTED, *CASES])
@pytest.mark.usefixtures("db")
async def test_each_moment_is_read_in_one_statement(text: str) -> None:
    """Of each kind of thing, and where none is named."""
    ready, flag = waiting(text, None, asking()), {"b": True} if "$b" in text else {"things": False}
    for things in (None, *([f"{kind}_{make.some_id()}"] for kind in ("per", "mem", "bod", "sta", "rel"))):
        variables = {**(flag if ": Boolean" in text else {}), ready.things: things}

        await schema.compiled_moments.plan(ready.text, ready.name, variables, EVERYTHING)
