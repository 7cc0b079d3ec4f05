"""Announcements: what is told to whom, corrected and withdrawn; who has read it, and what is said to it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.pages import answered, document, form, page, run
from web.rendering import render_template

ONE, SHOW = "/announcements/{id}", "announcements/show"
NEW, CORRECT, AUDIENCE = "announcements/new", "announcements/correct", "announcements/audience"
PAPERS, READERS, REMIND = "announcements/papers", "announcements/readers", "announcements/remind"
COMMENT, COMMENTS = "announcements/comment", "/comments/{id}"


async def shown(request: Request) -> Response:
    """The announcement; that somebody opened it is noted the first time that they see a version."""
    data = await answered(request, SHOW)
    one = data["announcement"]
    if one["opened"] is False and one["standing"] == "DISPLAYED":
        await run(request, SHOW, document(SHOW).mutations["OpenAnnouncement"], {"id": request.path_params["id"]})
    return render_template(request, f"{SHOW}.html", data)


routes = [
    page("/announcements", "announcements/list"),
    page("/announcements/new", NEW, needs="WRITE_ANNOUNCEMENTS"),
    form(
        "/announcements/new",
        NEW,
        "AddAnnouncement",
        then="/announcements/{announcement[id]}",
        done="The draft is kept. Nobody was told yet.",
    ),
    page("/announcements/timeliness", "announcements/timeliness"),
    Route(ONE, shown, methods=["GET"], name=SHOW),
    form(ONE + "/submit", SHOW, "SubmitAnnouncement", then=ONE, done="It is handed in; those who publish know."),
    form(ONE + "/publish", SHOW, "PublishAnnouncement", then=ONE, done="It is published."),
    form(ONE + "/prolong", SHOW, "ProlongAnnouncement", then=ONE, done="Its last days are changed."),
    form(ONE + "/withdraw", SHOW, "WithdrawAnnouncement", then=ONE, done="It is withdrawn."),
    form(ONE + "/comments", SHOW, "CommentAnnouncement", then=ONE + "#comments", done="Your comment stands there."),
    page(ONE + "/change", "announcements/change", needs="WRITE_ANNOUNCEMENTS"),
    form(ONE + "/change", "announcements/change", "ChangeAnnouncement", then=ONE, done="The announcement is changed."),
    page(ONE + "/audience", AUDIENCE, needs="WRITE_ANNOUNCEMENTS"),
    form(ONE + "/audience", AUDIENCE, "SetAnnouncementAudience", then=ONE, done="It is kept whom it is for."),
    page(ONE + "/correct", CORRECT, needs="PUBLISH_ANNOUNCEMENTS"),
    form(ONE + "/correct", CORRECT, "CorrectAnnouncement", then=ONE, done="It is corrected, and marked as amended."),
    page(ONE + "/versions", "announcements/versions"),
    page(ONE + "/documents", PAPERS, needs="WRITE_ANNOUNCEMENTS"),
    form(ONE + "/documents", PAPERS, "ListDocument", then=ONE, done="The document is listed."),
    form(ONE + "/documents/remove", PAPERS, "UnlistDocument", then=ONE, done="The document is listed no more."),
    page(ONE + "/readers", READERS),
    page(ONE + "/readers/remind", REMIND, needs="PUBLISH_ANNOUNCEMENTS"),
    form(
        ONE + "/readers/remind", REMIND, "RemindOfAnnouncement", then=ONE + "/readers", done="They are told once more."
    ),
    page(COMMENTS, COMMENT, needs="PUBLISH_ANNOUNCEMENTS"),
    form(
        COMMENTS,
        COMMENT,
        "HideComment",
        then="/announcements/{comment[announcement][id]}#comments",
        done="The comment is hidden, and readers see why.",
    ),
    form(
        COMMENTS + "/unhide",
        COMMENT,
        "UnhideComment",
        then="/announcements/{comment[announcement][id]}#comments",
        done="Readers see the comment again.",
    ),
]
