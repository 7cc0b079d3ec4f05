"""Files as streams: the one door beside GraphQL. It asks the same rules."""

from collections.abc import AsyncIterator
from typing import cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from server.errors import Invalid, Problem, Unauthenticated
from server.imports.export import TYPES, as_csv, as_xlsx, export_people
from server.imports.options import FORMATS, Format
from server.imports.template import template as people_template
from server.models import audit
from server.models.members import Term
from server.models.renewal import renewal_plan, renewal_rows
from server.rules.permissions import Action
from server.schema.activities.lists import export_attendance
from server.schema.asking import Asking
from server.schema.ids import key_of
from server.schema.readers import export_readers
from server.words import say

ENDINGS: dict[Format, str] = {"popolo": "json", "csv": "csv", "xlsx": "xlsx"}
TABLES: tuple[Format, ...] = ("csv", "xlsx")


async def people(request: Request) -> Response:
    """`/export/people?format=csv|xlsx|popolo`: the register, named by the day. Refused before the first byte."""
    asking = request.state.asking
    if no := await rejected(asking):
        return no
    asking.viewer.must(Action.EXPORT_PEOPLE)
    kind = _format(request.query_params.get("format", "csv"))
    asking.take_time()
    pieces = export_people(asking.viewer, kind)
    first = await anext(pieces)
    name = f"luzhi-people-{asking.viewer.today.isoformat()}.{ENDINGS[kind]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_all(first, pieces), media_type=TYPES[kind], headers=headers)


async def renewal(request: Request) -> Response:
    """`/export/renewal?id=ID`: who stays, leaves and comes with the next term of that ID, as CSV."""
    asking = request.state.asking
    if no := await rejected(asking):
        return no
    viewer = asking.viewer
    viewer.must(Action.RENEW)
    plan = await renewal_plan(viewer, key_of(request.query_params.get("id", ""), Term))
    name = f"luzhi-renewal-{viewer.today.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(as_csv(renewal_rows(plan, viewer.locale)), media_type=TYPES["csv"], headers=headers)


async def readers(request: Request) -> Response:
    """`/export/readers?id=ID&format=csv|xlsx`: who may read the document of that ID, and who has not."""
    asking = request.state.asking
    if no := await rejected(asking):
        return no
    kind = _format(request.query_params.get("format", "csv"), TABLES)
    rows = await export_readers(asking, request.query_params.get("id", ""))
    content = as_csv(rows) if kind == "csv" else as_xlsx(rows, "readers")
    name = f"luzhi-readers-{asking.viewer.today.isoformat()}.{ENDINGS[kind]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=TYPES[kind], headers=headers)


async def attendance(request: Request) -> Response:
    """`/export/attendance?id=ID&format=csv|xlsx`: who answered what and came to what of the activity of that ID."""
    asking = request.state.asking
    if no := await rejected(asking):
        return no
    kind = _format(request.query_params.get("format", "xlsx"), TABLES)
    rows = await export_attendance(asking, request.query_params.get("id", ""))
    content = as_csv(rows) if kind == "csv" else as_xlsx(rows, "attendance")
    name = f"luzhi-attendance-{asking.viewer.today.isoformat()}.{ENDINGS[kind]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=TYPES[kind], headers=headers)


async def checkpoint(request: Request) -> Response:
    """`/export/checkpoint`: where the audit trail stands now, sealed, to be kept elsewhere."""
    asking = request.state.asking
    if no := await rejected(asking):
        return no
    viewer = asking.viewer
    viewer.must(Action.READ_AUDIT)
    from server.checkpoints import Checkpoint  # what it is signed with is large

    point = Checkpoint.now(*await audit.end(), viewer.now)
    name = f"luzhi-audit-{viewer.today.isoformat()}-{point.serial}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(point.sealed(asking.secret), media_type="application/json", headers=headers)


async def rejected(asking: Asking) -> Response | None:
    """The answer to a token that does not hold."""
    await asking.settle()
    return _rejection(asking, asking.rejected) if asking.rejected else None


async def unauthenticated(request: Request, error: Exception) -> Response:
    """The same where that came out by the way, as `Unauthenticated`."""
    return _rejection(request.state.asking, cast(Unauthenticated, error))


def _rejection(asking: Asking, why: Unauthenticated) -> Response:
    message = why.problems[0].message.into(asking.viewer.locale)
    return JSONResponse({"errors": [{"message": message}]}, 401, {"WWW-Authenticate": "Bearer"})


async def template(request: Request) -> Response:
    """`/export/template`: a workbook with headings, examples and explanations, for the first import."""
    asking = request.state.asking
    await asking.settle()
    content = await people_template(asking.viewer)
    headers = {"Content-Disposition": 'attachment; filename="luzhi-members.xlsx"'}
    return Response(content, media_type=TYPES["xlsx"], headers=headers)


def _format(asked: str, among: tuple[Format, ...] = FORMATS) -> Format:
    for known in among:
        if known == asked:
            return known
    message = say("There is no format {format}. Known are {known}.", format=asked, known=among)
    raise Invalid(Problem("NO_SUCH_FORMAT", message, "format"))


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
