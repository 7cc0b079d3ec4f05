"""One request to a server, as a client sends it."""

from typing import Any

import httpx

from bench.servers import Server

LONGEST_S = 60


def ask(server: Server, body: dict[str, Any], token: str) -> dict[str, Any]:
    """The answer's JSON. Raises httpx.HTTPStatusError where it is none."""
    address, headers = f"http://127.0.0.1:{server.port}/graphql", {"Authorization": f"Bearer {token}"}
    answer = httpx.post(address, json=body, headers=headers, timeout=LONGEST_S, trust_env=False)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def look(server: Server, said: str | dict[str, Any], token: str) -> None:
    """One look at a page, by an operation or at its address. Raises httpx.HTTPStatusError where it was none."""
    if isinstance(said, dict):
        ask(server, said, token)
        return
    headers = {"Authorization": f"Bearer {token}"}
    address = f"http://127.0.0.1:{server.port}{said}"
    httpx.get(address, headers=headers, timeout=LONGEST_S, trust_env=False).raise_for_status()
