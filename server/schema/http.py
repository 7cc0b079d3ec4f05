"""`/graphql` by the GraphQL-over-HTTP specification: POST for everyone, GET for queries of token holders.

It takes a request as ASGI has it and gives the answer as bytes, so that `server/app.py` can ask it before anyone else:
the layers that surround a page cost more than most answers here.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import GraphQLSyntaxError
from starlette.datastructures import State
from starlette.types import Receive, Scope
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult

from server import schema
from server.rules.buckets import WINDOW_S
from server.schema.arriving import admitting, asking_of, language, same_origin
from server.schema.asked import BY_POST, Asked, Malformed, asked
from server.schema.asking import Asking, Till
from server.schema.codes import CODES, listed
from server.schema.cookies import headers_of
from server.schema.media import RESPONSE, media_for
from server.schema.problems import took_too_long, wrong

UNRESOLVED = "OPERATION_RESOLUTION_FAILURE"


class Answer(NamedTuple):
    """What leaves. media: its Content-Type. headers: those that not every answer has, names in small letters."""

    status: int
    body: bytes
    media: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


async def answered(scope: Scope, receive: Receive) -> Answer:
    """The answer to a request. A cookie counts only on requests from our own origin; a bad token is 401.

    Where nothing but the credential can stand against an answer, who asks is found out by the statement that reads it.
    Raises ClientDisconnect where nobody waits for it any more.
    """
    headers, get = headers_of(scope), scope["method"] == "GET"
    media = media_for(headers.get(b"accept", b""))
    if not get and scope["method"] != "POST":
        return _failed("Ask by POST; queries of token holders also by GET.", 405, media, allow=b"GET, POST")
    asking = limited(asking_of(scope, headers), scope["app"].state)
    if not asking.by_token and (get or not same_origin(scope)):
        await asking.settle()
    if asking.known and (refusal := _refused(scope, asking, media)):
        return refusal
    try:
        answer = await _run(await asked(scope, headers, receive), asking, media)
    except Malformed as malformed:
        status = malformed.status or _status({"code": malformed.code}, media)
        answer = _failed(str(malformed), status, media, malformed.code)
    await asking.settle()
    if asking.renewed:
        answer = answer._replace(headers=(*answer.headers, admitting(scope, asking.renewed)))
    answer = answer._replace(headers=(*answer.headers, *_rates(asking)))
    return answer if answer.status == 429 else _refused(scope, asking, media) or answer


def limited(asking: Asking, here: State) -> Asking:
    """The same, which may spend so much. here: the state of the application."""
    asking.budgets, asking.till = here.settings.budgets, till(here)
    return asking


def till(here: State) -> Till:
    """Where all that is asked of this application is paid."""
    return Till(here.buckets, here.settings.rates)


def _rates(asking: Asking) -> tuple[tuple[bytes, bytes], ...]:
    """What is left for now, as draft-ietf-httpapi-ratelimit-headers says it."""
    spent = asking.spent
    if spent is None:
        return ()
    told = (
        (b"ratelimit-policy", b'"cost";q=%d;w=%d' % (spent.most, WINDOW_S)),
        (b"ratelimit", b'"cost";r=%d;t=%d' % (spent.remaining, spent.full)),
    )
    return (*told, (b"retry-after", b"%d" % spent.wait)) if spent.wait else told


def broken(scope: Scope, number: str) -> Answer:
    """The answer where a fault of ours kept us from one. number: the log tells of it under that."""
    headers = headers_of(scope)
    extensions = {"code": "INTERNAL", "requestId": number}
    body = {"errors": [{"message": wrong(number).into(language(scope, headers)), "extensions": extensions}]}
    return Answer(500, _json(body), media_for(headers.get(b"accept", b"")))


def late(scope: Scope) -> Answer:
    """The answer where it would have taken longer than it may."""
    headers = headers_of(scope)
    message = took_too_long(scope["app"].state.settings.deadline).into(language(scope, headers))
    return _failed(message, CODES["DEADLINE"].status, media_for(headers.get(b"accept", b"")), "DEADLINE")


def _refused(scope: Scope, asking: Asking, media: bytes) -> Answer | None:
    """What whoever asks is told instead of an answer."""
    if asking.rejected:
        problem = asking.rejected.problems[0]
        code = listed(problem.code, "UNAUTHENTICATED")
        return _failed(problem.message.into(asking.viewer.locale), 401, media, code)
    if scope["method"] == "GET" and asking.viewer.client is None:
        return _failed("GET needs a token: Authorization: Bearer TOKEN.", 401, media, "UNAUTHENTICATED")
    if asking.viewer.session and not same_origin(scope):
        return _failed("A browser's session counts only from our own pages.", 403, media, "CROSS_SITE")
    return None


async def _run(said: Asked, asking: Asking, media: bytes) -> Answer:
    if said.name is None and operations(said.query) > 1:
        return _failed("Say in operationName which of the operations to run.", 400, media, UNRESOLVED)
    try:
        found = await schema.ask(said.query, said.variables, asking, said.name, allowed_operation_types=said.kinds)
    except CannotGetOperationTypeError:
        return _failed("The query has no operation of that name.", 400, media, UNRESOLVED)
    except InvalidOperationTypeError as error:
        if said.kinds is BY_POST:
            return _failed(error.as_http_error_reason("POST"), 400, media)
        return _failed(error.as_http_error_reason("GET"), 405, media, allow=b"POST")
    if isinstance(found, bytes):
        return Answer(200, b'{"data":' + found + told(asking) + b"}", media)
    return _formatted(found, asking, media)


def told(asking: Asking) -> bytes:
    """What the operation cost, and what it might, as it stands at the end of every answer to one."""
    if asking.cost is None or asking.spent is None:
        return b""
    numbers = (asking.cost, asking.limit, asking.spent.remaining)
    return b',"extensions":{"cost":{"cost":%d,"limit":%d,"remaining":%d}}' % numbers


def operations(text: str) -> int:
    """How many operations a query holds; none where it cannot be read, which running it will tell."""
    try:
        return len(schema.api.texts.of(text).operations)
    except GraphQLSyntaxError:
        return 0


def _formatted(result: ExecutionResult, asking: Asking, media: bytes) -> Answer:
    """A result of the ordinary road. Where nothing was run there is no `data`."""
    said = schema.formatted(result, asking)
    refused_whole = result.data is None and bool(result.errors) and not any(e.path for e in result.errors or ())
    if refused_whole:
        del said["data"]
    if not refused_whole:
        return Answer(200, _json(said)[:-1] + told(asking) + b"}", media)
    first = said["errors"][0]["extensions"]
    cost = told(asking) if first["code"] == "COST_LIMIT" else b""
    return Answer(_status(first, media), _json(said)[:-1] + cost + b"}", media)


def _status(extensions: Mapping[str, Any], media: bytes) -> int:
    """Of an answer without data, by its first error. Older clients get 200 for what is wrong with a query."""
    status = CODES[extensions["code"]].status
    return status if media is RESPONSE or status >= 429 else 200


def _failed(message: str, status: int, media: bytes, code: str = "BAD_REQUEST", allow: bytes = b"") -> Answer:
    headers = [(b"www-authenticate", b"Bearer")] if status == 401 else [(b"allow", allow)] if allow else []
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return Answer(status, _json(body), media, tuple(headers))


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
