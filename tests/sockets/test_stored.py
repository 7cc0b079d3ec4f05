"""A deployment that runs stored operations only does so over a socket, too: queries, changes and subscriptions."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from server.app import create
from server.models.members import Person
from server.settings import Settings
from tests.cast import Cast
from tests.sockets.test_subscriptions import ACK
from tests.sockets.wire import Wire
from tests.web.visitors import open_session

OWN = {
    "query": "query Mine { viewer { name } }",
    "mutation": 'mutation Add { personCreate(person: {nameEn: "Xu"}) { __typename } }',
    "subscription": "subscription Me { viewer { name } }",
}
ANSWERS = {
    "query": {"viewer": {"name": "secretary"}},
    "mutation": {"personCreate": {"__typename": "PersonPayload"}},
    "subscription": {"viewer": {"name": "secretary"}},
}
UNKNOWN = {
    "query": "{ viewer { name } }",
    "mutation": 'mutation { personCreate(person: {nameEn: "Yu"}) { __typename } }',
    "subscription": "subscription { viewer { name } }",
}
NONE_OF_THESE = "Here only operations that are stored are run, and this is none of them."


@pytest.fixture
async def wire(db: str, everyone: Cast, tmp_path: Path) -> AsyncIterator[Wire]:
    """The secretary's socket at such a house, acknowledged."""
    (tmp_path / "own").mkdir()
    for kind, text in OWN.items():
        (tmp_path / "own" / f"{kind}.graphql").write_text(text)
    chosen = {"LUZHI_DATABASE_URL": db, "LUZHI_DATA_DIR": str(tmp_path), "LUZHI_LOG": "warning"}
    chosen |= {"LUZHI_OPERATIONS": "stored", "LUZHI_OPERATIONS_DIR": str(tmp_path / "own")}
    app = create(Settings.from_environment(chosen))
    async with Wire(app, cookie=await open_session(everyone.accounts["secretary"])) as wire:
        assert await wire.begin() == ACK
        yield wire


def hashed(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}


@pytest.mark.parametrize("kind", OWN)
@pytest.mark.parametrize("by", ["text", "hash", "both"])
async def test_what_is_stored_is_run(wire: Wire, kind: str, by: str) -> None:
    text = {"query": OWN[kind]} if by != "hash" else {}
    told = {"extensions": hashed(OWN[kind])} if by != "text" else {}

    wire.say("subscribe", id="a", payload=text | told)

    assert await wire.data() == ANSWERS[kind]


@pytest.mark.parametrize("kind", UNKNOWN)
@pytest.mark.parametrize(("by", "words"), [("text", NONE_OF_THESE), ("hash", "PersistedQueryNotFound")])
async def test_nothing_else_is_run(wire: Wire, kind: str, by: str, words: str) -> None:
    asked = {"query": UNKNOWN[kind]} if by == "text" else {"extensions": hashed(UNKNOWN[kind])}

    wire.say("subscribe", id="a", payload=asked)

    error = {"message": words, "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
    assert await wire.hear() == {"id": "a", "type": "error", "payload": [error]}
    wire.say("subscribe", id="a", payload={"query": OWN["query"]})
    assert await wire.data() == ANSWERS["query"]
    assert not await Person.filter(name_en="Yu").exists()
