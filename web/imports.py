"""Imports: upload a file, look at what it would change, apply it, or take it back."""

import tempfile
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.schema import Action
from server.schema.imports import upload
from server.schema.refusals import Conflict, Invalid, as_problems
from server.words import say
from web.edge import TooLarge
from web.formatting import size
from web.pages import form, page, show

CHUNK = 1 << 20
SUFFIXES = (".json", ".csv", ".xlsx")


async def receive(request: Request) -> Response:
    """The uploaded file, previewed. 403 before it is read, 413 where it is too large, 422 where it is no such file."""
    request.state.asking.viewer.must(Action.IMPORT_PEOPLE)
    try:
        async with request.form() as typed:
            return await _previewed(request, typed.get("file"), str(typed.get("term", "")))
    except TooLarge:
        most = size(request.app.state.settings.upload_limit)
        message = say("The file is larger than {size}.", size=most)
        problem = {"field": "file", "code": "TOO_LARGE", "message": message, "rule": None}
        return await show(request, "imports/list", 413, problems=[problem])


async def _previewed(request: Request, file: object, term: str) -> Response:
    if not isinstance(file, UploadFile) or not file.filename:
        problem = {"field": "file", "code": "REQUIRED", "message": say("Choose a file."), "rule": None}
        return await show(request, "imports/list", 422, problems=[problem], typed={"term": term})
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / f"upload{suffix(file.filename)}"
        with path.open("wb") as target:
            while portion := await file.read(CHUNK):
                target.write(portion)
        try:
            found = await upload(request.state.asking, path, name=file.filename, term=term, kinds=[])
        except (Invalid, Conflict) as error:
            problems = as_problems(error, request.state.asking)
            return await show(request, "imports/list", 422, problems=problems, typed={"term": term})
    return RedirectResponse(f"/imports/{found}", 303)


def suffix(name: str) -> str:
    """How the name of a file ends where that is one we know, else nothing: what was typed never names a file here."""
    end = Path(name).suffix.lower()
    return end if end in SUFFIXES else ""


routes = [
    page("/imports", "imports/list"),
    Route("/imports", receive, methods=["POST"], name="ImportFile"),
    page("/imports/{id}", "imports/show"),
    form("/imports/{id}/again", "imports/show", "PreviewAgain", then="/imports/{importRun[id]}"),
    form("/imports/{id}/apply", "imports/show", "ApplyImport", done="The import is done."),
    form("/imports/{id}/discard", "imports/show", "DiscardImport", then="/imports", done="The preview is gone."),
    page("/imports/{id}/undo", "imports/undo"),
    form("/imports/{id}/undo", "imports/undo", "UndoImport", then="/imports/{id}", done="The import is taken back."),
]
