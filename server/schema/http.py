"""`/graphql` by the GraphQL-over-HTTP specification: POST for everyone, GET for queries of token holders."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, parse
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from server import schema
from server.schema.arriving import same_origin
from server.schema.asking import Asking

RESPONSE, JSON = "application/graphql-response+json", "application/json"
MOST_BYTES = 1_000_000
UNRESOLVED = "OPERATION_RESOLUTION_FAILURE"


class Malformed(Exception):
    """Not a request of this protocol; the words say why."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Asked:
    """What a request asks for."""

    query: str
    variables: Mapping[str, Any] | None
    name: str | None
    kinds: frozenset[OperationType]


ALL = frozenset({OperationType.QUERY, OperationType.MUTATION})


async def graphql(request: Request) -> Response:
    """The endpoint. A cookie counts only on requests from our own origin; a bad token is 401.

    Where nothing but the credential can stand against an answer, who asks is found out by the statement that reads it.
    """
    asking: Asking = request.state.asking
    if not asking.by_token and (request.method == "GET" or not same_origin(request)):
        await asking.settle()
    if asking.known and (refusal := _refused(request, asking)):
        return refusal
    answer = await _answered(request, asking)
    await asking.settle()
    return _refused(request, asking) or answer


def _refused(request: Request, asking: Asking) -> Response | None:
    """What whoever asks is told instead of an answer."""
    if asking.rejected:
        problem = asking.rejected.problems[0]
        return _failed(problem.message.into(asking.viewer.locale), 401, request, problem.code)
    if request.method == "GET" and asking.viewer.client is None:
        return _failed("GET needs a token: Authorization: Bearer TOKEN.", 401, request, "UNAUTHENTICATED")
    if asking.viewer.session and not same_origin(request):
        return _failed("A browser's session counts only from our own pages.", 403, request, "CROSS_SITE")
    return None


async def _answered(request: Request, asking: Asking) -> Response:
    try:
        asked = await _asked(request)
    except Malformed as malformed:
        return _failed(str(malformed), malformed.status, request, "BAD_REQUEST")
    if asked.name is None and _operations(asked.query) > 1:
        return _failed("Say in operationName which of the operations to run.", 400, request, UNRESOLVED)
    try:
        result = await schema.ask(asked.query, asked.variables, asking, asked.name, allowed_operation_types=asked.kinds)
    except CannotGetOperationTypeError:
        return _failed("The query has no operation of that name.", 400, request, UNRESOLVED)
    except InvalidOperationTypeError as error:
        return _failed(error.as_http_error_reason(request.method), 405, request, "BAD_REQUEST", Allow="POST")
    return _answer(request, result)


@lru_cache(maxsize=128)
def _operations(text: str) -> int:
    """How many operations a query holds; none where it cannot be read, which running it will tell."""
    try:
        document = parse(text)
    except GraphQLError:
        return 0
    return sum(isinstance(node, OperationDefinitionNode) for node in document.definitions)


def _answer(request: Request, result: ExecutionResult | bytes) -> Response:
    if isinstance(result, bytes):
        return Response(b'{"data":' + result + b"}", media_type=_media(request))
    body = schema.formatted(result, request.state.asking)
    refused_whole = result.data is None and bool(result.errors) and not any(e.path for e in result.errors or ())
    if refused_whole:
        body.pop("data")
    media = _media(request)
    return JSONResponse(body, 400 if refused_whole and media == RESPONSE else 200, media_type=media)


def _media(request: Request) -> str:
    return RESPONSE if RESPONSE in request.headers.get("Accept", "") else JSON


def _failed(message: str, status: int, request: Request, code: str, **headers: str) -> Response:
    headers |= {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return JSONResponse(body, status, headers, media_type=_media(request))


async def _asked(request: Request) -> Asked:
    if request.method == "GET":
        return _read(dict(request.query_params), frozenset({OperationType.QUERY}))
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != JSON:
        raise Malformed("Send the request as application/json.", 415)
    try:
        given = _decoded(await _body(request))
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    if not isinstance(given, dict):
        raise Malformed("The body must be a JSON object.")
    return _read(given, ALL)


def _decoded(body: bytes) -> Any:
    given = json.loads(body)
    if (
        b"\\u" in body and b"\\ud" in body.lower()
    ):  # half a character, which JSON can escape and neither database nor answer can hold
        json.dumps(given, ensure_ascii=False).encode()
    return given


async def _body(request: Request) -> bytes:
    """The body, given up as soon as it is too large."""
    body, more = b"", True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise Malformed("The request is larger than 1 MB.", 413)
        more = message.get("more_body", False)
    return body


def _read(given: dict[str, Any], kinds: frozenset[OperationType]) -> Asked:
    query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    if isinstance(variables, str):
        try:
            variables = json.loads(variables)
        except ValueError:
            raise Malformed("variables is not JSON.") from None
    if not isinstance(query, str) or not query.strip():
        raise Malformed("query must be a text.")
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        raise Malformed("variables must be an object and operationName a text.")
    return Asked(query, variables, name or None, kinds)
