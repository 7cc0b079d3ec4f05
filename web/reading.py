"""Reading: opening a document, its pages one by one, notes and receipts; and bringing in the file of a document."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.schema import Action
from server.schema.documents.bringing import MOST_BYTES, bring
from server.schema.readings import refuse, words_of
from server.schema.readings.giving import WIDTHS, House, still_open
from server.schema.refusals import Conflict, Invalid, Refused, as_problems
from server.words import say
from web.edge import TooLarge
from web.formatting import size
from web.pages import answered, form, page, posted, show, succeed
from web.rendering import DONE, NotFound, render_template

BROUGHT = "BringFile"
DONE[BROUGHT] = say("The file is there. It is what readers see from now on.").msgid
OPEN, FILE = "/documents/{id}/read", "/documents/{id}/versions"
ONE = "/reading/{id}"


async def opening(request: Request) -> Response:
    """What is to be opened. Who may not read it is told why: it counts as a try."""
    document = request.path_params["id"]
    try:
        data = await answered(request, "reading/open")
    except NotFound:
        await refuse(request.state.asking, document)
        raise
    reads = next(one for one in data["document"]["decisions"] if one["act"] == "READ")
    if not reads["allowed"]:
        await _noted(request, document)
    return render_template(request, "reading/open.html", data | {"reads": reads}, 200 if reads["allowed"] else 403)


async def _noted(request: Request, document: str) -> None:
    """It is on record. A visitor signs in first: they may be someone who may."""
    try:
        await refuse(request.state.asking, document)
    except Refused:
        if not request.state.asking.viewer.signed_in:
            raise


async def reader(request: Request) -> Response:
    """One page of what is open, as its address says: ?page=3&width=1300; else the one that was seen last."""
    asking, given = request.state.asking, request.path_params
    await asking.settle()
    try:
        await still_open(asking, given["id"])
    except Conflict as error:
        data = await answered(request, "reading/show", given)
        return render_template(request, "reading/over.html", data | {"problems": as_problems(error, asking)})
    data = await answered(request, "reading/show", given)
    state = data["reading"]["state"]
    n = min(_number(request, "page", state["lastPage"] or 1), state["pageCount"])
    width = min(WIDTHS, key=lambda one: abs(one - _number(request, "width", WIDTHS[1])))
    place = WIDTHS.index(width)
    steps = {"smaller": WIDTHS[place - 1] if place else None, "larger": (*WIDTHS, None)[place + 1]}
    return render_template(request, "reading/show.html", data | {"n": max(n, 1), "width": width, **steps})


async def words(request: Request) -> Response:
    """The words of a page, where they may be had."""
    asking, given = request.state.asking, request.path_params
    await asking.settle()
    text = await words_of(asking, _house(request), given["id"], given["n"])
    data = await answered(request, "reading/text", {"id": given["id"]})
    return render_template(request, "reading/text.html", data | {"n": given["n"], "text": text})


async def beat(request: Request) -> Response:
    """204 where it may stay open, else why not as a status."""
    _, outcome = await posted(request, "reading/show", "BeatReading")
    return Response(status_code=outcome.status if outcome.problems else 204)


async def receive(request: Request) -> Response:
    """A file for a document: 403 before it is read, 413 where it is too large, 422 where it cannot be taken."""
    request.state.asking.viewer.must(Action.MANAGE_DOCUMENTS)
    try:
        async with request.form() as typed:
            return await _brought(request, typed.get("file"), declared="true" in typed.getlist("declared"))
    except TooLarge:
        message = say("A file may have {size}.", size=size(MOST_BYTES))
        return await _again(request, 413, [{"field": "file", "code": "TOO_LARGE", "message": message, "rule": None}])


async def _brought(request: Request, file: object, *, declared: bool) -> Response:
    if not isinstance(file, UploadFile) or not file.filename:
        problem = {"field": "file", "code": "REQUIRED", "message": say("Choose a file."), "rule": None}
        return await _again(request, 422, [problem])
    try:
        name, house = file.filename, _house(request)
        await bring(request.state.asking, house, request.path_params["id"], file.file, name, declared=declared)
    except (Invalid, Conflict) as error:
        return await _again(request, 422, as_problems(error, request.state.asking))
    return succeed(request, request.url.path, BROUGHT)


async def _again(request: Request, status: int, problems: list[dict[str, Any]]) -> Response:
    return await show(request, "reading/file", status, problems=problems)


def _house(request: Request) -> House:
    return House(request.app.state.shelves, request.app.state.leaves)


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 6 else usual


routes = [
    Route(OPEN, opening, methods=["GET"], name="reading/open"),
    form(OPEN, "reading/open", "OpenReading", then="/reading/{reading[id]}"),
    page(FILE, "reading/file", needs="MANAGE_DOCUMENTS"),
    Route(FILE, receive, methods=["POST"], name=BROUGHT),
    Route(ONE, reader, methods=["GET"], name="reading/show"),
    Route(ONE + "/text/{n:int}", words, methods=["GET"], name="reading/text"),
    Route(ONE + "/beat", beat, methods=["POST"], name="BeatReading"),
    form(ONE + "/close", "reading/show", "CloseReading", then=ONE, done="It is closed."),
    form(
        ONE + "/confirm", "reading/show", "ConfirmReading", then=ONE, done="It is kept that you read and understood it."
    ),
    page(ONE + "/note", "reading/note"),
    form(ONE + "/note", "reading/note", "NoteReading", then=ONE, done="Your note is kept. Nobody else reads it."),
]
