"""Hearings: by which rules, every date that follows, who hears and who is heard, the notice, and what becomes of it."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from web.pages import answered, form, page
from web.rendering import refusal

ONE, SHOW, PREPARES = "/hearings/{id}", "hearings/show", "MANAGE_HEARINGS"
MINE, STATUS = "/hearings/applied/{secret}", "hearings/status"
PANEL, APPLIED, DRAWN = "hearings/panel", "hearings/applications", "hearings/draw"


async def draw_file(request: Request) -> Response:
    """The last draw as the file that the script reads; 404 before there is one."""
    found = await answered(request, DRAWN)
    files = [notice["draw"]["file"] for notice in found["hearing"]["notices"] if notice["draw"]]
    if not files:
        return refusal(request, 404, [])
    named = {"Content-Disposition": 'attachment; filename="draw.json"'}
    return PlainTextResponse(files[0], media_type="application/json", headers=named)


routes: list[BaseRoute] = [
    page("/hearings", "hearings/list"),
    page("/hearings/days", "hearings/days", PREPARES),
    page("/hearings/new", "hearings/new", PREPARES),
    form(
        "/hearings/new",
        "hearings/new",
        "AddHearing",
        then="/hearings/{hearing[id]}",
        done="The hearing is prepared. Now say who hears, and how many are heard.",
    ),
    page(MINE, STATUS),
    form(MINE + "/withdraw", STATUS, "WithdrawByLink", then=MINE, done="This application is taken back."),
    form(MINE + "/confirm", STATUS, "ConfirmByLink", then=MINE, done="It is noted that you will come."),
    page(ONE, SHOW),
    page(ONE + "/form", "hearings/form"),
    form(ONE + "/form", "hearings/form", "ApplyPublicly", shows=True),
    page(ONE + "/change", "hearings/change", PREPARES),
    form(ONE + "/change", "hearings/change", "ChangeHearing", then=ONE, done="The hearing is changed."),
    page(ONE + "/panel", PANEL, PREPARES),
    form(ONE + "/panel", PANEL, "NameOfficers", then=ONE + "/panel", done="They have this duty."),
    form(ONE + "/panel/remove", PANEL, "RemoveOfficers", then=ONE + "/panel", done="They have no duty any more."),
    page(ONE + "/places", "hearings/places", PREPARES),
    form(ONE + "/places", "hearings/places", "SetPlaces", then=ONE, done="It is said how many are heard."),
    form(ONE + "/approve", SHOW, "ApproveHearing", then=ONE, done="The hearing may be held. No notice was given yet."),
    form(
        ONE + "/announce", SHOW, "AnnounceHearing", then=ONE, done="Notice is given, and who is on the list was told."
    ),
    form(ONE + "/open", SHOW, "OpenApplications", then=ONE, done="One can enrol or apply now."),
    form(ONE + "/apply", SHOW, "ApplyForHearing", then=ONE, done="Your application is noted."),
    form(
        ONE + "/withdraw/{which}",
        SHOW,
        "WithdrawApplication",
        then=ONE,
        done="Your application is taken back.",
    ),
    form(
        ONE + "/confirm/{which}",
        SHOW,
        "ConfirmApplication",
        then=ONE,
        done="It is noted that you come.",
    ),
    page(ONE + "/applications", APPLIED, PREPARES),
    form(
        ONE + "/applications/{which}",
        APPLIED,
        "DecideApplication",
        then=ONE + "/applications",
        done="The application is decided.",
    ),
    form(
        ONE + "/close", SHOW, "CloseApplications", then=ONE, done="Applications are closed, and their list is frozen."
    ),
    form(ONE + "/queue", SHOW, "SelectByQueue", then=ONE, done="The places are given in order of arrival."),
    form(ONE + "/draw", SHOW, "DrawDelegates", then=ONE + "/draw", done="The delegates are drawn."),
    page(ONE + "/draw", DRAWN),
    Route(ONE + "/draw.json", draw_file, methods=["GET"], name="draw_file"),
    page(ONE + "/choose", "hearings/choose", PREPARES),
    form(ONE + "/choose", "hearings/choose", "ChooseDelegates", then=ONE, done="The delegates are chosen."),
    form(ONE + "/publish", SHOW, "PublishList", then=ONE, done="The list is published, and whoever applied was told."),
    form(ONE + "/ready", SHOW, "MakeReady", then=ONE, done="The hearing can begin on its day."),
    page(ONE + "/start", "hearings/start", PREPARES),
    form(ONE + "/start", "hearings/start", "StartHearing", then=ONE, done="It is noted who is here."),
    form(
        ONE + "/postpone", SHOW, "PostponeHearing", then=ONE, done="The hearing is postponed, and who was told knows."
    ),
    form(ONE + "/cancel", SHOW, "CancelHearing", then=ONE, done="The hearing is cancelled, and who was told knows."),
]
