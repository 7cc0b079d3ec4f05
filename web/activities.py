"""Activities: what is held, who is invited, what they answer, who came, and leave that is asked for."""

from secrets import token_urlsafe

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.schema.cookies import kept
from server.words import say
from web.cookies import keep
from web.pages import document, form, page, run, show, succeed
from web.paper.leaves import full, of_today
from web.rendering import DONE, refusal

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
    form(ONE + "/attendance/correct", SEEN, "CorrectAttendance", then=ONE + "/attendance", done="It is put right."),
]
