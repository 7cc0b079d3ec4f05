"""The running product, asked by someone who means harm: each request is answered or refused, and others are served."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import parse, validate

from server.schema.codes import CODES
from tests.browser import product
from tests.browser.windows import PASSWORD
from tests.clients import demo, shelf
from tests.hostile.dearest import widest
from tests.hostile.measured import Probe, Server
from tests.hostile.requests import SDL, Hostile, every
from tests.hostile.ways import Get, Post, Told, Way, socket

PATIENCE_S = 2.0
"""For one request, of the server's processor; and for whoever asks beside it, by the clock of an idle machine."""
SHORT_S = 0.25
"""Of the server's processor: what takes less may have come between two questions of the others."""
GROWTH = 150 * 2**20
CLOSED = {4400, 1009}
"""A socket is closed for what is no message, or too large."""
CUT_OFF = 1006
"""Who goes on sending what is too large may find the line gone before the word why has come."""
UNLIMITED = {f"LUZHI_RATE_{who}": "999999999" for who in ("TOKEN", "SESSION", "VISITOR")}
"""Else most would be refused for coming so fast."""
UNHURRIED = {"LUZHI_DEADLINE": "50"}
"""Ten seconds can be less than one of the processor on a busy machine; the deadline has tests/test_deadline.py."""
CALLERS = ("admin", "secretary", "custodian")
"""Between them they may read everything."""
LISTED = """
query($after: String) {{
  it: {0}(first: 50, after: $after) {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ id {1} }} }} }}
}}
"""
BODIES = LISTED.format("bodies", "kind members { person { id } }")
MESSAGES = LISTED.format("messages", "id")
SOON = ("--days", "5")
"""A token whose end its owner is told of."""
PEOPLE = LISTED.format("people", "bodyMemberships(ever: true) { id }")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with (
        product.running(folder, **UNLIMITED, **UNHURRIED) as address,
        httpx.Client(base_url=address, timeout=60) as http,
    ):
        (folder / "people.csv").write_text("given_name,family_name,name\nFile,From,From File\n", encoding="utf-8")
        product.luzhi(folder, "import", "people", str(folder / "people.csv"))
        tokens = [product.token(folder, name, "all:write") for name in CALLERS]
        product.luzhi(folder, "token", "issue", "--account", CALLERS[0], "--name", "a", "--scope", "all:read", *SOON)
        product.luzhi(folder, "messages", "remind")
        signed_in = http.post("/login", data={"username": "admin", "password": PASSWORD})
        process, log = int((folder / "server.pid").read_text()), folder / "server.log"
        yield Server(
            address,
            process,
            product.database(folder),
            tokens,
            product.token(folder, "member", "members:read"),
            signed_in.headers["Set-Cookie"].partition(";")[0],
            things(http, tokens[0], shelf.filled(address, tokens[0], product.token(folder, "member", "all:write"))),
            log,
            len(log.read_text()),
        )


def things(http: httpx.Client, token: str, papers: dict[str, str]) -> dict[str, str]:
    """The ID of something of each type: of bodies the largest, of people who sits in most of them. papers: `filled`."""

    def plain(query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        said = http.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}"}).json()
        assert "errors" not in said, said
        return dict(said)

    def all_of(query: str) -> Iterator[Any]:
        part = plain(query)["data"]["it"]
        yield from (edge["node"] for edge in part["edges"])
        while part["pageInfo"]["hasNextPage"]:
            part = plain(query, {"after": part["pageInfo"]["endCursor"]})["data"]["it"]
            yield from (edge["node"] for edge in part["edges"])

    known = {name: value for name, value in demo.asked(plain).items() if isinstance(value, str)}
    bodies = sorted(all_of(BODIES), key=lambda one: len(one["members"]))
    busiest = max(all_of(PEOPLE), key=lambda one: len(one["bodyMemberships"]))
    assert len(bodies[-1]["members"]) >= 20
    assert len(busiest["bodyMemberships"]) >= 3
    return {
        "Person": busiest["id"],
        "Body": bodies[-1]["id"],
        "Node": bodies[-1]["id"],
        "LearningGroup": next(one["id"] for one in reversed(bodies) if one["kind"] == "LEARNING_GROUP"),
        "Membership": known["seats/{id}"],
        "MembershipStatus": known["statuses/{id}"],
        "MembershipPost": known["posts/{id}"],
        "BodyMembership": known["places/{id}"],
        "BodyRelation": known["ties/{id}"],
        "Term": known["terms/{id}"],
        "Account": known["accounts/{id}"],
        "RoleAssignment": known["roles/{id}"],
        "Token": known["tokens/{id}"],
        "App": known["apps/{id}"],
        "ImportRun": known["imports/{id}"],
        "CoverageAssignment": known["coverage/{id}"],
        "Mailing": known["mailings/{id}"],
        "Delivery": known["deliveries/{id}"],
        "Request": known["requests/{id}"],
        "Message": next(all_of(MESSAGES))["id"],
        "Renewal": known["renewal/{id}"],
        "Folder": papers["folders/{id}"],
        "Document": papers["documents/{id}"],
        "AccessGrant": papers["grants/{id}"],
        "ReadingSession": papers["reading/{id}"],
        "ReadingRoom": papers["rooms/{id}"],
        "Activity": papers["activities/{id}"],
        "Hearing": papers["hearings/{id}"],
        "ActivitySession": papers["check-in/{session}"],
        "AccessRequest": papers["access-requests/{id}"],
        "Explanation": papers["explanations/{id}"],
        "MaterialRequest": papers["materials/{id}"],
    }


