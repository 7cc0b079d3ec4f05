"""Files as streams: the one door beside GraphQL. It asks the same rules."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from server.errors import Invalid, Problem
from server.imports.export import TYPES, export_people
from server.imports.options import FORMATS, Format
from server.rules.permissions import Action
from server.words import say

ENDINGS: dict[Format, str] = {"popolo": "json", "csv": "csv", "xlsx": "xlsx"}


async def people(request: Request) -> Response:
    """`/export/people?format=csv|xlsx|popolo`: the register, named by the day. Refused before the first byte."""
    asking = request.state.asking
    await asking.settle()
    if asking.rejected:
        message = asking.rejected.problems[0].message.into(asking.viewer.locale)
        return JSONResponse({"errors": [{"message": message}]}, 401, {"WWW-Authenticate": "Bearer"})
    asking.viewer.must(Action.EXPORT_PEOPLE)
    kind = _format(request.query_params.get("format", "csv"))
    asking.take_time()
    pieces = export_people(asking.viewer, kind)
    first = await anext(pieces)
    name = f"luzhi-people-{asking.viewer.today.isoformat()}.{ENDINGS[kind]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_all(first, pieces), media_type=TYPES[kind], headers=headers)


def _format(asked: str) -> Format:
    for known in FORMATS:
        if known == asked:
            return known
    message = say("There is no format {format}. Known are {known}.", format=asked, known=FORMATS)
    raise Invalid(Problem("NO_SUCH_FORMAT", message, "format"))


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
