"""The running product, what is in it, and the project whose clients ask it; made once for all tests of this folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import product
from tests.browser.deeds import wish
from tests.browser.windows import PASSWORD
from tests.clients import demo, project, shelf

Trial = Callable[..., Any]
PERSON = "given_name,family_name,name\nClient,New,New Client\n"


@dataclass(frozen=True)
class Luzhi:
    """Where the product answers, and tokens of programs: one may all, one read the register, one is a member's."""

    address: str
    token: str
    narrow: str
    reader: str
    http: httpx.Client

    def plain(
        self, query: str, variables: dict[str, Any] | None = None, *, name: str | None = None, token: str = ""
    ) -> dict[str, Any]:
        """The whole answer by plain HTTP, without any client. name: of several operations, which one."""
        headers = {"Authorization": f"Bearer {token or self.token}", "Accept-Language": "en"}
        body = {"query": query, "variables": variables, "operationName": name}
        answer: dict[str, Any] = self.http.post(self.address, json=body, headers=headers).json()
        return answer


@pytest.fixture(scope="package")
def luzhi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Luzhi]:
    """The product with the demo assembly, and one imported person; what is there stays."""
    with opened(tmp_path_factory.mktemp("product")) as luzhi:
        yield luzhi


@contextmanager
def opened(folder: Path) -> Iterator[Luzhi]:
    """Such a product in that folder."""
    with product.running(folder, LUZHI_RATE_TOKEN="99999999") as address:  # every query there is, twice within a minute
        token, narrow = (product.token(folder, "admin", scope) for scope in ("all:write", "members:read"))
        (folder / "people.csv").write_text(PERSON, encoding="utf-8")
        product.luzhi(folder, "import", "people", str(folder / "people.csv"))
        with httpx.Client() as http:
            yield Luzhi(f"{address}/graphql", token, narrow, product.token(folder, "member", "all:write"), http)


@pytest.fixture(scope="package")
def things(luzhi: Luzhi) -> demo.Things:
    """IDs and words of what is there."""
    return known(luzhi)


def known(luzhi: Luzhi) -> demo.Things:
    """The same of any such product, whose administrator is told that an app is connected."""
    address = luzhi.address.removesuffix("/graphql")
    found = demo.asked(luzhi.plain) | shelf.filled(address, luzhi.token, luzhi.reader)
    with httpx.Client(base_url=address) as browser:
        browser.post("/login", data={"username": "admin", "password": PASSWORD})
        browser.post(wish(found["apps/{id}"], demo.BACK), data={"decision": "allow"})
    (connected,) = luzhi.plain("{ connectedApps { id } }")["data"]["connectedApps"]
    (told, *_) = luzhi.plain("{ messages(first: 1) { edges { node { id } } } }")["data"]["messages"]["edges"]
    return found | {"me/{id}": connected["id"], "me/messages/{id}": told["node"]["id"]}


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, before anything is made of it."""
    folder = tmp_path_factory.mktemp("project")
    project.lay(folder)
    return folder


@pytest.fixture(scope="package")
def compiled(folder: Path) -> Path:
    """The project with its types generated and everything compiled, strictly."""
    for command in ("graphql-codegen --config codegen.yml", "relay-compiler", "tsc --project tsconfig.json"):
        project.run(folder, *command.split())
    return folder


@pytest.fixture
def trial(luzhi: Luzhi, compiled: Path) -> Trial:
    """`trial("apollo", "pages", variables={...})`: what a client in TypeScript made of it."""

    def tried(client: str, name: str, **given: Any) -> Any:
        given = {"address": luzhi.address, "token": luzhi.token} | given
        return project.trial(compiled, "node", f"compiled/{client}.js", name, **given)

    return tried
