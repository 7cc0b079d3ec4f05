"""What an operation can cost: told from its text, exactly, and quickly whatever the text."""

import time
from typing import Any

import pytest
from graphql import GraphQLError, OperationDefinitionNode, get_introspection_query, parse, validate

from server import schema
from server.rules.budgets import Cost
from server.schema.compiling.cost import MOST, Costs
from tests import stored

SCHEMA = schema.api._schema


def cost(text: str, variables: dict[str, Any] | None = None) -> Cost:
    """Of the first operation of a text."""
    document = parse(text)
    (operation, *_) = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return Costs(SCHEMA, document).of(operation, variables)


@pytest.mark.parametrize(
    ("text", "whole", "rows"),
    [
        ("{ __typename }", 1, 0),
        ("{ person(id: 1) { name nameZh } }", 1 + 2, 0),
        ("{ person(id: 1) { expertise } }", 1 + 1, 0),
        ("{ person(id: 1) { memberships { no term { code } } } }", 1 + 1 + 10 * (1 + 3), 10),
        ("{ terms { code } }", 1 + 50 * (1 + 1), 50),
        ("{ people { edges { node { name } } } }", 1 + 1 + 50 * (1 + 2), 50),
        ("{ people(first: 3) { edges { node { name } } } }", 1 + 1 + 3 * (1 + 2), 3),
        ("{ people(last: 3) { edges { cursor } } }", 1 + 1 + 3 * 2, 3),
        ("{ people(first: null) { edges { cursor } } }", 1 + 1 + 50 * 2, 50),
        ("{ people(first: 1000000) { edges { cursor } } }", 1 + 1 + 100 * 2, 100),
        ("{ people(first: -3) { edges { cursor } } }", 1 + 1, 0),
        ("{ people(first: 3) { tombstones { id } edges { cursor } } }", 1 + 1 + 100 * 2 + 1 + 3 * 2, 103),
        ('mutation { accountLocale(locale: "en") { __typename } }', 10 + 1, 0),
        ("{ people(first: 1) { totalCount pageInfo { hasNextPage } } }", 1 + 10 + 1 + 1, 0),
        ("{ people { ...P } } fragment P on PersonConnection { edges { cursor } }", 1 + 1 + 50 * 2, 50),
        ("{ people(first: 2) { ... { edges { cursor } } } }", 1 + 1 + 2 * 2, 2),
        ("{ node(id: 1) { id ... on Person { name } ... on Body { name kind } } }", 1 + 1 + 1 + 2, 0),
        ("{ a: __typename b: __typename ...F ...F } fragment F on Query { __typename }", 3, 0),
        ("{ nothing { none(first: 3) } ...Unknown } fragment F on Nothing { none }", 2, 0),
    ],
)
def test_a_field_costs_its_weight_and_what_it_selects_as_often_as_it_can_be_there(
    text: str, whole: int, rows: int
) -> None:
    found = cost(text)

    assert (found.cost, found.rows) == (whole, rows)


@pytest.mark.parametrize(
    ("variables", "rows"),
    [(None, 100), ({}, 50), ({"n": None}, 50), ({"n": 7}, 7), ({"n": 700}, 100), ({"n": 0}, 0)],
)
def test_a_page_is_as_long_as_a_variable_says_or_as_it_can_be_where_that_is_not_known(
    variables: dict[str, Any] | None, rows: int
) -> None:
    text = "query($n: Int) { people(first: $n) { ...P } } fragment P on PersonConnection { edges { cursor } }"

    assert cost(text, variables).rows == rows


def test_a_list_that_takes_first_without_being_a_connection_is_as_long_as_it_says() -> None:
    assert cost("{ coverageAssignPreview(first: 7) { lines { why } } }").rows == 7


def test_the_shape_of_an_operation_is_counted_with_its_fragments() -> None:
    found = cost(
        """query Q($a: Boolean = true @one) @one @two {
          x: people { edges { ...E @skip(if: $a) @include(if: $a) } } y: terms { code }
        }
        fragment E on PersonEdge @one { n: node { ...P ... on Person @one { id } } }
        fragment P on Person { memberships { term { c: code @one @two @three @four } } }"""
    )

    assert (found.depth, found.aliases, found.directives, found.roots) == (6, 4, 4, 2)
    assert cost("{ terms { code } }").tokens == 6


def test_directives_of_the_operation_itself_count() -> None:
    assert cost("query Q @one @two { terms { code } }").directives == 2
    assert cost("query Q($a: Int @one @two @three) { terms { code } }").directives == 3


def test_each_root_field_tells_its_part() -> None:
    document = parse(
        "query Q($n: Int) { a: terms { code } ...F ... on Query { term(id: 1) { code } } ...None } "
        "fragment F on Query { people(first: $n) { edges { cursor } } ...G ...F2 } fragment F2 on Query { ...G } "
        "fragment G on Query { __typename }"
    )
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    costs = Costs(SCHEMA, document)

    parts = costs.parts(operation, {"n": 2})

    assert [(key, part.cost) for key, part in parts] == [("a", 101), ("people", 6), ("__typename", 1), ("term", 2)]
    assert sum(part.cost for _, part in parts) + 1 == costs.of(operation, {"n": 2}).cost  # G is spread at two places


@pytest.mark.parametrize("many", [30, 300])
def test_fragments_that_double_cost_no_more_time_than_their_text(many: int) -> None:
    document = parse(
        "{ people { edges { node { ...F0 } } } }"
        + "".join(
            f"fragment F{n} on Person {{ memberships {{ person {{ ...F{n + 1} }} }} "
            f"b: memberships {{ person {{ ...F{n + 1} ...F{n + 1} }} }} }}"
            for n in range(many)
        )
        + f"fragment F{many} on Person {{ name }}"
    )
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)

    began = time.process_time()
    found = Costs(SCHEMA, document).of(operation)

    assert time.process_time() - began < 0.05 * many / 30
    assert (found.cost, found.depth) == (MOST, 4 + 2 * many)


def test_fragments_in_a_ring_are_refused() -> None:
    with pytest.raises(GraphQLError, match=r"in a ring: (A, B|B, A)\.$"):
        cost("{ ...A } fragment A on Query { ...B } fragment B on Query { terms { code } ...A }")


def test_asking_what_can_be_asked_has_a_cost_too() -> None:
    assert 1_000 < cost(get_introspection_query()).cost < 100_000


@pytest.mark.parametrize("name", stored.documents())
def test_what_a_page_costs_is_told_quickly_and_is_far_from_the_end(name: str) -> None:
    document = parse(stored.documents()[name])
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    assert validate(SCHEMA, document) == []

    costs = Costs(SCHEMA, document)

    assert all(0 < costs.of(operation).cost < 100_000 for operation in operations)
    assert all(costs.of(operation).depth < 10 for operation in operations)