def test_there_are_many_and_no_two_are_the_same() -> None:
    requests = [*every(), *widest()]

    assert len({(one.sent, str(one.headers)) for one in requests}) == len(requests) >= 80


def test_what_is_as_dear_as_allowed_is_an_operation() -> None:
    wrong = {one.name: validate(SDL, parse(one.query)) for one in widest() if "as allowed" in one.name}

    assert {name: errors for name, errors in wrong.items() if errors} == {}
    assert len(wrong) > 50


def test_each_is_answered_or_refused_and_hurts_nobody(server: Server) -> None:
    probe, wrong, spans, empty = Probe(), {}, {}, set()
    with ExitStack() as stack:
        ways = {name: way(server, stack) for name, way in WAYS.items()}
        for way in ways.values():
            way(Hostile("first", "{ viewer { name } }"))
        stack.enter_context(probe.asking(server))
        for name, way in ways.items():
            for one in widest() if name in ONLY_WIDEST else [*every(), *widest()]:
                began = time.monotonic()
                fault, told, took = hurt(server, way, one.about(server.known))
                spans[one.name, name] = (began, time.monotonic(), took)
                wrong |= {(one.name, name): fault} if fault else {}
                empty |= {one.name} if told.data and None in told.data.values() and name == "admin" else set()

    assert {
        "hurt": wrong,
        "was not there": {name for name in empty if "as allowed" in name},
        "kept others waiting": slow(probe, spans),
        "others were told": {wait.status for wait in probe.waits},
        "logged": server.said(),
    } == {"hurt": {}, "was not there": set(), "kept others waiting": {}, "others were told": {200}, "logged": ""}


WAYS: dict[str, Any] = {
    "visitor": lambda server, stack: Post(client(server, stack)),
    **{
        name: lambda server, stack, place=place: Post(
            client(server, stack), Authorization=f"Bearer {server.tokens[place]}"
        )
        for place, name in enumerate(CALLERS)
    },
    "session": lambda server, stack: Post(client(server, stack), Cookie=server.cookie),
    "by GET": lambda server, stack: Get(client(server, stack), Authorization=f"Bearer {server.tokens[0]}"),
    "socket": lambda server, stack: stack.enter_context(socket(server.address, server.tokens[0])),
}
"""As whom, and how."""
ONLY_WIDEST = ("secretary", "custodian")
"""What is refused before it is looked at is the same for every token."""


def client(server: Server, stack: ExitStack) -> httpx.Client:
    return stack.enter_context(httpx.Client(base_url=server.address, timeout=60))


def hurt(server: Server, way: Way, one: Hostile) -> tuple[tuple[object, ...], Told, float]:
    """What is wrong with how a request was answered, the answer, and the seconds of the processor that it took."""
    server.look()
    held, began = server.forget(), server.seconds()
    told = way(one)
    took, grown = server.seconds() - began, server.memory("VmHWM") - held
    answered = told.status < 500 or told.status in CLOSED or (told.status == CUT_OFF and one.name == "too large")
    good = answered and took <= PATIENCE_S and grown < GROWTH and told.codes <= CODES.keys() - {"INTERNAL"}
    return () if good else (took, grown >> 20, told.status, told.codes), told, took


def slow(probe: Probe, spans: dict[Any, tuple[float, float, float]]) -> dict[Any, object]:
    """Requests during which others were not answered in time, or not at all."""
    found: dict[Any, object] = {}
    for name, (began, ended, took) in spans.items():
        waits = probe.during(began, ended)
        if late := [(wait.idle, wait.clock) for wait in waits if wait.idle > PATIENCE_S]:
            found[name] = late
        elif not waits and took > SHORT_S:
            found[name] = f"nobody asked in {ended - began:.2f} s"
    return found
