"""Materials asked of departments: asked, answered, and delivered, many files at once."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.schema import Action
from server.schema.documents.bringing import MOST_TOGETHER, deliver, may_deliver, plain
from server.schema.readings.giving import House
from server.schema.refusals import Conflict, Invalid, Limited, as_problems
from server.words import say
from web.edge import TooLarge
from web.formatting import size
from web.pages import form, page, show, succeed
from web.rendering import DONE

ONE, SHOW = "/materials/{id}", "materials/show"
FILES = ONE + "/files"
DELIVERED = "DeliverMaterials"
DONE[DELIVERED] = say("It is delivered, and waits to be checked. Whoever asked is told.").msgid
MOST_FILES = 50
"""Files that are sent at once."""


async def receive(request: Request) -> Response:
    """Several files, each of which stands or falls alone: 303 where all were taken, else 422 with the fate of each."""
    asking = request.state.asking
    asking.viewer.must(Action.DELIVER_MATERIALS)
    try:
        await may_deliver(asking, request.path_params["id"])
    except Conflict as error:
        return await show(request, SHOW, 422, problems=as_problems(error, asking))
    try:
        async with request.form(max_files=MOST_FILES) as typed:
            files = [one for one in typed.getlist("files") if isinstance(one, UploadFile) and one.filename]
            return await _delivered(request, files, declared="true" in typed.getlist("declared"))
    except TooLarge:
        message = say("Together the files may have {size}. Send them in parts.", size=size(MOST_TOGETHER))
        return await _again(request, 413, "TOO_LARGE", message)
    except HTTPException:  # of the parser: more files than that, or no form at all
        return await _again(request, 422, "TOO_MANY", say("At most {most} files at once.", most=MOST_FILES))


async def _delivered(request: Request, files: list[UploadFile], *, declared: bool) -> Response:
    if not files:
        return await _again(request, 422, "REQUIRED", say("Choose a file."))
    became: list[dict[str, Any]] = [
        {"name": plain(one.filename or ""), "problems": await _taken(request, one, declared)} for one in files
    ]
    if any(one["problems"] for one in became):
        undeclared = [wrong for one in became for wrong in one["problems"] if wrong["field"] == "declared"]
        return await show(request, SHOW, 422, became=became, problems=undeclared[:1])
    return succeed(request, ONE.format(**request.path_params), DELIVERED)


async def _taken(request: Request, file: UploadFile, declared: bool) -> list[dict[str, Any]]:
    """Why it was not; empty where it was."""
    house = House(request.app.state.shelves, request.app.state.leaves)
    try:
        key, name = request.path_params["id"], file.filename or ""
        await deliver(request.state.asking, house, key, file.file, name, declared=declared)
    except (Invalid, Conflict, Limited) as error:
        return as_problems(error, request.state.asking)
    return []


async def _again(request: Request, status: int, code: str, message: object) -> Response:
    problem = {"field": "files", "code": code, "message": message, "rule": None}
    return await show(request, SHOW, status, problems=[problem])


routes = [
    page("/materials", "materials/list"),
    page("/materials/new", "materials/new", needs="MANAGE_DOCUMENTS"),
    form(
        "/materials/new",
        "materials/new",
        "AskForMaterials",
        then="/materials/{request[id]}",
        done="The department is asked, and told.",
    ),
    page("/me/materials", "materials/own", own=True),
    page(ONE, SHOW),
    Route(FILES, receive, methods=["POST"], name=DELIVERED),
    form(
        FILES + "/{document}/take-back",
        SHOW,
        "TakeFileBack",
        then=ONE,
        done="The file is taken back. Nobody reads it any more.",
    ),
    form(ONE + "/promise", SHOW, "PromiseMaterials", then=ONE, done="Whoever asked is told the day."),
    form(ONE + "/decline", SHOW, "DeclineMaterials", then=ONE, done="Whoever asked is told why."),
    form(ONE + "/accept", SHOW, "AcceptMaterials", then=ONE, done="It is kept that it is all there."),
    form(ONE + "/ask-again", SHOW, "AskAgain", then=ONE, done="The department is told what is missing."),
    form(ONE + "/take-back", SHOW, "TakeMaterialsBack", then=ONE, done="The department is told that it is not needed."),
]
