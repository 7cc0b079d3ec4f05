"""Clients of others, unchanged, over a socket: npm's graphql-ws and Python's gql."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport

from tests.browser import product

PERSON = "{ people(first: 1) { edges { node { id } } } }"
CHANGE = 'mutation($id: ID!) { personChange(id: $id, change: {education: "abroad"}) { __typename } }'
WAITS = "subscription($ids: [ID!]) { changed(ids: $ids) { node { ... on Person { education } } } }"

Luzhi = tuple[str, str, str]
"""The address, a token that may all, the ID of a person."""


@pytest.fixture(scope="module")
def luzhi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Luzhi]:
    folder = tmp_path_factory.mktemp("product")
    with product.running(folder) as address:
        token = product.token(folder, "secretary", "all:write")
        yield address, token, plain(address, token, PERSON)["people"]["edges"][0]["node"]["id"]


def plain(address: str, token: str, query: str, **variables: str) -> dict:
    """The data of an answer by HTTP."""
    headers = {"Authorization": f"Bearer {token}"}
    asked = {"query": query, "variables": variables}
    return httpx.post(f"{address}/graphql", json=asked, headers=headers).json()["data"]


def test_graphql_ws_works_unchanged(luzhi: Luzhi) -> None:
    address, token, person = luzhi
    command = ["node", Path(__file__).parent / "sockets.mjs", address]
    settings = os.environ | {"TOKEN": token, "ID": person}
    said = subprocess.run(command, env=settings, check=True, stdout=subprocess.PIPE, timeout=60)

    found = json.loads(said.stdout)
    assert all(found[one].pop("extensions").keys() == {"cost"} for one in ("asked", "changed", "told"))
    assert found == {
        "asked": {"data": {"viewer": {"name": "secretary"}}},
        "changed": {"data": {"personChange": {"__typename": "PersonPayload"}}},
        "told": {"data": {"changed": {"id": person, "node": {"education": "night school"}}}},
        "wrong": ["GRAPHQL_VALIDATION_FAILED"],
        "refused": {"code": 4401, "reason": "This token is not known. Check that it was copied whole."},
    }


async def test_gql_works_unchanged(luzhi: Luzhi) -> None:
    address, token, person = luzhi
    transport = WebsocketsTransport(
        url=f"{address.replace('http', 'ws')}/graphql", init_payload={"Authorization": f"Bearer {token}"}
    )
    async with Client(transport=transport) as session:
        request = gql(WAITS)
        request.variable_values = {"ids": [person]}
        waiting = session.subscribe(request)
        told = asyncio.ensure_future(anext(waiting))
        await asyncio.sleep(0)  # its turn to subscribe comes first
        assert await session.execute(gql("{ viewer { name } }")) == {"viewer": {"name": "secretary"}}

        plain(address, token, CHANGE, id=person)
        assert await told == {"changed": {"node": {"education": "abroad"}}}
        await waiting.aclose()
