"""gql 4 for Python, over httpx, unchanged: it learns the schema from the product itself."""

import pytest
from gql import Client, GraphQLRequest
from gql.dsl import DSLQuery, DSLSchema, dsl_gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport
from graphql import GraphQLError, build_schema, lexicographic_sort_schema, print_schema

from tests.clients import project
from tests.clients.conftest import Luzhi
from tests.clients.demo import Things
from tests.compiling.test_documented import QUERIES

PARTLY = "query Partly($account: ID!) { viewer { name } account(id: $account) { name } }"


def client(luzhi: Luzhi, token: str) -> Client:
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    return Client(transport=HTTPXTransport(luzhi.address, headers=headers), fetch_schema_from_transport=True)


def test_the_schema_it_fetches_is_ours(luzhi: Luzhi) -> None:
    with client(luzhi, luzhi.token) as session:
        found = session.client.schema

    printed = build_schema((project.ROOT / "server" / "schema.graphql").read_text("utf-8"))
    assert print_schema(lexicographic_sort_schema(found)) == print_schema(lexicographic_sort_schema(printed))


def test_a_query_written_in_python_answers_as_plain_http(luzhi: Luzhi) -> None:
    with client(luzhi, luzhi.token) as session:
        ds = DSLSchema(session.client.schema)
        people = ds.Query.people.args(search="wang", first=2)
        edges = ds.PersonConnection.edges.select(ds.PersonEdge.node.select(ds.Person.id, ds.Person.nameZh))
        answer = session.execute(dsl_gql(DSLQuery(people.select(ds.PersonConnection.totalCount, edges))))

    plain = luzhi.plain('{ people(search: "wang", first: 2) { totalCount edges { node { id nameZh } } } }')
    assert answer == plain["data"]
    assert len(answer["people"]["edges"]) == 2


def test_a_documented_query_is_checked_against_the_fetched_schema(luzhi: Luzhi) -> None:
    with client(luzhi, luzhi.token) as session:
        answer = session.execute(GraphQLRequest(QUERIES["Find"], variable_values={"words": "wang"}))
        with pytest.raises(GraphQLError, match="Cannot query field 'nane' on type 'Me'"):
            session.execute(GraphQLRequest("{ viewer { nane } }"))

    assert answer == luzhi.plain(QUERIES["Find"], {"words": "wang"})["data"]


def test_an_answer_in_part_is_an_error_that_carries_it(luzhi: Luzhi, things: Things) -> None:
    with client(luzhi, luzhi.narrow) as session, pytest.raises(TransportQueryError) as refusal:
        session.execute(GraphQLRequest(PARTLY, variable_values={"account": things["accounts/{id}"]}))

    assert refusal.value.data == {"viewer": {"name": "admin"}, "account": None}
    assert [error["extensions"]["code"] for error in refusal.value.errors] == ["SCOPE"]


def test_a_token_that_does_not_hold_is_an_error_with_its_code(luzhi: Luzhi) -> None:
    with pytest.raises(TransportQueryError) as refusal, client(luzhi, "lz_wrong"):
        pass

    assert [error["extensions"]["code"] for error in refusal.value.errors] == ["TOKEN_UNKNOWN"]
