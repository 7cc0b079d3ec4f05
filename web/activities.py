"""Activities: what is held, who is invited, what they answer, who came, and leave that is asked for."""

import tempfile
from asyncio import to_thread
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.schema import Action
from server.schema.activities.lists import text_of
from server.schema.cookies import kept
from server.schema.refusals import Invalid, as_problems
from server.words import say
from web.cookies import keep
from web.pages import STATUS, document, form, page, run, show, succeed
from web.paper.leaves import as_asked, full, of_today
from web.rendering import DONE, NotFound, refusal, render_template

ONE, SHOW, PEOPLE = "/activities/{id}", "activities/show", "activities/people"
NEW, TIMES, SEEN = "activities/new", "activities/times", "activities/attendance"
PAPERS = "activities/papers"
ARRIVE, CHECK_IN = "activities/arrive", "CheckIn"
DONE[CHECK_IN] = say("You are checked in.").msgid
PHONE, PHONE_S = "luzhi_phone", 86_400
"""A number that the browser keeps for a day: with one phone one person checks in (AT-3)."""


async def arrive(request: Request) -> Response:
    """Checks in whoever asks, and lets the browser keep its number."""
    phone = kept(request.scope, PHONE) or token_urlsafe(16)
    async with request.form() as typed:
        given = {key: str(typed[key]) for key in ("code",) if key in typed} | request.path_params | {"device": phone}
    outcome = await run(request, ARRIVE, document(ARRIVE).mutations[CHECK_IN], given)
    if outcome.status in (403, 404):
        return refusal(request, outcome.status, outcome.problems)
    if outcome.problems:
        return await show(request, ARRIVE, outcome.status, problems=outcome.problems, typed=given)
    response = succeed(request, request.url.path, CHECK_IN)
    keep(request, response, PHONE, phone, PHONE_S)
    return response


LIST, PREVIEW, TAKE = "activities/list_import", "activities/list_preview", "ImportAttendance"
DONE[TAKE] = say("The list is noted.").msgid


async def look(request: Request) -> Response:
    """Whom an uploaded list means. 422 where it is none that can be read."""
    request.state.asking.viewer.must(Action.MANAGE_ACTIVITIES)
    async with request.form() as typed:
        file, session = typed.get("file"), str(typed.get("session", ""))
        if not isinstance(file, UploadFile) or not file.filename:
            problem = {"field": "file", "code": "REQUIRED", "message": say("Choose a file."), "rule": None}
            return await show(request, LIST, 422, problems=[problem])
        content = await file.read()
    try:
        given = {"session": session, "content": await to_thread(_text, content)}
    except Invalid as error:
        return await show(request, LIST, 422, problems=as_problems(error, request.state.asking))
    return await _preview(request, given)


def _text(content: bytes) -> str:
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / "upload"
        path.write_bytes(content)
        return text_of(path)


async def _preview(request: Request, given: dict[str, str], **more: Any) -> Response:
    """What the list would note; the form again, with what is wrong, where it cannot be read."""
    found = (await run(request, PREVIEW, document(PREVIEW).query, given | request.path_params)).data
    if found.get("activity") is None:
        raise NotFound
    looked = found["attendancePreview"]
    problems = looked.get("problems")
    if problems and STATUS[looked["kind"]] in (403, 404):
        return refusal(request, STATUS[looked["kind"]], problems)
    if problems:
        return await show(request, LIST, 422, problems=_of(problems, "file"), typed=given)
    shown = {"chosen": given["session"], "content": given["content"], **more}
    return render_template(request, f"{PREVIEW}.html", found | shown, 422 if more else 200)


def _of(problems: list[dict[str, Any]], field: str | None) -> list[dict[str, Any]]:
    """The same beside the field of a page: what the API is given as text, a page is given as a file."""
    return [{**problem, "field": field} if problem["field"] == "content" else problem for problem in problems]


async def take(request: Request) -> Response:
    """Notes what was looked at; or shows it again, with what stands in the way."""
    async with request.form() as typed:
        given = {name: str(typed.get(name, "")) for name in ("session", "content")}
    outcome = await run(request, PREVIEW, document(PREVIEW).mutations[TAKE], given)
    if outcome.status in (403, 404):
        return refusal(request, outcome.status, outcome.problems)
    if outcome.problems:
        return await _preview(request, given, problems=_of(outcome.problems, None))
    return succeed(request, f"/activities/{request.path_params['id']}/attendance?session={given['session']}", TAKE)


