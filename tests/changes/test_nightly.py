"""A copy of 800 members kept as docs/api.md says, by HTTP with a token of the usual budgets; and the day after."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import InlineFragmentNode, Visitor, parse, print_ast, visit

from server.rules.buckets import Rates
from server.rules.budgets import Budgets
from tests.browser import product
from tests.compiling.test_documented import QUERIES
from tests.imports import crowd

COUNT = 800
NIGHT, DAY = Rates.token * 2 // 3, Rates.token // 50
"""Points that the first night may take, and each one after: the documents say half, and a fiftieth, of a minute's."""
PAGE = "pageInfo { hasNextPage endCursor }"
PAGED = f"(first: 50, after: $after) {{ {PAGE} edges {{ node"
FEW = PAGED.replace("50", "20")
"""Of what much can hang on."""
LISTS = {
    "Term": "terms { id ...Fields }",
    "Person": f"people{PAGED} {{ id ...Fields }} }} }}",
    "Membership": f"members{PAGED} {{ id ...Fields }} }} }}",
    "Body": f"bodies{PAGED} {{ id ...Fields }} }} }}",
    "BodyMembership": f"bodies{FEW} {{ history {{ id ...Fields }} }} }} }}",
}
"""Where each kind of thing is listed, beside the changes."""
Copy = dict[str, Any]


class Program:
    """One with a token, by HTTP."""

    def __init__(self, http: httpx.Client, token: str) -> None:
        self.http, self.headers = http, {"Authorization": f"Bearer {token}"}
        self.spent = self.asked = 0

    def ask(self, query: str, **variables: Any) -> Any:
        """The data; each answer is one of a program that keeps within its budgets."""
        answer = self.http.post("/graphql", json={"query": query, "variables": variables}, headers=self.headers)
        said = answer.json()
        assert (answer.status_code, "errors" in said, "Retry-After" in answer.headers) == (200, False, False), said
        cost = said["extensions"]["cost"]
        assert cost["limit"] == Budgets.token
        assert f'"cost";q={Rates.token};w=60' == answer.headers["RateLimit-Policy"]
        self.spent, self.asked = self.spent + cost["cost"], self.asked + 1
        return said["data"]


@dataclass
class Mirror:
    """Keeps a copy by the documented query alone."""

    program: Program
    copy: Copy = field(default_factory=dict)
    cursor: str | None = None
    sight: str = ""

    def follow(self) -> tuple[int, int]:
        """A night: what it cost, and how many pages were read."""
        spent, asked, more = self.program.spent, self.program.asked, True
        while more:
            part = self.program.ask(QUERIES["Changes"], after=self.cursor)["changes"]
            assert part["sight"] == (self.sight or part["sight"])
            self.sight = part["sight"]
            for change in (edge["node"] for edge in part["edges"]):
                self.copy.pop(change["thing"], None)
                if change["kind"] == "CHANGED":
                    self.copy[change["thing"]] = change["node"]
            self.cursor = part["pageInfo"]["endCursor"] or self.cursor
            more = part["pageInfo"]["hasNextPage"]
        return self.program.spent - spent, self.program.asked - asked


class Parts(Visitor):
    """What the documented query reads of each kind of thing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> None:
        """... on Person { ... }"""
        assert node.type_condition
        self.found[node.type_condition.name.value] = print_ast(node.selection_set)


def register(program: Program) -> Copy:
    """The same of everything that the lists have."""
    visit(parse(QUERIES["Changes"]), parts := Parts())
    assert set(parts.found) == set(LISTS)
    found: Copy = {}
    for kind, text in LISTS.items():
        head = "query All($after: String)" if "$after" in text else "query All"
        for node in _nodes(program, f"{head} {{ it: {text} }} fragment Fields on {kind} {parts.found[kind]}"):
            found |= {row.pop("id"): row for row in node.get("history", [node])}
    return found


def _nodes(program: Program, query: str) -> Iterator[Any]:
    after, more = None, True
    while more:
        part = program.ask(query, **({"after": after} if "$after" in query else {}))["it"]
        yield from part if isinstance(part, list) else (edge["node"] for edge in part["edges"])
        more = not isinstance(part, list) and part["pageInfo"]["hasNextPage"]
        after = part["pageInfo"]["endCursor"] if more else None


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, Program]]:
    """The product over a register of 800, its budgets the usual ones; who keeps the copy, and the office's program."""
    folder: Path = tmp_path_factory.mktemp("nightly")
    crowd.popolo(COUNT, folder / "crowd.json")
    product.luzhi(folder, "migrate")
    product.luzhi(folder, "import", "people", str(folder / "crowd.json"), "--term", "15")
    for name in ("mirror", "office"):
        product.luzhi(folder, "account", "add", name, "--role", "secretary")
    tokens = product.token(folder, "mirror", "members:read"), product.token(folder, "office", "all:write")
    with product.serving(folder) as address, httpx.Client(base_url=address, timeout=60) as http:
        yield Program(http, tokens[0]), Program(http, tokens[1])


CHANGES = """
mutation Change($person: ID!, $place: ID!, $wrong: ID!, $body: ID!, $on: Date!) {
  change: personChange(id: $person, change: {nameEn: "Renamed Since"}) { ... on PersonPayload { person { id } } }
  add: personCreate(person: {nameEn: "New Since"}) { ... on PersonPayload { person { id } } }
  end: bodyMembershipEnd(id: $place, on: $on) { __typename }
  void: bodyMembershipVoid(id: $wrong, reason: "another one") { __typename }
  rename: bodyChange(id: $body, change: {nameEn: "Renamed Body"}) { __typename }
}
"""


def test_a_nightly_copy_of_800_members_fits_the_budget_of_a_token(house: tuple[Program, Program]) -> None:
    program, office = house
    mirror = Mirror(program)

    spent, pages = mirror.follow()

    known = register(office)
    assert mirror.copy == known
    assert sum(key.startswith("mem_") for key in known) == COUNT
    assert spent < NIGHT
    assert pages == len(known) // 100 + 1
    assert mirror.follow()[1] == 1, "nothing is new"

    places = [key for key in known if key.startswith("bdm_")]
    (person, body), today = (known[places[0]][key]["id"] for key in ("person", "body")), "2026-01-01"
    said = office.ask(CHANGES, person=person, place=places[0], wrong=places[1], body=body, on=today)
    assert {one.get("__typename", "") for one in said.values()} <= {"", "BodyMembershipPayload", "BodyPayload"}

    spent, pages = mirror.follow()

    known = register(office)
    assert mirror.copy == known
    assert (mirror.copy[person]["nameEn"], mirror.copy[places[0]]["endsOn"]) == ("Renamed Since", today)
    assert places[1] not in mirror.copy
    assert said["add"]["person"]["id"] in mirror.copy
    assert (pages, spent < DAY) == (1, True)
