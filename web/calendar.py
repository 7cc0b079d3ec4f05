"""The working calendar: the year as a picture, a day with what was said of it, and files of others."""

import tempfile
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server.schema import Action
from server.schema.calendar import text_of
from server.schema.refusals import Invalid, as_problems
from server.words import say
from web.pages import document, form, page, run, show, succeed
from web.rendering import DONE, refusal, render_template

OFFICE = "MANAGE_CALENDAR"
FILE, PREVIEW, IMPORT = "calendar/import", "calendar/preview", "ImportCalendar"
DONE[IMPORT] = say("The calendar is taken in.").msgid


async def look(request: Request) -> Response:
    """What an uploaded file would change. 422 where it is none that can be read."""
    request.state.asking.viewer.must(Action.MANAGE_CALENDAR)
    async with request.form() as typed:
        file, replace = typed.get("file"), typed.getlist("replace")[-1:] == ["true"]
        if not isinstance(file, UploadFile) or not file.filename:
            problem = {"field": "file", "code": "REQUIRED", "message": say("Choose a file."), "rule": None}
            return await show(request, FILE, 422, problems=[problem])
        content, name = await file.read(), file.filename
    try:
        given = {"content": _text(content), "replace": str(replace).lower(), "fileName": name}
        return await _preview(request, given)
    except Invalid as error:
        return await show(request, FILE, 422, problems=as_problems(error, request.state.asking))


def _text(content: bytes) -> str:
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / "upload"
        path.write_bytes(content)
        return text_of(path)


async def _preview(request: Request, given: dict[str, Any], status: int = 200, **more: Any) -> Response:
    found = await run(request, PREVIEW, document(PREVIEW).query, given)
    shown = {"fileName": given["fileName"], "replace": given["replace"], "typed": given, **more}
    return render_template(request, f"{PREVIEW}.html", found.data | shown, status)


async def take(request: Request) -> Response:
    """Takes in what was looked at; or shows it again, with what is missing."""
    async with request.form() as typed:
        given = {name: str(typed.get(name, "")) for name in ("content", "replace", "fileName", "reason")}
    outcome = await run(request, PREVIEW, document(PREVIEW).mutations[IMPORT], given)
    if outcome.status in (403, 404):
        return refusal(request, outcome.status, outcome.problems)
    if outcome.problems:
        return await _preview(request, given, outcome.status, problems=outcome.problems)
    return succeed(request, "/calendar/changes", IMPORT)


routes: list[BaseRoute] = [
    page("/calendar", "calendar/year"),
    page("/calendar/day", "calendar/day"),
    form(
        "/calendar/day",
        "calendar/day",
        "ChangeDay",
        then="/calendar/day?day={change[days][0][day]}",
        done="The calendar is changed.",
    ),
    page("/calendar/changes", "calendar/changes"),
    form(
        "/calendar/changes/{id}/undo",
        "calendar/changes",
        "UndoCalendarChange",
        then="/calendar/changes",
        done="The change is taken back.",
    ),
    page("/calendar/import", FILE, OFFICE),
    Route("/calendar/import", look, methods=["POST"], name="LookAtCalendar"),
    Route("/calendar/import/apply", take, methods=["POST"], name=IMPORT),
]