routes = [
    page("/activities", "activities/list"),
    page("/activities/new", NEW, needs="MANAGE_ACTIVITIES"),
    form(
        "/activities/new",
        NEW,
        "AddActivity",
        then="/activities/{activity[id]}/people",
        done="It is planned. Now say who is invited.",
    ),
    full("/activities/year", "activities/year", as_asked("activities/year")),
    page("/leave", "activities/leave"),
    form("/leave/{id}/decide", "activities/leave", "DecideLeave", then="/leave", done="It is decided, and they know."),
    page(ONE, SHOW),
    form(ONE + "/answer", SHOW, "AnswerInvitation", then=ONE, done="Your answer is noted."),
    form(ONE + "/leave", SHOW, "AskForLeave", then=ONE, done="Your request waits for whoever decides."),
    form(
        "/activities/{activity}/leave/{id}/withdraw",
        SHOW,
        "WithdrawLeave",
        then="/activities/{activity}",
        done="It is taken back.",
    ),
    form(ONE + "/approve", SHOW, "ApproveActivity", then=ONE, done="It may be held. Nobody was told yet."),
    form(ONE + "/announce", SHOW, "AnnounceActivity", then=ONE, done="Everyone on the list was told."),
    form(ONE + "/close", SHOW, "CloseAnswers", then=ONE, done="Nobody answers by themselves any more."),
    form(ONE + "/open", SHOW, "ReopenAnswers", then=ONE, done="People answer again."),
    form(ONE + "/start", SHOW, "StartActivity", then=ONE, done="It has begun: note who comes."),
    form(ONE + "/finish", SHOW, "FinishActivity", then=ONE, done="It was held."),
    form(ONE + "/lock", SHOW, "LockActivity", then=ONE, done="Who came is settled."),
    form(ONE + "/archive", SHOW, "ArchiveActivity", then=ONE, done="It is put away."),
    form(
        ONE + "/postpone", SHOW, "PostponeActivity", then=ONE, done="It is postponed, and everyone who was told knows."
    ),
    form(ONE + "/cancel", SHOW, "CancelActivity", then=ONE, done="It is cancelled, and everyone who was told knows."),
    page(ONE + "/change", "activities/change", needs="MANAGE_ACTIVITIES"),
    form(ONE + "/change", "activities/change", "ChangeActivity", then=ONE, done="It is changed."),
    page(ONE + "/times", TIMES, needs="MANAGE_ACTIVITIES"),
    form(ONE + "/times", TIMES, "SetTimes", then=ONE, done="Its times are changed."),
    page(ONE + "/people", PEOPLE),
    form(ONE + "/people/invite", PEOPLE, "InvitePeople", then=ONE + "/people", done="They are on the list."),
    form(ONE + "/people/remove", PEOPLE, "UninvitePeople", then=ONE + "/people", done="They are not on the list."),
    form(ONE + "/people/answer", PEOPLE, "NoteAnswer", then=ONE + "/people", done="The answer is noted."),
    page(ONE + "/remind", "activities/remind", needs="MANAGE_ACTIVITIES"),
    form(ONE + "/remind", "activities/remind", "RemindInvited", then=ONE + "/people", done="They are reminded."),
    page(ONE + "/documents", PAPERS, needs="MANAGE_ACTIVITIES"),
    form(ONE + "/documents", PAPERS, "LinkDocument", then=ONE, done="The document is linked."),
    form(ONE + "/documents/remove", PAPERS, "UnlinkDocument", then=ONE, done="The document is linked no more."),
    page(ONE + "/screen/{session}", "activities/screen"),
    page("/check-in/{session}", ARRIVE, own=True),
    Route("/check-in/{session}", arrive, methods=["POST"], name=CHECK_IN),
    full(ONE + "/sheet", "activities/sheet", of_today("activities/sheet")),
    page(ONE + "/attendance", SEEN),
    form(
        ONE + "/attendance", SEEN, "NoteAttendance", then=ONE + "/attendance?session={session[id]}", done="It is noted."
    ),
    page(ONE + "/attendance/import", LIST, needs="MANAGE_ACTIVITIES"),
    Route(ONE + "/attendance/import", look, methods=["POST"], name="LookAtAttendance"),
    Route(ONE + "/attendance/import/apply", take, methods=["POST"], name=TAKE),
    form(ONE + "/attendance/correct", SEEN, "CorrectAttendance", then=ONE + "/attendance", done="It is put right."),
]
