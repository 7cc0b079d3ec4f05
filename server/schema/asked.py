"""What a request asks for: query, variables and operation name, out of its body or address."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import Receive
from strawberry.types.graphql import OperationType

from server.schema.cookies import Arrival, Headers
from server.schema.media import is_json

MOST_BYTES = 100_000
MOST_DEPTH = 32
"""Lists and objects within each other."""
MOST_PARTS = 20
"""Of an address."""
BY_GET, BY_POST = frozenset({OperationType.QUERY}), frozenset({OperationType.QUERY, OperationType.MUTATION})
TEXTS = ("variables", "extensions")
"""What is JSON within an address."""
Text = Callable[[Mapping[str, Any]], Any]
"""From what a request says to the text of its operation; see `Stored.text`."""


class Malformed(Exception):
    """Not a request of this protocol; the words say why. status: None for that of a query which was not run."""

    def __init__(self, message: str, status: int | None = 400, code: str = "BAD_REQUEST") -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Asked(NamedTuple):
    """What a request asks for."""

    query: str
    variables: Mapping[str, Any] | None
    name: str | None
    kinds: frozenset[OperationType]


async def asked(arrival: Arrival, headers: Headers, receive: Receive) -> Asked:
    """By GET or POST. Raises Malformed, and ClientDisconnect where the rest of the body will never come."""
    text = arrival["app"].state.stored.text
    if arrival["method"] == "GET":
        given: Any = _parts(arrival["query_string"])
        return read(given | {name: decoded(given[name], name) for name in TEXTS if name in given}, BY_GET, text)
    if not is_json(headers.get(b"content-type", b"")):
        raise Malformed("Send the request as application/json.", 415)
    given = decoded(_text(await _body(receive, headers.get(b"content-length", b""))), "The body")
    if not isinstance(given, dict):
        raise Malformed("The body must be a JSON object.")
    return read(given, BY_POST, text)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Malformed("The body is not in UTF-8.") from None


def _parts(address: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(address.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_PARTS))
    except ValueError:
        raise Malformed(f"The address has more than {MOST_PARTS} parts.") from None


def _finite(text: str) -> float:
    """A number as JSON has them; Python also reads NaN and Infinity, and 1e999 as such."""
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(text)
    return found


JSON = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)


def decoded(text: str, name: str) -> Any:
    """The JSON in a text. name: what it is called in words. Raises Malformed, also for what no database can hold."""
    try:
        given = JSON.decode(text)
        if "\\ud" in text or "\\uD" in text:  # half a character, which neither database nor answer can hold
            json.dumps(given, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Malformed(f"{name} is not JSON.") from None
    if text.count("[") + text.count("{") > MOST_DEPTH and _deep(given):
        raise Malformed(f"{name} is nested more than {MOST_DEPTH} deep.")
    return given


def _deep(given: Any) -> bool:
    level = [given]
    for _ in range(MOST_DEPTH):
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [value for values in inner for value in values]
    return any(isinstance(value, dict | list) for value in level)


async def _body(receive: Receive, declared: bytes) -> bytes:
    """The body, given up as soon as it is too large, or said to be."""
    came, parts, more = int(declared[:20]) if declared.isdigit() else 0, [], True
    if came > MOST_BYTES:
        raise Malformed("The request is larger than 100 kB.", 413)
    came = 0
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        came += len(parts[-1])
        if came > MOST_BYTES:
            raise Malformed("The request is larger than 100 kB.", 413)
        more = message.get("more_body", False)
    return b"".join(parts)


def read(given: dict[str, Any], kinds: frozenset[OperationType], text: Text) -> Asked:
    """Of the parameters by their names, however they came. text: see `Stored.text`. Raises Malformed."""
    variables, name, extensions = given.get("variables"), given.get("operationName"), given.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise Malformed("extensions must be an object.")
    query = text(given)
    if not isinstance(query, str) or not query.strip():
        raise Malformed("query must be a text.")
    if variables is not None and not isinstance(variables, dict):
        raise Malformed("variables must be an object.")
    if name is not None and not isinstance(name, str):
        raise Malformed("operationName must be a text.")
    return Asked(query, variables, name or None, kinds)
